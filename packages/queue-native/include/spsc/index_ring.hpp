// A ring of items of any trivially copyable type, one at a time, in batches (all that fit, or all or none), or in place.
//
//   pushed   [ w ]                                    a line of the producer's own
//   popped   [ r ]                                    a line of the consumer's own
//   items    [ 0 | 1 | 2 | … | slots - 1 ]            item n lies in slot n mod slots, a power of two ≥ capacity
//
// Each end keeps its own index in its object, and the last it saw of the other's: it loads the other's line only when
// what it knew of is used up. A batch is copied with memcpy, in two pieces where it crosses the end, and made visible by
// one store. Single items of 8 bytes are better served by LineRing, as here two lines travel for each that is awaited.
//
// Room is told as room.hpp says. A push fails only while exactly `capacity` items are inside.
//
// Orderings, on which everything else hangs:
//   pushed  store release, load acquire   items under it are written before it is seen
//   popped  store release, load acquire   items under it have been read before the producer writes over them
// Each word has one writer, so it needs no read-modify-write, and none needs a full fence.
#pragma once

#include <algorithm>
#include <bit>
#include <new>
#include <optional>
#include <span>
#include <type_traits>

#include "ends.hpp"
#include "room.hpp"

namespace spsc {

template <class T, class Wait = Spin, class Atomics = StdAtomics>
class IndexRing {
  static_assert(std::is_trivially_copyable_v<T>, "items are copied as bytes, maybe to another process");
  static_assert(alignof(T) <= apart, "items are aligned to 128 bytes at most");
  static_assert(sizeof(T) <= (std::size_t{1} << 20), "items have 1 MiB at most");

  struct Layout : Header<Atomics> {
    alignas(apart) typename Atomics::template atomic<std::uint64_t> pushed;
    alignas(apart) typename Atomics::template atomic<std::uint64_t> popped;

    T* items() { return reinterpret_cast<T*>(this + 1); }
  };

  static constexpr std::size_t slots_of(std::size_t capacity) { return std::bit_ceil(capacity); }

 public:
  using Item = T;
  class Producer;
  class Consumer;

  /// Bytes that a ring of `capacity` items takes; 0 where there can be none.
  static constexpr std::size_t bytes(std::size_t capacity) {
    if (capacity == 0 || capacity > max_capacity) return 0;
    return sizeof(Layout) + slots_of(capacity) * sizeof(T);
  }

  /// Makes an empty ring in `memory`, which is aligned to 128 bytes and has `bytes(capacity)`.
  /// A ring that can't be made is false and tells its `error()`.
  static IndexRing init(void* memory, std::size_t capacity, RingOptions options = {}) {
    if (bytes(capacity) == 0) return IndexRing(Error::bad_capacity);
    if (!is_aligned(memory)) return IndexRing(Error::misaligned);
    auto* layout = new (memory) Layout;
    layout->pushed.store(options.first, std::memory_order_relaxed);
    layout->popped.store(options.first, std::memory_order_relaxed);
    const Identity identity = identify(capacity, options.first);
    layout->init(identity, options.reach);
    return IndexRing(layout, identity);
  }

  /// The ring that `init` made in this memory, of which `available` bytes may be used.
  static IndexRing attach(void* memory, std::size_t available) {
    Identity identity;
    const Error error = read_identity(memory, available, identify(1, 0), bytes, identity);
    if (error != Error::none) return IndexRing(error);
    return IndexRing(static_cast<Layout*>(memory), identity);
  }

  explicit operator bool() const { return layout_ != nullptr; }
  Error error() const { return error_; }
  std::size_t capacity() const { return identity_.capacity; }

  /// The one producer; nothing where it is taken already.
  std::optional<Producer> producer() {
    if (!layout_ || !Layout::claim(layout_->producer_claim)) return std::nullopt;
    return Producer(layout_, identity_);
  }

  /// The one consumer; nothing where it is taken already.
  std::optional<Consumer> consumer() {
    if (!layout_ || !Layout::claim(layout_->consumer_claim)) return std::nullopt;
    return Consumer(layout_, identity_);
  }

 private:
  explicit IndexRing(Error error) : error_(error) {}
  IndexRing(Layout* layout, const Identity& identity) : layout_(layout), identity_(identity) {}

  static Identity identify(std::size_t capacity, std::uint64_t first) {
    return Identity::of(Kind::index, Wait::id, sizeof(T), capacity, bytes(capacity), first);
  }

