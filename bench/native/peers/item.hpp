// What travels in a benchmark: a number, in 8 or in 64 bytes.
#pragma once

#include <cstdint>

using Word = std::uint64_t;

struct Wide {
  std::uint64_t words[8];

  Wide() = default;
  Wide(std::uint64_t number) : words{number, 0, 0, 0, 0, 0, 0, ~number} {}
  /// Something else than the number where the item is torn.
  operator std::uint64_t() const { return words[0] ^ ~(words[0] ^ words[7]); }
};
