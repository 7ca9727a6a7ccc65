// Deadlines: absolute nanoseconds of CLOCK_MONOTONIC, the clock that the futex and the condition variables wait on too.
#pragma once

#include <cstdint>
#include <ctime>
#include <limits>

namespace spsc {

using Deadline = std::int64_t;

/// Waits until something happens, however long that takes.
inline constexpr Deadline never = std::numeric_limits<Deadline>::max();

/// How often this thread has gone to sleep in a queue: for who measures.
inline thread_local std::uint64_t sleeps = 0;

/// Now, in nanoseconds of CLOCK_MONOTONIC (28 ns a call).
inline Deadline now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return Deadline{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// The deadline `nanoseconds` from now; a sum too large for the clock is `never`.
inline Deadline after(std::int64_t nanoseconds) {
  Deadline sum;
  return __builtin_add_overflow(now(), nanoseconds, &sum) ? never : sum;
}

inline timespec to_timespec(Deadline deadline) {
  if (deadline < 0) deadline = 0;
  return {static_cast<time_t>(deadline / 1'000'000'000), static_cast<long>(deadline % 1'000'000'000)};
}

}  // namespace spsc
