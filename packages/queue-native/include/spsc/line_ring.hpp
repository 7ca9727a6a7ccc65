// A ring of 64-bit items in which an item and its visibility are one word, so that they share one cache line.
//
//   slots     [ item | item | empty | empty | … ]     as many as the capacity; begun anew at its end
//   escapes   [  -   |  -   |   -   |   -   | … ]     a byte per slot, touched for two values out of 2^64 only
//
// A slot holds an item, or the pattern `empty`. The producer writes where it finds `empty`, the consumer puts `empty`
// back where it found an item (FastForward: Giacomoni, Moseley, Vachharajani, 2008). Neither end ever looks for an index
// of the other, so one line moves from core to core per eight items, or one per item in a round trip; a push is one
// store and a pop is one store, which is what the rate hangs on. The ring is full when all `capacity` slots hold an item
// and not before, so capacity is exact, without counting.
//
// Any value is an item like any other, `empty` too: for it and for its neighbour `escaped` the slot says `escaped`, and
// the byte beside it says which of the two was meant. All others pay one comparison for that.
//
// Orderings, on which everything else hangs:
//   slot, item in    store release, load acquire   the escape, and whatever the user wrote before, come before the item
//   slot, emptied    store release, load acquire   the escape has been read before the producer writes over it
// Full or empty is seen in the very word that is written next, so nothing needs a read-modify-write or a full fence.
#pragma once

#include <new>
#include <optional>

#include "ends.hpp"

namespace spsc {

template <class Wait = Spin, class Atomics = StdAtomics>
class LineRing {
  using Slot = typename Atomics::template atomic<std::uint64_t>;

  struct Layout : Header<Atomics> {
    Slot* slots() { return reinterpret_cast<Slot*>(this + 1); }
    std::uint8_t* escapes(std::size_t capacity) { return reinterpret_cast<std::uint8_t*>(slots() + capacity); }
  };

 public:
  using Item = std::uint64_t;
  class Producer;
  class Consumer;

  /// What a slot without an item holds. Of no meaning to users, but for tests. Any pattern would do; this one is unlikely
  /// in data, and of the kind that x86 has in the instruction (32 bits, sign-extended) and not in a register.
  static constexpr Item empty = 0xffff'ffff'9d3f'5c6a;

  /// Bytes that a ring of `capacity` items takes; 0 where there can be none.
  static constexpr std::size_t bytes(std::size_t capacity) {
    if (capacity == 0 || capacity > max_capacity) return 0;
    return sizeof(Layout) + capacity * (sizeof(Slot) + sizeof(std::uint8_t));
  }

  /// Makes an empty ring in `memory`, which is aligned to 128 bytes and has `bytes(capacity)`.
  /// A ring that can't be made is false and tells its `error()`.
  static LineRing init(void* memory, std::size_t capacity, RingOptions options = {}) {
    if (bytes(capacity) == 0) return LineRing(Error::bad_capacity);
    if (!is_aligned(memory)) return LineRing(Error::misaligned);
    auto* layout = new (memory) Layout;
    for (std::size_t i = 0; i < capacity; ++i) {
      (new (layout->slots() + i) Slot)->store(empty, std::memory_order_relaxed);
    }
    const Identity identity = identify(capacity);
    layout->init(identity, options.reach);
    return LineRing(layout, identity);
  }

  /// The ring that `init` made in this memory, of which `available` bytes may be used.
  static LineRing attach(void* memory, std::size_t available) {
    Identity identity;
    const Error error = read_identity(memory, available, identify(1), bytes, identity);
    if (error != Error::none) return LineRing(error);
    return LineRing(static_cast<Layout*>(memory), identity);
  }

  explicit operator bool() const { return layout_ != nullptr; }
  Error error() const { return error_; }
  std::size_t capacity() const { return identity_.capacity; }

  /// The one producer; nothing where it is taken already.
  std::optional<Producer> producer() {
    if (!layout_ || !Layout::claim(layout_->producer_claim)) return std::nullopt;
    return Producer(layout_, identity_.capacity);
  }

  /// The one consumer; nothing where it is taken already.
  std::optional<Consumer> consumer() {
    if (!layout_ || !Layout::claim(layout_->consumer_claim)) return std::nullopt;
    return Consumer(layout_, identity_.capacity);
  }

 private:
  explicit LineRing(Error error) : error_(error) {}
  LineRing(Layout* layout, const Identity& identity) : layout_(layout), identity_(identity) {}

  static Identity identify(std::size_t capacity) {
    return Identity::of(Kind::line, Wait::id, sizeof(Item), capacity, bytes(capacity), 0);
  }

  static constexpr Item escaped = empty + 1;
  static constexpr bool needs_escape(Item item) { return item - empty <= 1; }

