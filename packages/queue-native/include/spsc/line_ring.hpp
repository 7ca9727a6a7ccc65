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
// The consumer empties slots in order. So where the eighth slot from here is empty, the seven before it are: the producer
// looks once per eight items (Wang, Zhang, Tang, Hua: B-Queue, 2013), and at the very next slot only where that says no.
//
// The consumer fetches the line after the next one while it reads this one, for writing, since it will empty it. Without
// that, a line's way from core to core is waited for as often as the core can't look far enough ahead by itself, which
// depends on how much the consumer does with an item: the rate fell by half with one comparison more.
//
// Any value is an item like any other, `empty` too: for it and for its neighbour `escaped` the slot says `escaped`, and
// the byte beside it says which of the two was meant. All others pay one comparison for that.
//
// Orderings, on which everything else hangs:
//   slot, item in    store release, load acquire   the escape, and whatever the user wrote before, come before the item
//   slot, emptied    store release, load acquire   the escape has been read before the producer writes over it
// Full or empty is seen in the very word that is written next, so nothing needs a read-modify-write or a full fence.
#pragma once

#include <algorithm>
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
  /// in data, and with its neighbour the end of the signed numbers, so that one comparison tells both from all others.
  static constexpr Item empty = 0x7fff'ffff'ffff'fffe;

  /// Bytes that a ring of `capacity` items takes; 0 where there can be none.
  static constexpr std::size_t bytes(std::size_t capacity) {
    if (capacity == 0 || capacity > max_capacity) return 0;
    // As many bytes behind the slots as the consumer fetches ahead, so that it never takes a line of someone else's.
    return sizeof(Layout) + capacity * sizeof(Slot) + std::max(capacity, fetch_ahead);
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
  static constexpr bool needs_escape(Item item) {
    return static_cast<std::int64_t>(item) >= static_cast<std::int64_t>(empty);
  }

  /// How far ahead the producer looks: the slots of one line.
  static constexpr std::ptrdiff_t look_ahead = 8;
  /// How far ahead the consumer fetches, in bytes: two lines.
  static constexpr std::size_t fetch_ahead = 128;

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

    [[gnu::always_inline]] void prefetch() const {
      __builtin_prefetch(reinterpret_cast<const char*>(slot_) + fetch_ahead, 1);
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

   protected:
    Slot& ahead(std::size_t slots) const {
      const auto to_end = static_cast<std::size_t>(end_ - slot_);
      return slots < to_end ? slot_[slots] : begin_[slots - to_end];
    }

    Slot* slot_;
    Slot* begin_;
    Slot* end_;
    std::uint8_t* escapes_;
  };

  /// The producer's place: it knows how far it may go without looking, and turns round when it looks.
  class Lookahead : public Place {
   public:
    Lookahead(Layout* layout, std::size_t capacity) : Place(layout, capacity), limit_(this->slot_) {}

    /// Whether the place is empty.
    [[gnu::always_inline]] bool is_there() {
      if (this->slot_ != limit_) [[likely]] return true;
      if (closed_) [[unlikely]] return false;
      Slot* const next = this->slot_ == this->end_ ? this->begin_ : this->slot_;
      Slot* const limit = this->end_ - next < look_ahead ? this->end_ : next + look_ahead;
      if (is_empty(limit[-1])) {
        limit_ = limit;
      } else if (is_empty(*next)) {
        limit_ = next + 1;
      } else {
        return false;
      }
      this->slot_ = next;
      return true;
    }

    /// What tells of the next slot whether it is empty, without this place.
    auto probe() const {
      return [slot = &this->ahead(0)] { return is_empty(*slot); };
    }

    void step() { ++this->slot_; }

    /// From now on there is none.
    void close() {
      limit_ = this->slot_;
      closed_ = true;
    }

   private:
    static bool is_empty(const Slot& slot) { return slot.load(std::memory_order_acquire) == empty; }

    Slot* limit_;
    bool closed_ = false;
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
    if (!room_.is_there()) return false;
    if (needs_escape(item)) [[unlikely]] {
      room_.escape() = item == escaped;
      item = escaped;
    }
    room_.slot().store(item, Atomics::publish);
    room_.step();
    if constexpr (Wait::rings) this->layout_->consumer_bell.ring();
    return true;
  }

  /// Items inside at this moment: at most that many, as the consumer goes on. Takes log2(capacity) loads.
  std::size_t size() const { return capacity() - room_.run_of(false); }

  std::size_t capacity() const { return room_.capacity(); }

 private:
  friend LineRing;
  friend ProducerEnd<Producer, Layout, Item, Wait>;

  Producer(Layout* layout, std::size_t capacity)
      : ProducerEnd<Producer, Layout, Item, Wait>(layout), room_(layout, capacity) {}

  auto room_probe() const { return room_.probe(); }

  void forget_room() { room_.close(); }

  Lookahead room_;
};

template <class Wait, class Atomics>
class LineRing<Wait, Atomics>::Consumer : public ConsumerEnd<Consumer, Layout, Item, Wait> {
 public:
  /// Takes the oldest item out; false where there is none. Never sleeps.
  [[gnu::always_inline]] bool try_pop(Item& item) {
    Slot& slot = place_.slot();
    place_.prefetch();
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