  /// The items in an end's own terms: base and mask are its own copies, so no index leads out of the ring.
  struct Slots {
    T* items;
    std::uint64_t mask;

    Slots(Layout* layout, std::size_t capacity) : items(layout->items()), mask(slots_of(capacity) - 1) {}

    T& at(std::uint64_t number) const { return items[number & mask]; }

    /// How many of `wanted` items from `number` on lie in one piece.
    std::size_t in_one_piece(std::uint64_t number, std::size_t wanted) const {
      return std::min<std::size_t>(wanted, mask + 1 - (number & mask));
    }

    void write(std::uint64_t number, const T* from, std::size_t count) const {
      const std::size_t piece = in_one_piece(number, count);
      std::memcpy(&at(number), from, piece * sizeof(T));
      if (piece < count) std::memcpy(items, from + piece, (count - piece) * sizeof(T));
    }

    void read(std::uint64_t number, T* to, std::size_t count) const {
      const std::size_t piece = in_one_piece(number, count);
      std::memcpy(to, &at(number), piece * sizeof(T));
      if (piece < count) std::memcpy(to + piece, items, (count - piece) * sizeof(T));
    }
  };

  Layout* layout_ = nullptr;
  Identity identity_{};
  Error error_ = Error::none;
};

template <class T, class Wait, class Atomics>
class IndexRing<T, Wait, Atomics>::Producer : public ProducerEnd<Producer, Layout, T, Wait> {
 public:
  /// Puts `item` in, visible to the consumer at once; false where the ring is full or closed. Never sleeps.
  [[gnu::always_inline]] bool try_push(const T& item) {
    if (room_.is_used_up(pushed_)) [[unlikely]] {
      if (!room_.ask(this->layout_.get(), pushed_)) return false;
    }
    std::memcpy(&slots_.at(pushed_), &item, sizeof(T));
    publish(1);
    return true;
  }

  /// Puts in as many of `count` items as there is room for, visible together; tells how many.
  std::size_t try_push_n(const T* items, std::size_t count) {
    const std::size_t fit = room_for(count);
    if (fit == 0) return 0;
    slots_.write(pushed_, items, fit);
    publish(fit);
    return fit;
  }

  /// Puts in all of `count` items, visible together, or none of them: false where there is no room for all, or the ring
  /// is closed. More than `capacity()` never fit. Never sleeps.
  bool try_push_all(const T* items, std::size_t count) {
    if (room_for(count) < count) return false;
    slots_.write(pushed_, items, count);
    publish(count);
    return true;
  }

  /// Puts in all of `count` items, visible together, waiting for room for all of them until `deadline`.
  Status push_all(const T* items, std::size_t count, Deadline deadline = never) {
    while (!try_push_all(items, count)) {
      const Status status = this->await_room(this->layout_.get(), room_probe(count), deadline);
      if (status != Status::ok) return status;
    }
    return Status::ok;
  }

  /// Up to `count` free slots in one piece, to be written in place and then committed; empty where the ring is full or
  /// closed. Fewer than there is room for where they reach the end of the memory: the next call goes on at its begin.
  std::span<T> reserve(std::size_t count) {
    const std::size_t fit = slots_.in_one_piece(pushed_, room_for(count));
    reserved_ = fit;
    return {&slots_.at(pushed_), fit};
  }

  /// Makes the first `count` reserved items visible and gives the others back. More than reserved: as many as were.
  void commit(std::size_t count) {
    count = std::min(count, std::exchange(reserved_, 0));
    if (count > 0) publish(count);
  }

  /// Items inside at this moment: at most that many, as the consumer goes on.
  std::size_t size() const {
    return capacity() - Room<Layout, Atomics>::look(this->layout_.get(), pushed_, capacity());
  }

  std::size_t capacity() const { return room_.capacity(); }

 private:
  friend IndexRing;
  friend ProducerEnd<Producer, Layout, T, Wait>;

  Producer(Layout* layout, const Identity& identity)
      : ProducerEnd<Producer, Layout, T, Wait>(layout),
        slots_(layout, identity.capacity),
        pushed_(identity.first),
        room_(identity.first, identity.capacity) {}

  [[gnu::always_inline]] void publish(std::size_t count) {
    pushed_ += count;
    this->layout_->pushed.store(pushed_, Atomics::publish);
    if constexpr (Wait::rings) this->layout_->consumer_bell.ring();
  }

  /// How many of `count` items there is room for.
  [[gnu::always_inline]] std::size_t room_for(std::size_t count) {
    if (room_.known(pushed_) < count) room_.ask(this->layout_.get(), pushed_);
    return std::min<std::uint64_t>(count, room_.known(pushed_));
  }

