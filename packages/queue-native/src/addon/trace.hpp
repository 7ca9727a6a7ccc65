// The trace of @spsc/core, as C++ sees it: the same columns over the same shared bytes (packages/core/src/trace.ts).
#pragma once

#include <cstddef>
#include <cstdint>

namespace spsc::lab {

struct Trace {
  std::size_t rows;
  const double* number;
  std::uint64_t* due;
  std::uint64_t* woke;
  std::uint64_t* sent;
  std::uint64_t* pushed;
  std::uint64_t* popped;
  std::uint64_t* done;
  /// The kernel's accounts; null where nobody wants them.
  std::uint64_t* run_delay_at_sent = nullptr;
  std::uint64_t* run_delay_at_pushed = nullptr;
  std::uint64_t* cpu_at_popped = nullptr;
  std::uint64_t* run_delay_at_popped = nullptr;
  std::uint64_t* cpu_at_done = nullptr;
  std::uint64_t* run_delay_at_done = nullptr;
  std::int16_t* producer_cpu;
  std::int16_t* consumer_cpu;
  std::int8_t* consumer_waited;

  static constexpr std::size_t bytes_per_row(bool accounts) { return (7 + (accounts ? 6 : 0)) * 8 + 2 * 2 + 1; }

  Trace(std::byte* base, std::size_t row_count, bool accounts) : rows(row_count) {
    std::byte* next = base;
    const auto column = [&]<class T>(T*& cells) {
      cells = reinterpret_cast<T*>(next);
      next += rows * sizeof(T);
    };
    column(number);
    column(due);
    column(woke);
    column(sent);
    column(pushed);
    column(popped);
    column(done);
    if (accounts) {
      column(run_delay_at_sent);
      column(run_delay_at_pushed);
      column(cpu_at_popped);
      column(run_delay_at_popped);
      column(cpu_at_done);
      column(run_delay_at_done);
    }
    column(producer_cpu);
    column(consumer_cpu);
    column(consumer_waited);
  }

  bool has_accounts() const { return run_delay_at_sent != nullptr; }
};

}  // namespace spsc::lab