  /// Where an end works next. Its own copy: whatever is written into shared memory, it stays within the ring.
  class Place {
   public:
    Place(Layout* layout, std::size_t capacity)
        : slot_(layout->slots()), begin_(slot_), end_(slot_ + capacity), escapes_(layout->escapes(capacity)) {}

    Slot& slot() const { return *slot_; }
    std::uint8_t& escape() const { return escapes_[slot_ - begin_]; }
    std::size_t capacity() const { return static_cast<std::size_t>(end_ - begin_); }

    [[gnu::always_inline]] void step() {
      if (++slot_ == end_) [[unlikely]] {
        slot_ = begin_;
        // Keeps this a branch, which is predicted: a conditional move would make each step wait for the one before.
        asm volatile("" : "+r"(slot_));
      }
    }

    /// Goes where there is never room: a producer that has closed finds the ring full, without a test in each push.
    void leave() {
      if (slot_ != &taken) left_ = std::exchange(slot_, &taken);
    }

    /// How many slots from here on hold an item (or none), of a ring in which they lie in one run that begins here.
    /// Found by halving, in log2(capacity) loads.
    std::size_t run_of(bool holding_items) const {
      std::size_t within = 0;
      std::size_t beyond = capacity();
      while (within < beyond) {
        const std::size_t middle = within + (beyond - within) / 2;
        if ((ahead(middle).load(std::memory_order_acquire) != empty) == holding_items) {
          within = middle + 1;
        } else {
          beyond = middle;
        }
      }
      return within;
    }

   private:
    static inline Slot taken{escaped};

    Slot& ahead(std::size_t slots) const {
      Slot* const here = slot_ == &taken ? left_ : slot_;
      const auto to_end = static_cast<std::size_t>(end_ - here);
      return slots < to_end ? here[slots] : begin_[slots - to_end];
    }

    Slot* slot_;
    Slot* left_ = nullptr;
    Slot* begin_;
    Slot* end_;
    std::uint8_t* escapes_;
  };

  Layout* layout_ = nullptr;
  Identity identity_{};
  Error error_ = Error::none;
};

template <class Wait, class Atomics>
class LineRing<Wait, Atomics>::Producer : public ProducerEnd<Producer, Layout, Item, Wait> {
 public:
  /// Puts `item` in, visible to the consumer at once; false where the ring is full or this end closed. Never sleeps.
  [[gnu::always_inline]] bool try_push(Item item) {
    Slot& slot = place_.slot();
    if (slot.load(std::memory_order_acquire) != empty) return false;
    if (needs_escape(item)) [[unlikely]] {
      place_.escape() = item == escaped;
      item = escaped;
    }
    slot.store(item, Atomics::publish);
    place_.step();
    if constexpr (Wait::rings) this->layout_->consumer_bell.ring();
    return true;
  }

  /// Items inside at this moment: at most that many, as the consumer goes on. Takes log2(capacity) loads.
  std::size_t size() const { return capacity() - place_.run_of(false); }

  std::size_t capacity() const { return place_.capacity(); }

 private:
  friend LineRing;
  friend ProducerEnd<Producer, Layout, Item, Wait>;

  Producer(Layout* layout, std::size_t capacity)
      : ProducerEnd<Producer, Layout, Item, Wait>(layout), place_(layout, capacity) {}

  auto room_probe() const {
    return [slot = &place_.slot()] { return slot->load(std::memory_order_acquire) == empty; };
  }

  void forget_room() { place_.leave(); }

  Place place_;
};

template <class Wait, class Atomics>
class LineRing<Wait, Atomics>::Consumer : public ConsumerEnd<Consumer, Layout, Item, Wait> {
 public:
  /// Takes the oldest item out; false where there is none. Never sleeps.
  [[gnu::always_inline]] bool try_pop(Item& item) {
    Slot& slot = place_.slot();
    Item found = slot.load(std::memory_order_acquire);
    if (needs_escape(found)) [[unlikely]] {
      if (found == empty) return false;
      found = place_.escape() ? escaped : empty;
    }
    item = found;
    slot.store(empty, std::memory_order_release);
    place_.step();
    if constexpr (Wait::rings) this->layout_->producer_bell.ring();
    return true;
  }

  /// Items inside at this moment: at least that many, as the producer goes on. Takes log2(capacity) loads.
  std::size_t size() const { return place_.run_of(true); }

  std::size_t capacity() const { return place_.capacity(); }

 private:
  friend LineRing;
  friend ConsumerEnd<Consumer, Layout, Item, Wait>;

  Consumer(Layout* layout, std::size_t capacity)
      : ConsumerEnd<Consumer, Layout, Item, Wait>(layout), place_(layout, capacity) {}

  auto item_probe() const {
    return [slot = &place_.slot()] { return slot->load(std::memory_order_acquire) != empty; };
  }

  Place place_;
};

}  // namespace spsc
