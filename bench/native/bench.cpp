// All peers in one process: `bench ROUNDS SEED TEXT` takes each sample whose name ("8 B, one by one, 64, ck_ring") holds
// the text, once per round, in random order, and prints a line for each as soon as it is taken:
//
//   round  workload  capacity  queue  M items/s or ns  ping-pong ns          (separated by tabs)
//
// The first line names the CPUs, lines with `#` say which peers are left out.
#include <algorithm>
#include <functional>
#include <random>
#include <vector>

#include "peers/fastforward.hpp"
#include "peers/ours.hpp"
#include "peers/raw_line.hpp"
#include "workloads.hpp"

#if __has_include(<boost/lockfree/spsc_queue.hpp>)
#include "peers/boost.hpp"
#define HAS_BOOST
#endif
#if __has_include(<ck_ring.h>)
#include "peers/ck.hpp"
#define HAS_CK
#endif
#if __has_include(<rte_ring.h>)
#include "peers/dpdk.hpp"
#define HAS_DPDK
#endif

struct Entrant {
  const char* queue;
  std::function<Sample(Cpus)> take;
};

struct Cell {
  const char* workload;
  std::size_t capacity;
  std::vector<Entrant> entrants;
};

static std::string name_of(const Cell& cell) { return std::string(cell.workload) + ", " + std::to_string(cell.capacity); }

template <class Peer>
Entrant singles(std::size_t capacity, std::uint64_t items) {
  return {Peer::name, [=](Cpus cpus) { return single_items<Peer>(cpus, capacity, items); }};
}

template <class Peer>
Entrant waiting(std::size_t capacity, std::uint64_t items) {
  return {Peer::name, [=](Cpus cpus) { return waiting_items<Peer>(cpus, capacity, items); }};
}

template <class Peer>
Entrant in_batches(std::size_t capacity, std::uint64_t items) {
  return {Peer::name, [=](Cpus cpus) { return batches<Peer>(cpus, capacity, items); }};
}

template <class Peer>
Entrant round_trip(std::size_t capacity, std::uint64_t items) {
  return {Peer::name, [=](Cpus cpus) { return round_trips<Peer>(cpus, capacity, items); }};
}

static Cell eight_bytes(std::size_t capacity) {
  Cell cell{"8 B, one by one", capacity, {}};
  cell.entrants.push_back(singles<OurLineRing>(capacity, 20'000'000));
  cell.entrants.push_back(singles<OurIndexRing<Word>>(capacity, 10'000'000));
  cell.entrants.push_back(singles<FastForward>(capacity, 20'000'000));
#ifdef HAS_BOOST
  cell.entrants.push_back(singles<Boost<Word>>(capacity, 5'000'000));
#endif
#ifdef HAS_CK
  cell.entrants.push_back(singles<Ck<Word>>(capacity, 5'000'000));
#endif
#ifdef HAS_DPDK
  cell.entrants.push_back(singles<Dpdk<Word>>(capacity, 5'000'000));
#endif
  return cell;
}

/// What laboratory.mjs compares with; the others have nothing like it.
static Cell with_waiting(std::size_t capacity) {
  return {"8 B, push and pop", capacity, {waiting<OurLineRing>(capacity, 100'000'000)}};
}

static Cell sixty_four_bytes(std::size_t capacity) {
  Cell cell{"64 B, one by one", capacity, {}};
  cell.entrants.push_back(singles<OurIndexRing<Wide>>(capacity, 4'000'000));
#ifdef HAS_BOOST
  cell.entrants.push_back(singles<Boost<Wide>>(capacity, 4'000'000));
#endif
#ifdef HAS_CK
  cell.entrants.push_back(singles<Ck<Wide>>(capacity, 4'000'000));
#endif
#ifdef HAS_DPDK
  cell.entrants.push_back(singles<Dpdk<Wide>>(capacity, 4'000'000));
#endif
  return cell;
}

static Cell batches_of_32(std::size_t capacity) {
  Cell cell{"8 B, batches of 32", capacity, {}};
  cell.entrants.push_back(in_batches<OurIndexRing<Word>>(capacity, 40'000'000));
#ifdef HAS_BOOST
  cell.entrants.push_back(in_batches<Boost<Word>>(capacity, 20'000'000));
#endif
#ifdef HAS_DPDK
  cell.entrants.push_back(in_batches<Dpdk<Word>>(capacity, 20'000'000));
#endif
  return cell;
}

static Cell round_trip_of_one(std::size_t capacity) {
  Cell cell{"8 B, round trip", capacity, {}};
  cell.entrants.push_back(round_trip<RawLine>(capacity, 200'000));
  cell.entrants.push_back(round_trip<OurLineRing>(capacity, 200'000));
  cell.entrants.push_back(round_trip<OurIndexRing<Word>>(capacity, 200'000));
  cell.entrants.push_back(round_trip<FastForward>(capacity, 200'000));
#ifdef HAS_BOOST
  cell.entrants.push_back(round_trip<Boost<Word>>(capacity, 200'000));
#endif
#ifdef HAS_CK
  cell.entrants.push_back(round_trip<Ck<Word>>(capacity, 200'000));
#endif
#ifdef HAS_DPDK
  cell.entrants.push_back(round_trip<Dpdk<Word>>(capacity, 200'000));
#endif
  return cell;
}

int main(int count, char** arguments) {
  require(count == 4, "usage: bench ROUNDS SEED TEXT");
  const int rounds = std::atoi(arguments[1]);
  std::mt19937 random(static_cast<std::uint32_t>(std::strtoul(arguments[2], nullptr, 10)));
  const Cpus cpus = choose_cpus();
  require(cpus.producer != cpus.consumer, "only one CPU is allowed; allow two, one for each end");
  std::printf("# producer on CPU %d, consumer on CPU %d\n", cpus.producer, cpus.consumer);
#ifndef HAS_BOOST
  std::puts("# boost is left out: not installed (scripts/install-native-peers.sh)");
#endif
#ifndef HAS_CK
  std::puts("# ck is left out: not installed (scripts/install-native-peers.sh)");
#endif
#ifndef HAS_DPDK
  std::puts("# DPDK is left out: not installed (scripts/install-native-peers.sh)");
#endif

  std::vector<Cell> cells;
  for (const std::size_t capacity : {64, 1024, 65536}) {
    cells.push_back(eight_bytes(capacity));
    cells.push_back(sixty_four_bytes(capacity));
    cells.push_back(batches_of_32(capacity));
    cells.push_back(with_waiting(capacity));
  }
  cells.push_back(round_trip_of_one(1024));
  for (Cell& cell : cells) {
    std::erase_if(cell.entrants, [&](const Entrant& entrant) {
      return (name_of(cell) + ", " + entrant.queue).find(arguments[3]) == std::string::npos;
    });
  }

  // The first round warms up what only the first time warms up, and is not printed.
  for (int round = 0; round <= rounds; ++round) {
    std::shuffle(cells.begin(), cells.end(), random);
    for (Cell& cell : cells) {
      // A cell's queues one right after the other: only neighbours in time can be compared.
      std::shuffle(cell.entrants.begin(), cell.entrants.end(), random);
      for (const Entrant& entrant : cell.entrants) {
        const Sample sample = entrant.take(cpus);
        if (round == 0) continue;
        std::printf("%d\t%s\t%zu\t%s\t%.3f\t%.1f\n", round, cell.workload, cell.capacity, entrant.queue, sample.value,
                    sample.ping_pong_ns);
        std::fflush(stdout);
      }
    }
  }
}