  auto room_probe(std::size_t wanted = 1) const {
    return [layout = this->layout_.get(), pushed = pushed_, capacity = capacity(), wanted] {
      return Room<Layout, Atomics>::look(layout, pushed, capacity) >= wanted;
    };
  }

  void forget_room() { room_.forget(pushed_); }

  Slots slots_;
  std::uint64_t pushed_;
  std::size_t reserved_ = 0;
  Room<Layout, Atomics> room_;
};

template <class T, class Wait, class Atomics>
class IndexRing<T, Wait, Atomics>::Consumer : public ConsumerEnd<Consumer, Layout, T, Wait> {
 public:
  /// Takes the oldest item out; false where there is none. Never sleeps.
  [[gnu::always_inline]] bool try_pop(T& item) {
    if (popped_ == seen_ && !look()) return false;
    std::memcpy(&item, &slots_.at(popped_), sizeof(T));
    free(1);
    return true;
  }

  /// Takes up to `count` of the oldest items out; tells how many.
  std::size_t try_pop_n(T* items, std::size_t count) {
    const std::size_t there = items_for(count);
    if (there == 0) return 0;
    slots_.read(popped_, items, there);
    free(there);
    return there;
  }

  /// Takes all of the `count` oldest items out, or none of them: false where fewer are there. Never sleeps.
  bool try_pop_all(T* items, std::size_t count) {
    if (items_for(count) < count) return false;
    slots_.read(popped_, items, count);
    free(count);
    return true;
  }

  /// Takes all of the `count` oldest items out, waiting for all of them until `deadline`. Closed: fewer are left, for
  /// `try_pop_n`, and no more will come.
  Status pop_all(T* items, std::size_t count, Deadline deadline = never) {
    while (!try_pop_all(items, count)) {
      const Status status = this->await_item(this->layout_.get(), item_probe(count), deadline);
      if (status != Status::ok) return status;
    }
    return Status::ok;
  }

  /// Up to `count` of the oldest items in one piece, to be read in place and then released; empty where there is none.
  /// Fewer than are inside where they reach the end of the memory: the next call goes on at its begin.
  std::span<const T> peek(std::size_t count) {
    peeked_ = slots_.in_one_piece(popped_, items_for(count));
    return {&slots_.at(popped_), peeked_};
  }

  /// Takes the first `count` peeked items out. More than peeked: as many as were.
  void release(std::size_t count) {
    count = std::min(count, std::exchange(peeked_, 0));
    if (count > 0) free(count);
  }

  /// Items inside at this moment: at least that many, as the producer goes on.
  std::size_t size() const { return available(this->layout_->pushed.load(std::memory_order_acquire)); }

  std::size_t capacity() const { return capacity_; }

 private:
  friend IndexRing;
  friend ConsumerEnd<Consumer, Layout, T, Wait>;

  Consumer(Layout* layout, const Identity& identity)
      : ConsumerEnd<Consumer, Layout, T, Wait>(layout),
        slots_(layout, identity.capacity),
        popped_(identity.first),
        seen_(identity.first),
        capacity_(identity.capacity) {}

  /// Clamped, so that an index written by a hostile process makes no more items than there can be.
  std::size_t available(std::uint64_t pushed) const {
    return std::min<std::uint64_t>(pushed - popped_, capacity_);
  }

  auto item_probe(std::size_t wanted = 1) const {
    return [layout = this->layout_.get(), popped = popped_, wanted] {
      return layout->pushed.load(std::memory_order_acquire) - popped >= wanted;
    };
  }

  [[gnu::always_inline]] bool look() {
    seen_ = popped_ + available(this->layout_->pushed.load(std::memory_order_acquire));
    return seen_ != popped_;
  }

  /// How many of `count` items are there. Looks again where fewer are known of, so that a batch is as full as can be.
  [[gnu::always_inline]] std::size_t items_for(std::size_t count) {
    if (seen_ - popped_ < count) look();
    return std::min<std::uint64_t>(count, seen_ - popped_);
  }

  [[gnu::always_inline]] void free(std::size_t count) {
    popped_ += count;
    this->layout_->popped.store(popped_, std::memory_order_release);
    if constexpr (Wait::rings) this->layout_->producer_bell.ring();
  }

  Slots slots_;
  std::uint64_t popped_;
  std::uint64_t seen_;
  std::uint64_t capacity_;
  std::size_t peeked_ = 0;
};

}  // namespace spsc
