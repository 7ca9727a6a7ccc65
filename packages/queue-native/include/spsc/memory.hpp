// Memory for one ring, aligned as rings want it and given back at the end of scope. Any other memory will do as well.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "atomics.hpp"

namespace spsc {

class Memory {
 public:
  /// `bytes` zeroed bytes; false where there is not so much memory, or where `bytes` is 0.
  explicit Memory(std::size_t bytes) : bytes_(bytes) {
    if (bytes == 0) return;
    const std::size_t whole = (bytes + apart - 1) / apart * apart;
    start_.reset(std::aligned_alloc(apart, whole));
    // Touched now, so that no page fault falls into a measurement or a first lap.
    if (start_) std::memset(start_.get(), 0, whole);
  }

  explicit operator bool() const { return start_ != nullptr; }
  void* get() const { return start_.get(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Free {
    void operator()(void* start) const { std::free(start); }
  };
  std::size_t bytes_;
  std::unique_ptr<void, Free> start_;
};

}  // namespace spsc
