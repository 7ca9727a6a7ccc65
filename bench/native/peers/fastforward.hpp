// Our own reference of the FastForward kind (Giacomoni et al., 2008): the slot is its own flag.
//
//   slot n mod capacity   [ item, or 0 where it is empty ]
//
// The producer writes where it finds 0, the consumer puts 0 back. Neither ever reads an index of the other, so it is the
// rival to beat. The price is the reserved value: 0 can't be an item. Capacity is a power of two.
#pragma once

#include <atomic>
#include <bit>

#include <spsc/memory.hpp>

#include "item.hpp"

class FastForward {
  using Slot = std::atomic<std::uint64_t>;

 public:
  static constexpr auto name = "FastForward kind";
  static constexpr bool pauses = false;
  using Item = Word;

  explicit FastForward(std::size_t capacity)
      : mask_(std::bit_ceil(capacity) - 1), memory_((mask_ + 1) * sizeof(Slot)) {}

  class Producer {
   public:
    Producer(Slot* slots, std::uint64_t mask) : slots_(slots), mask_(mask) {}

    [[gnu::always_inline]] bool try_push(std::uint64_t item) {
      Slot& slot = slots_[next_ & mask_];
      if (slot.load(std::memory_order_acquire) != 0) return false;
      slot.store(item, std::memory_order_release);
      ++next_;
      return true;
    }

   private:
    Slot* slots_;
    std::uint64_t mask_;
    std::uint64_t next_ = 0;
  };

  class Consumer {
   public:
    Consumer(Slot* slots, std::uint64_t mask) : slots_(slots), mask_(mask) {}

    [[gnu::always_inline]] bool try_pop(std::uint64_t& item) {
      Slot& slot = slots_[next_ & mask_];
      const std::uint64_t found = slot.load(std::memory_order_acquire);
      if (found == 0) return false;
      item = found;
      slot.store(0, std::memory_order_release);
      ++next_;
      return true;
    }

   private:
    Slot* slots_;
    std::uint64_t mask_;
    std::uint64_t next_ = 0;
  };

  Producer producer() { return {static_cast<Slot*>(memory_.get()), mask_}; }
  Consumer consumer() { return {static_cast<Slot*>(memory_.get()), mask_}; }

 private:
  std::uint64_t mask_;
  spsc::Memory memory_;
};
