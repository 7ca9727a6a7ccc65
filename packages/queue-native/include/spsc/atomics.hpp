// The machine as the rings see it: atomics, fences, sleeping. Every ring takes this as a template parameter, so that a
// checker can put its own in place and decide what each thread sees next.
#pragma once

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.hpp"

namespace spsc {

/// How far apart two words must be to never share a line: adjacent-line prefetch moves 64-byte lines in pairs.
inline constexpr std::size_t apart = 128;

struct StdAtomics {
  template <class T>
  using atomic = std::atomic<T>;

  /// Order of the store that makes an item visible. A policy with `memory_order_relaxed` here is broken on purpose: the
  /// tests use one to prove that ThreadSanitizer would tell.
  static constexpr std::memory_order publish = std::memory_order_release;

  /// Tells the core that this is a spin loop.
  static void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    // Not `yield`, which is for cores of several threads and does nothing on others; `isb` waits for the pipeline.
    asm volatile("isb" ::: "memory");
#endif
  }

  static void yield() { sched_yield(); }

  /// The cheap half of an asymmetric fence: keeps the compiler from moving memory accesses across, costs nothing.
  /// With a `heavy_fence` of another thread it orders like a full fence.
  static void light_fence() { std::atomic_signal_fence(std::memory_order_seq_cst); }

  /// The dear half (a few µs): on return, every running thread of this process has passed a full memory barrier between
  /// the call and the return. Only where `has_heavy_fence()`; false where the kernel refuses it now all the same.
  static bool heavy_fence() { return syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0; }

  /// Whether the kernel grants this process `heavy_fence`; registers it on the first call.
  static bool has_heavy_fence() {
    static const bool registered = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
    return registered;
  }

  /// An ordinary full fence, for where there is no heavy one.
  static void full_fence() {
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wtsan"  // TSan needs no fence to be modelled here: no data hangs on it, only a wake-up.
#endif
    std::atomic_thread_fence(std::memory_order_seq_cst);
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
  }

  /// Sleeps while `word` is `expected`, at most until `deadline`. May return early for no reason.
  static void park(atomic<std::uint32_t>& word, std::uint32_t expected, Deadline deadline, bool between_processes) {
    static_assert(sizeof(atomic<std::uint32_t>) == 4, "the kernel compares the word in place");
    const timespec until = to_timespec(deadline);
    // WAIT_BITSET and not WAIT: its timeout is absolute, on CLOCK_MONOTONIC.
    const int operation = FUTEX_WAIT_BITSET | (between_processes ? 0 : FUTEX_PRIVATE_FLAG);
    const long result = syscall(SYS_futex, &word, operation, expected, deadline == never ? nullptr : &until, nullptr,
                                FUTEX_BITSET_MATCH_ANY);
    if (result == 0 || errno != EAGAIN) ++sleeps;
  }

  /// Wakes who is parked on `word`.
  static void unpark(atomic<std::uint32_t>& word, bool between_processes) {
    syscall(SYS_futex, &word, FUTEX_WAKE | (between_processes ? 0 : FUTEX_PRIVATE_FLAG), INT_MAX, nullptr, nullptr, 0);
  }
};

}  // namespace spsc
