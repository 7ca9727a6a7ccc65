// What the two ends of every ring have in common: waiting, closing, and being one thread's own.
//
// An end is an object that one thread at a time works with. Its counters live in the object and not in shared memory.
// Where the object is a local variable, they live in registers: for this, no function that isn't inlined gets its
// address. All that is slow takes copies instead, else each push would store its counters twice, and the store buffer is
// what bounds the rate (measured: see the README).
//
// An end can be moved, not copied. Its destructor closes it, so that a thread that is gone never leaves the other one
// waiting. The ring's memory must outlive both ends.
#pragma once

#include <utility>

#include "header.hpp"

namespace spsc {

/// Holds a layout until moved from.
template <class Layout>
class Owned {
 public:
  explicit Owned(Layout* layout) : layout_(layout) {}
  Owned(Owned&& other) noexcept : layout_(std::exchange(other.layout_, nullptr)) {}
  Owned& operator=(Owned&&) = delete;
  Layout* get() const { return layout_; }
  Layout* operator->() const { return layout_; }

 private:
  Layout* layout_;
};

/// `End` brings try_push(item), forget_room(), and room_probe(): a copy of what tells whether there is room.
template <class End, class Layout, class Item, class Wait>
class ProducerEnd {
 public:
  ProducerEnd(ProducerEnd&&) noexcept = default;
  ~ProducerEnd() {
    if (layout_.get()) layout_->close_producer();
  }

  /// Puts `item` in, waiting for room until `deadline`.
  Status push(const Item& item, Deadline deadline = never) {
    while (!self().try_push(item)) {
      const Status status = await_room(layout_.get(), self().room_probe(), deadline);
      if (status != Status::ok) return status;
    }
    return Status::ok;
  }

  /// Ends the stream: the consumer still gets what is inside, then its `pop` says closed. Nothing can be pushed after.
  void close() {
    self().forget_room();
    layout_->close_producer();
  }

  /// Whether either end is closed. A consumer's close is told to `try_push` when the room it knows of is used up.
  bool closed() const { return layout_->is_closed(); }

  /// Whether the consumer sleeps at the moment.
  bool peer_sleeps() const { return layout_->consumer_bell.has_sleeper(); }

 protected:
  explicit ProducerEnd(Layout* layout) : layout_(layout) {}

  /// Waits until `has_room()`.
  template <class Probe>
  [[gnu::noinline]] static Status await_room(Layout* layout, Probe has_room, Deadline deadline) {
    const auto over = [layout] { return layout->is_closed(); };
    // Room is of no use in a closed ring.
    const auto ready = [&] { return !over() && has_room(); };
    return wait_until<Wait>(layout->producer_bell, deadline, ready, over);
  }

  Owned<Layout> layout_;

 private:
  End& self() { return static_cast<End&>(*this); }
};

/// `End` brings try_pop(item), size(), and item_probe(): a copy of what tells whether there is an item.
template <class End, class Layout, class Item, class Wait>
class ConsumerEnd {
 public:
  ConsumerEnd(ConsumerEnd&&) noexcept = default;
  ~ConsumerEnd() {
    if (layout_.get()) layout_->close_consumer();
  }

  /// Takes the oldest item out, waiting for one until `deadline`. Closed: there is none, and none will come.
  /// Inlined: a call would get this object's address, wherever it stands in a function.
  [[gnu::always_inline]] Status pop(Item& item, Deadline deadline = never) {
    while (!self().try_pop(item)) {
      const Status status = await_item(layout_.get(), self().item_probe(), deadline);
      if (status != Status::ok) return status;
    }
    return Status::ok;
  }

  /// Tells the producer that nothing more is wanted: its `push` says closed. What is inside can still be popped.
  void close() { layout_->close_consumer(); }

  /// Whether either end is closed. There may be items left.
  bool closed() const { return layout_->is_closed(); }

  /// Whether the producer has closed and all that it pushed is popped.
  /// In this order: after the close was seen, an empty ring stays empty.
  bool ended() const { return layout_->is_producer_closed() && self().size() == 0; }

  /// Whether the producer sleeps at the moment.
  bool peer_sleeps() const { return layout_->producer_bell.has_sleeper(); }

 protected:
  explicit ConsumerEnd(Layout* layout) : layout_(layout) {}

  /// Waits until `has_item()`.
  template <class Probe>
  [[gnu::noinline]] static Status await_item(Layout* layout, Probe has_item, Deadline deadline) {
    return wait_until<Wait>(layout->consumer_bell, deadline, has_item, [layout] { return layout->is_closed(); });
  }

  Owned<Layout> layout_;

 private:
  End& self() { return static_cast<End&>(*this); }
  const End& self() const { return static_cast<const End&>(*this); }
};

}  // namespace spsc
