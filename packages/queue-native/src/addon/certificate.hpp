// What the pipeline's two threads read for a certificate, as packages/core/src/certify-alone.ts and certify-together.ts
// do; what is made of it, core computes for both languages. Nothing here allocates while a thread reads.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "spsc/atomics.hpp"
#include "spsc/clock.hpp"
#include "spsc/error.hpp"
#include "trace.hpp"

namespace spsc::lab {

/// How long each reading goes on, in nanoseconds, and which waits are tried.
struct CertificatePlan {
  double stamp_ns;
  double recorder_ns;
  double noise_ns;
  double pacer_ns;
  double trips_ns;
  std::vector<double> waits_ns;
};

struct Noise {
  std::int64_t watched_ns = 0, largest_gap_ns = 0, gaps_ns = 0;
  std::uint64_t gaps = 0;
};

/// What a thread reads while the other one sleeps.
struct AloneReadings {
  std::vector<double> stamp, recorded, unrecorded;
  Noise noise;
  std::vector<std::vector<double>> overshoot;  ///< one for each wait of the plan
};

/// What a thread reads while a word goes to and fro: as it sent it, and as it saw what came.
struct TripTimes {
  std::vector<double> sent, seen;
};

/// Whether another batch is to be read: some are, also where others took the CPU for all of the time.
class Batches {
 public:
  static constexpr std::size_t max = 2048;

  explicit Batches(double budget_ns) : end_ns_(now() + static_cast<std::int64_t>(budget_ns)) {}

  bool more(std::size_t done) const {
    const std::int64_t at = now();
    return done < max && (at < end_ns_ || (done < least && at < end_ns_ + patience_ns));
  }

 private:
  static constexpr std::size_t least = 32;
  static constexpr std::int64_t patience_ns = 200'000'000;
  const std::int64_t end_ns_;
};

/// One stamp, by batches: the clock is read and stored as the loops do it.
template <class IsStopping>
void read_stamps(double budget_ns, std::vector<double>& readings, IsStopping is_stopping) {
  std::array<std::uint64_t, 256> column;
  volatile std::uint64_t* const cells = column.data();  // each is stored
  for (const Batches batches(budget_ns); batches.more(readings.size()) && !is_stopping();) {
    for (std::size_t row = 0; row < column.size(); ++row) cells[row] = static_cast<std::uint64_t>(now());
    readings.push_back(static_cast<double>(column.back() - column.front()) / (column.size() - 1));
  }
}

/// Time that a thread loses which does nothing but read the clock.
template <class IsStopping>
Noise watch_noise(double budget_ns, IsStopping is_stopping) {
  Noise noise;
  const std::int64_t start = now();
  std::int64_t last = start;
  while (last < start + static_cast<std::int64_t>(budget_ns) && !is_stopping()) {
    const std::int64_t at = now();
    const std::int64_t gap = at - last;
    noise.largest_gap_ns = std::max(noise.largest_gap_ns, gap);
    if (gap > 1000) {
      ++noise.gaps;
      noise.gaps_ns += gap;
    }
    last = at;
  }
  noise.watched_ns = last - start;
  return noise;
}

/// What travels when the loops run over a queue that does nothing: it takes all, and gives `items` and then an end.
struct Nothing {
  static constexpr std::uint64_t items = 500;
  using Item = std::uint64_t;

  struct Queue {
    struct Producer {};
    struct Consumer {};
    static Queue init(void*, std::size_t) { return {}; }
    std::optional<Producer> producer() { return Producer{}; }
    std::optional<Consumer> consumer() { return Consumer{}; }
  };
  static std::size_t places(std::size_t, std::size_t) { return 1; }
  static std::size_t queue_bytes(std::size_t, std::size_t) { return sizeof(Item); }

  class Producer {
   public:
    Producer(Queue::Producer&&, std::size_t) {}
    static Item write(std::uint64_t number) { return number; }
    bool try_push(Item item) {
      asm volatile("" : : "r"(item));  // the loop is gone through, item by item
      return true;
    }
    Status push(Item item) { return try_push(item) ? Status::ok : Status::timeout; }
  };

  class Consumer {
   public:
    Consumer(Queue::Consumer&&, std::size_t) {}
    bool try_pop(std::uint64_t& item) {
      item = next_ < items ? next_++ : std::numeric_limits<std::uint64_t>::max();
      if (item >= items) next_ = 0;
      asm volatile("" : "+r"(item));
      return true;
    }
    Status pop(std::uint64_t& item) { return try_pop(item) ? Status::ok : Status::timeout; }
    static constexpr bool is_whole() { return true; }

