// Delays put into the pipeline on purpose: packages/core/src/faults.ts.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <ctime>
#include <vector>

#include "spsc/clock.hpp"

namespace spsc::lab {

enum class FaultPlace { pacer, producer, queue, service };

struct Fault {
  FaultPlace at;
  bool spins;
  std::int64_t ns;
  std::int64_t every_ns;
};

/// The faults of one place, in the loop of the thread that they befall.
class FaultLoop {
 public:
  FaultLoop(const std::vector<Fault>& faults, FaultPlace at) {
    for (const Fault& fault : faults) {
      if (fault.at == at) here_.push_back({fault, never});
    }
  }

  bool empty() const { return here_.empty(); }

  /// A phase begins now.
  void begin() {
    for (Here& here : here_) here.due_ns = after(here.fault.every_ns);
  }

  /// Holds the thread up by what is due. Times missed meanwhile are made up for by nothing. Gives up once `stopping`.
  void strike(const std::atomic<bool>& stopping) {
    for (auto& [fault, due_ns] : here_) {
      const std::int64_t start_ns = now();
      if (start_ns < due_ns) continue;
      due_ns += fault.every_ns * (1 + (start_ns - due_ns) / fault.every_ns);
      const std::int64_t end_ns = start_ns + fault.ns;
      for (std::int64_t left = fault.ns; left > 0 && !stopping.load(std::memory_order_relaxed); left = end_ns - now()) {
        if (fault.spins) continue;
        const timespec pause = to_timespec(std::min(left, longest_sleep_ns));
        clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nullptr);
      }
    }
  }

 private:
  /// At a stretch, so that a stop need not wait for a long one.
  static constexpr std::int64_t longest_sleep_ns = 100'000'000;

  struct Here {
    Fault fault;
    std::int64_t due_ns;
  };
  std::vector<Here> here_;
};

}  // namespace spsc::lab
