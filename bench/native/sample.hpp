// One sample of one queue: two pinned threads, a barrier, the calibrator, a warm-up, then the loop that is timed.
#pragma once

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <pthread.h>
#include <sched.h>
#include <string>
#include <thread>

#include <spsc/atomics.hpp>

struct Cpus {
  int producer;
  int consumer;
};

struct Sample {
  double value;         ///< M items per second, or nanoseconds of a round trip
  double ping_pong_ns;  ///< what a line takes there and back at that moment
};

/// First and last CPU that this process may use.
inline Cpus choose_cpus() {
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof allowed, &allowed);
  Cpus cpus{-1, -1};
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    if (cpus.producer < 0) cpus.producer = cpu;
    cpus.consumer = cpu;
  }
  return cpus;
}

inline void pin(int cpu) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  pthread_setaffinity_np(pthread_self(), sizeof one, &one);
}

inline void require(bool good, const std::string& what) {
  if (good) return;
  std::fprintf(stderr, "[spsc] [bench] %s\n", what.c_str());
  std::_Exit(1);
}

/// Where the two threads meet, and the line of the calibrator.
class Meeting {
 public:
  void meet(int times) {
    arrived_.fetch_add(1);
    while (arrived_.load() < 2 * times) spsc::StdAtomics::pause();
  }

  /// One word in one line, written by both in turn.
  double ping_pong(bool first) {
    constexpr std::uint64_t rounds = 20'000;
    const spsc::Deadline start = spsc::now();
    for (std::uint64_t round = 0; round < rounds; ++round) {
      const std::uint64_t mine = 2 * round + (first ? 0 : 1);
      while (word_.load(std::memory_order_acquire) != mine) {
      }
      word_.store(mine + 1, std::memory_order_release);
    }
    while (first && word_.load(std::memory_order_acquire) != 2 * rounds) {
    }
    return static_cast<double>(spsc::now() - start) / static_cast<double>(rounds);
  }

 private:
  alignas(spsc::apart) std::atomic<int> arrived_ = 0;
  alignas(spsc::apart) std::atomic<std::uint64_t> word_ = 0;
  alignas(spsc::apart) char end_ = 0;
};

/// Runs both ends; nanoseconds from the producer's start to the consumer's end. Each is called with a gate, which it
/// calls between warm-up and what counts.
template <class Produce, class Consume>
Sample time_both(Cpus cpus, Produce produce, Consume consume) {
  Meeting meeting;
  spsc::Deadline start = 0;
  spsc::Deadline end = 0;
  double ping_pong_ns = 0;
  std::thread producer([&] {
    pin(cpus.producer);
    meeting.meet(1);
    ping_pong_ns = meeting.ping_pong(true);
    produce([&] {
      meeting.meet(2);
      start = spsc::now();
    });
  });
  std::thread consumer([&] {
    pin(cpus.consumer);
    meeting.meet(1);
    meeting.ping_pong(false);
    consume([&] { meeting.meet(2); });
    end = spsc::now();
  });
  producer.join();
  consumer.join();
  return {static_cast<double>(end - start), ping_pong_ns};
}
