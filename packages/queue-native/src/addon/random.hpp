// mulberry32, as in packages/core/src/random.ts: the same seed draws the same arrivals in both languages.
#pragma once

#include <cstdint>

namespace spsc::lab {

class Random {
 public:
  explicit Random(std::uint32_t seed) : state_(seed) {}

  /// Uniform in [0, 1).
  double operator()() {
    state_ += 0x6d2b79f5u;
    std::uint32_t mixed = (state_ ^ (state_ >> 15)) * (1u | state_);
    mixed = (mixed + (mixed ^ (mixed >> 7)) * (61u | mixed)) ^ mixed;
    return (mixed ^ (mixed >> 14)) / 4294967296.0;
  }

 private:
  std::uint32_t state_;
};

}  // namespace spsc::lab
