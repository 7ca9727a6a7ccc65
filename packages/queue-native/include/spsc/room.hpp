// How much the producer may still push: known in its own object, asked from the consumer only when used up.
//
//   items    … popped │ inside │ known room │ …                 pushed ≤ limit ≤ popped + capacity, all mod 2^64
//                     r        w            limit
//
// The consumer stores `popped` after each pop, so that a push fails only while exactly `capacity` items are inside, also
// where nobody asked before. While the producer doesn't load it, that costs one store to a line in the consumer's own
// cache. The producer loads it when w = limit. Where the ring then turns out to be nearly full, it would be back a few
// items later and take the line from the consumer each time: so it pauses once, lets the ring drain, and asks again.
// (Tried with 0, 1, 4 and 16 pauses: 1 is best or even everywhere, 16 halves the rate at capacity 64.)
#pragma once

#include "atomics.hpp"

namespace spsc {

template <class Layout, class Atomics>
class Room {
 public:
  Room(std::uint64_t first, std::uint64_t capacity) : limit_(first + capacity), capacity_(capacity) {}

  std::uint64_t capacity() const { return capacity_; }
  bool is_used_up(std::uint64_t pushed) const { return pushed == limit_; }
  std::uint64_t known(std::uint64_t pushed) const { return limit_ - pushed; }

  /// Asks anew; false where there is no room. None in a closed ring.
  bool ask(Layout* layout, std::uint64_t pushed) {
    limit_ = pushed + ask(layout, pushed, capacity_);
    return limit_ != pushed;
  }

  /// Makes the next push ask, and so find out about a close.
  void forget(std::uint64_t pushed) { limit_ = pushed; }

  /// Room as it is now. Acquire: items up to `popped` have been read, their places may be written.
  /// Clamped: a `popped` that can't be true, written by a hostile process, makes no more room than there is.
  static std::uint64_t look(const Layout* layout, std::uint64_t pushed, std::uint64_t capacity) {
    const std::uint64_t inside = pushed - layout->popped.load(std::memory_order_acquire);
    return inside < capacity ? capacity - inside : 0;
  }

 private:
  /// Static, with copies: see ends.hpp.
  [[gnu::noinline]] static std::uint64_t ask(const Layout* layout, std::uint64_t pushed, std::uint64_t capacity) {
    if (layout->is_closed()) return 0;
    const std::uint64_t room = look(layout, pushed, capacity);
    if (room >= capacity / 4) return room;
    Atomics::pause();
    return look(layout, pushed, capacity);
  }

  std::uint64_t limit_;
  std::uint64_t capacity_;
};

}  // namespace spsc
