// The trace of @spsc/core, as C++ sees it: the same columns over the same shared bytes (packages/core/src/trace.ts).
#pragma once

#include <cstddef>
#include <cstdint>

namespace spsc::lab {

struct Trace {
  std::size_t rows;
  const double* number;
  std::uint64_t* due;
  std::uint64_t* sent;
  std::uint64_t* pushed;
  std::uint64_t* popped;
  std::uint64_t* done;
  std::int16_t* producer_cpu;
  std::int16_t* consumer_cpu;
  std::int8_t* consumer_waited;

  static constexpr std::size_t bytes_per_row = 6 * 8 + 2 * 2 + 1;

  Trace(std::byte* base, std::size_t row_count) : rows(row_count) {
    std::byte* next = base;
    const auto column = [&]<class T>(T*& cells) {
      cells = reinterpret_cast<T*>(next);
      next += rows * sizeof(T);
    };
    column(number);
    column(due);
    column(sent);
    column(pushed);
    column(popped);
    column(done);
    column(producer_cpu);
    column(consumer_cpu);
    column(consumer_waited);
  }
};

}  // namespace spsc::lab