   private:
    std::uint64_t next_ = 0;
  };
};

/// Rows for every item of a batch.
class AllRows {
 public:
  /// More than are pushed in a batch, at two clock readings each.
  static constexpr std::size_t rows = 4096;

  AllRows() : bytes_(rows * Trace::bytes_per_row(false)) {
    auto* const number = reinterpret_cast<double*>(bytes_.data());
    for (std::size_t row = 0; row < rows; ++row) number[row] = static_cast<double>(row);
    number[rows - 1] = std::numeric_limits<double>::infinity();
  }
  Trace trace() { return Trace(bytes_.data(), rows, false); }

 private:
  std::vector<std::byte> bytes_;
};

/// A word that two threads pass to and fro.
///
///   word   0   1   2   3   4  …  over        odd: on its way to the consumer, even: on its way back
class Trips {
 public:
  static constexpr std::size_t least = 200;
  static constexpr std::size_t max = 10'000;

  /// The producer's part: until the time is over, or `max` trips are made.
  template <class IsStopping>
  void lead(double budget_ns, TripTimes& times, IsStopping is_stopping) {
    const std::int64_t end = now() + static_cast<std::int64_t>(budget_ns);
    std::int64_t at = 0;
    for (std::uint32_t trip = 0; trip < (at < end ? max : least) && at < end + patience_ns && !is_stopping(); ++trip) {
      const auto sent = static_cast<double>(now());
      send(2 * trip + 1, 0);
      if (await(2 * trip + 1, 0, trip) == over) break;
      at = now();
      times.sent.push_back(sent);
      times.seen.push_back(static_cast<double>(at));
    }
    send(over, 0);
  }

  /// The consumer's part: until the producer ends it.
  void follow(TripTimes& times) {
    for (std::uint32_t trip = 0; await(2 * trip, 1, trip) != over; ++trip) {
      times.seen.push_back(static_cast<double>(now()));
      times.sent.push_back(static_cast<double>(now()));
      send(2 * trip + 2, 1);
    }
  }

 private:
  static constexpr std::uint32_t over = std::numeric_limits<std::uint32_t>::max();
  // Looks before sleeping, and of how many trips the first ones make them all: see packages/core/src/certify-together.ts.
  static constexpr int many_spins = 4000;
  static constexpr int few_spins = 100;
  static constexpr std::uint32_t cycle = 16;
  static constexpr std::uint32_t long_looks = 4;
  static constexpr std::int64_t patience_ns = 200'000'000;

  void send(std::uint32_t word, int role) {
    word_.store(word);
    if (sleeps_[1 - role].flag.load()) StdAtomics::unpark(word_, false);
  }

  /// Waits in a trip while the word is `seen`, and returns what it is then.
  std::uint32_t await(std::uint32_t seen, int role, std::uint32_t trip) {
    bool& slept = sleeps_[role].slept;
    const int spins = slept && trip % cycle >= long_looks ? few_spins : many_spins;
    slept = false;
    for (int spin = 0; spin < spins; ++spin) {
      const std::uint32_t word = word_.load(std::memory_order_acquire);
      if (word != seen) return word;
      StdAtomics::pause();
    }
    slept = true;
    sleeps_[role].flag.store(1);  // before the look, as the sender looks at it after the store
    std::uint32_t word = word_.load();
    for (; word == seen; word = word_.load()) StdAtomics::park(word_, seen, never, false);
    sleeps_[role].flag.store(0);
    return word;
  }

  struct alignas(apart) Flag {
    std::atomic<std::uint32_t> flag{0};
    bool slept = false;  ///< the last time; the sleeper's own
  };
  alignas(apart) std::atomic<std::uint32_t> word_{0};
  Flag sleeps_[2];
};

/// One certificate on its way. The pipeline's thread 0 is the producer's, 1 the consumer's.
struct Certification {
  explicit Certification(const CertificatePlan& what) : plan(what) {
    for (AloneReadings& readings : alone) {
      for (std::vector<double>* values : {&readings.stamp, &readings.recorded, &readings.unrecorded}) {
        values->reserve(Batches::max);
      }
      readings.overshoot.resize(plan.waits_ns.size());
      for (std::vector<double>& values : readings.overshoot) values.reserve(max_waits);
    }
    for (TripTimes& times : trips) {
      times.sent.reserve(Trips::max);
      times.seen.reserve(Trips::max);
    }
  }

  static constexpr int least_waits = 3;
  static constexpr int max_waits = 9;

  const CertificatePlan plan;
  AllRows rows;
  Trips word;
  AloneReadings alone[2];
  TripTimes trips[2];
};

}  // namespace spsc::lab
