// How an end waits for the other: spin, yield, or block.
//
// Blocking is an eventcount for one sleeper: a word on which the sleeper says that it sleeps, and which the other end
// reads after each publish. The publisher pays one load of a line that stays in its own cache, and no fence:
//
//        sleeper                                publisher
//   S1   word |= asleep                    P1   publish the item (release store)
//   S2   heavy fence (membarrier)          P2   light fence (compiler only)
//   S3   look again: an item? then done    P3   word & asleep?  then word &= ~asleep, futex wake
//   S4   futex wait while word unchanged
//
// No wake-up is lost. During S2 the publisher's thread executes a full barrier somewhere in its program (a thread that
// isn't running gets one from the context switch). Where that barrier falls after P1, P1 is visible before S2 returns,
// so S3 finds the item. Where it falls before P1, it is before P3 too, and S1, which precedes S2, is visible to P3, so
// the sleeper is woken. P2 keeps P1 before P3 in the program; there is no third place. Between S3 and S4 the publisher
// may clear the word and wake nobody: then S4 finds the word changed and returns at once. The word can't change and
// change back, as only the sleeper ever sets `asleep`; that is why one bit is enough, without a counter.
//
// Where membarrier is missing, or the ends live in two processes (membarrier reaches one), the word carries `fenced`
// from the beginning. The publisher sees a word that isn't 0, and makes a full fence between P1 and P3; the sleeper
// makes one in S2. That is Dekker's argument: two full fences, so at least one side sees the other's store.
#pragma once

#include <algorithm>

#include "atomics.hpp"
#include "error.hpp"

namespace spsc {

/// Where the two ends of a ring live.
enum class Reach : std::uint8_t {
  threads,    ///< of one process
  processes,  ///< memory mapped by several: with Block, a full fence per operation (20–30 ns)
};

/// The word on which one end sleeps and which the other end rings.
template <class Atomics>
class Bell {
 public:
  void init(Reach reach) {
    const std::uint32_t foreign = reach == Reach::processes ? between_processes : 0;
    const bool needs_fences = foreign != 0 || !Atomics::has_heavy_fence();
    word_.store(foreign | (needs_fences ? fenced : 0), std::memory_order_relaxed);
  }

  /// After a publish: wakes the sleeper, if there is one. P2 and P3 above.
  [[gnu::always_inline]] void ring() {
    Atomics::light_fence();
    if (word_.load(std::memory_order_relaxed) != 0) [[unlikely]] ring_slowly();
  }

  /// Sleeps until rung or until `deadline`, unless `done()` once `asleep` is in sight of the other end. S1 to S4 above.
  /// May return early: the caller looks again.
  template <class Done>
  void sleep(Deadline deadline, Done done) {
    const std::uint32_t mode = word_.fetch_or(asleep, std::memory_order_relaxed);
    if (mode & fenced) {
      Atomics::full_fence();
    } else if (!Atomics::heavy_fence()) {
      // Granted once, refused now (a seccomp filter set since, no memory): a wake-up may be lost, so look often.
      deadline = std::min(deadline, after(1'000'000));
    }
    if (!done()) Atomics::park(word_, mode | asleep, deadline, mode & between_processes);
    word_.fetch_and(~asleep, std::memory_order_relaxed);
  }

  /// Whether an end says that it sleeps: a hint for who records.
  bool has_sleeper() const { return word_.load(std::memory_order_relaxed) & asleep; }

 private:
  [[gnu::noinline, gnu::cold]] void ring_slowly() {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    if (word & fenced) {
      Atomics::full_fence();
      word = word_.load(std::memory_order_relaxed);
    }
    if (!(word & asleep)) return;
    // Relaxed: what the sleeper reads on waking is ordered by the ring's own acquire loads, not by this word.
    word_.fetch_and(~asleep, std::memory_order_relaxed);
    Atomics::unpark(word_, word & between_processes);
  }

  static constexpr std::uint32_t asleep = 1;
  static constexpr std::uint32_t fenced = 2;
  static constexpr std::uint32_t between_processes = 4;

  typename Atomics::template atomic<std::uint32_t> word_;
};

/// Burns its CPU. For two ends that have one each, and nothing to do but this.
struct Spin {
  static constexpr std::uint32_t id = 0;
  static constexpr bool rings = false;

  template <class Atomics, class Done>
  static void rest(Bell<Atomics>&, Deadline, Done) {
    for (int i = 0; i < 16; ++i) Atomics::pause();
  }
};

/// Burns its CPU too, but lets others have it. For ends that may share a CPU.
struct Yield {
  static constexpr std::uint32_t id = 1;
  static constexpr bool rings = false;

  template <class Atomics, class Done>
  static void rest(Bell<Atomics>&, Deadline, Done) {
    Atomics::yield();
  }
};

/// Sleeps in the kernel until rung; costs no CPU. For everything else.
struct Block {
  static constexpr std::uint32_t id = 2;
  static constexpr bool rings = true;

  template <class Atomics, class Done>
  static void rest(Bell<Atomics>& bell, Deadline deadline, Done done) {
    bell.sleep(deadline, done);
  }
};

/// Waits until `ready()`, until the ring is `over()`, or until the deadline passes. Both only look.
template <class Wait, class Atomics, class Ready, class Over>
Status wait_until(Bell<Atomics>& bell, Deadline deadline, Ready ready, Over over) {
  // About a microsecond of spinning first, also before sleeping: the peer's answer to what was just done comes within
  // that, and a sleep costs both ends far more.
  for (int looks = 0; looks < 64; ++looks) {
    if (ready()) return Status::ok;
    Atomics::pause();
  }
  while (true) {
    // In this order: what came before the end must still be had.
    const bool ended = over();
    if (ready()) return Status::ok;
    if (ended) return Status::closed;
    if (deadline != never && now() >= deadline) return Status::timeout;
    Wait::template rest<Atomics>(bell, deadline, [&] { return ready() || over(); });
  }
}

}  // namespace spsc
