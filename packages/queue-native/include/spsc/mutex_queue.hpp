// The queue that one would write first, to measure the others against: a mutex, two condition variables, a ring.
//
//   header | mutex, not_empty, not_full, begin, count, closed | item 0 | item 1 | … | item capacity - 1
//
// Everything is done under the mutex, so no ordering needs to be argued. Between the threads of one process only: the
// memory can't be moved or mapped elsewhere while the queue is in use. Same interface as the rings. With `Block`, `push`
// and `pop` sleep on the condition variables at once; with `Spin` and `Yield` they give the mutex back and try again.
#pragma once

#include <algorithm>
#include <cerrno>
#include <new>
#include <optional>
#include <pthread.h>
#include <type_traits>

#include "ends.hpp"

namespace spsc {

template <class T, class Wait = Block>
class MutexQueue {
  static_assert(std::is_trivially_copyable_v<T>, "items are copied as bytes");
  static_assert(alignof(T) <= apart, "items are aligned to 128 bytes at most");
  static_assert(sizeof(T) <= (std::size_t{1} << 20), "items have 1 MiB at most");

  struct Layout : Header<StdAtomics> {
    alignas(apart) pthread_mutex_t mutex;
    pthread_cond_t not_empty;
    pthread_cond_t not_full;
    std::uint64_t begin;  ///< slot of the oldest item
    std::uint64_t count;  ///< items inside
    bool closed_by_producer;
    bool closed_by_consumer;

    T* items() { return reinterpret_cast<T*>(this + 1); }
    bool is_closed() const { return closed_by_producer || closed_by_consumer; }

    /// Items from `slot` on are copied in two pieces where they cross the end of the memory. A single one never does:
    /// its size is known when this is compiled.
    [[gnu::always_inline]] void write(std::uint64_t slot, const T* from, std::size_t wanted, std::size_t capacity) {
      if (wanted == 1) {
        std::memcpy(items() + slot, from, sizeof(T));
        return;
      }
      const std::size_t piece = std::min<std::size_t>(wanted, capacity - slot);
      std::memcpy(items() + slot, from, piece * sizeof(T));
      if (piece < wanted) std::memcpy(items(), from + piece, (wanted - piece) * sizeof(T));
    }

    [[gnu::always_inline]] void read(std::uint64_t slot, T* to, std::size_t wanted, std::size_t capacity) {
      if (wanted == 1) {
        std::memcpy(to, items() + slot, sizeof(T));
        return;
      }
      const std::size_t piece = std::min<std::size_t>(wanted, capacity - slot);
      std::memcpy(to, items() + slot, piece * sizeof(T));
      if (piece < wanted) std::memcpy(to + piece, items(), (wanted - piece) * sizeof(T));
    }

    /// Wakes who sleeps on `condition`; where nobody ever does, nothing.
    static void signal(pthread_cond_t& condition) {
      if constexpr (Wait::rings) pthread_cond_signal(&condition);
    }
  };

  class Lock {
   public:
    explicit Lock(Layout* layout) : layout_(layout) { pthread_mutex_lock(&layout_->mutex); }
    ~Lock() { pthread_mutex_unlock(&layout_->mutex); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

    /// Gives the mutex to others for a while, with `Block` until `condition` is signalled. False once the deadline has
    /// passed.
    bool wait(pthread_cond_t& condition, Deadline deadline) {
      if constexpr (Wait::rings) {
        ++sleeps;
        if (deadline == never) return pthread_cond_wait(&condition, &layout_->mutex) == 0;
        const timespec until = to_timespec(deadline);
        return pthread_cond_timedwait(&condition, &layout_->mutex, &until) != ETIMEDOUT;
      } else {
        if (deadline != never && now() >= deadline) return false;
        pthread_mutex_unlock(&layout_->mutex);
        Wait::template rest<StdAtomics>(layout_->consumer_bell, deadline, [] { return false; });
        pthread_mutex_lock(&layout_->mutex);
        return true;
      }
    }

   private:
    Layout* layout_;
  };

 public:
  using Item = T;
  class Producer;
  class Consumer;

  /// Bytes that a queue of `capacity` items takes; 0 where there can be none.
  static constexpr std::size_t bytes(std::size_t capacity) {
    if (capacity == 0 || capacity > max_capacity) return 0;
    return sizeof(Layout) + capacity * sizeof(T);
  }

  /// Makes an empty queue in `memory`, which is aligned to 128 bytes and has `bytes(capacity)`.
  static MutexQueue init(void* memory, std::size_t capacity) {
    if (bytes(capacity) == 0) return MutexQueue(Error::bad_capacity);
    if (!is_aligned(memory)) return MutexQueue(Error::misaligned);
    auto* layout = new (memory) Layout;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&layout->mutex, nullptr);
    pthread_cond_init(&layout->not_empty, &monotonic);
    pthread_cond_init(&layout->not_full, &monotonic);
    pthread_condattr_destroy(&monotonic);
    layout->begin = 0;
    layout->count = 0;
    layout->closed_by_producer = false;
    layout->closed_by_consumer = false;
    const Identity identity = identify(capacity);
    layout->init(identity, Reach::threads);
    return MutexQueue(layout, identity);
  }

  /// The queue that `init` made in this memory, of which `available` bytes may be used.
  static MutexQueue attach(void* memory, std::size_t available) {
    Identity identity;
    const Error error = read_identity(memory, available, identify(1), bytes, identity);
    if (error != Error::none) return MutexQueue(error);
    return MutexQueue(static_cast<Layout*>(memory), identity);
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
  explicit MutexQueue(Error error) : error_(error) {}
  MutexQueue(Layout* layout, const Identity& identity) : layout_(layout), identity_(identity) {}

  static Identity identify(std::size_t capacity) {
    return Identity::of(Kind::mutex, Wait::id, sizeof(T), capacity, bytes(capacity), 0);
  }

  Layout* layout_ = nullptr;
  Identity identity_{};
  Error error_ = Error::none;
};

template <class T, class Wait>
class MutexQueue<T, Wait>::Producer {
 public:
  Producer(Producer&&) noexcept = default;
  ~Producer() {
    if (layout_.get()) close();
  }

  /// Puts `item` in; false where the queue is full or closed. Waits for the mutex only.
  bool try_push(const T& item) { return push(item, 0) == Status::ok; }

  /// Puts `item` in, waiting for room until `deadline`.
  Status push(const T& item, Deadline deadline = never) { return put(&item, 1, deadline); }

  /// Puts in all of `count` items, visible together, or none of them: false where there is no room for all, or the queue
  /// is closed. More than `capacity()` never fit.
  bool try_push_all(const T* items, std::size_t count) { return push_all(items, count, 0) == Status::ok; }

  /// Puts in all of `count` items, visible together, waiting for room for all of them until `deadline`.
  Status push_all(const T* items, std::size_t count, Deadline deadline = never) { return put(items, count, deadline); }

  /// Ends the stream: the consumer still gets what is inside, then its `pop` says closed.
  void close() {
    Lock lock(layout_.get());
    layout_->closed_by_producer = true;
    pthread_cond_broadcast(&layout_->not_empty);
    pthread_cond_broadcast(&layout_->not_full);
  }

  /// Whether either end is closed.
  bool closed() const {
    Lock lock(layout_.get());
    return layout_->is_closed();
  }

  std::size_t size() const {
    Lock lock(layout_.get());
    return layout_->count;
  }

  std::size_t capacity() const { return capacity_; }

 private:
  friend MutexQueue;
  Producer(Layout* layout, std::size_t capacity) : layout_(layout), capacity_(capacity) {}

  /// Inlined, so that a single item is copied as one.
  [[gnu::always_inline]] Status put(const T* items, std::size_t wanted, Deadline deadline) {
    Lock lock(layout_.get());
    while (!layout_->is_closed() && capacity_ - layout_->count < wanted) {
      if (deadline == 0 || !lock.wait(layout_->not_full, deadline)) break;
    }
    if (layout_->is_closed()) return Status::closed;
    if (capacity_ - layout_->count < wanted) return Status::timeout;
    std::uint64_t end = layout_->begin + layout_->count;
    if (end >= capacity_) end -= capacity_;
    layout_->write(end, items, wanted, capacity_);
    layout_->count += wanted;
    Layout::signal(layout_->not_empty);
    return Status::ok;
  }

  Owned<Layout> layout_;
  std::size_t capacity_;
};

template <class T, class Wait>
class MutexQueue<T, Wait>::Consumer {
 public:
  Consumer(Consumer&&) noexcept = default;
  ~Consumer() {
    if (layout_.get()) close();
  }

  /// Takes the oldest item out; false where there is none. Waits for the mutex only.
  bool try_pop(T& item) { return pop(item, 0) == Status::ok; }

  /// Takes the oldest item out, waiting for one until `deadline`. Closed: there is none, and none will come.
  Status pop(T& item, Deadline deadline = never) { return take(&item, 1, deadline); }

  /// Takes all of the `count` oldest items out, or none of them: false where fewer are there.
  bool try_pop_all(T* items, std::size_t count) { return pop_all(items, count, 0) == Status::ok; }

  /// Takes all of the `count` oldest items out, waiting for all of them until `deadline`. Closed: fewer are left, and no
  /// more will come.
  Status pop_all(T* items, std::size_t count, Deadline deadline = never) { return take(items, count, deadline); }

  /// Tells the producer that nothing more is wanted. What is inside can still be popped.
  void close() {
    Lock lock(layout_.get());
    layout_->closed_by_consumer = true;
    pthread_cond_broadcast(&layout_->not_empty);
    pthread_cond_broadcast(&layout_->not_full);
  }

  /// Whether either end is closed. There may be items left.
  bool closed() const {
    Lock lock(layout_.get());
    return layout_->is_closed();
  }

  /// Whether the producer has closed and all that it pushed is popped.
  bool ended() const {
    Lock lock(layout_.get());
    return layout_->closed_by_producer && layout_->count == 0;
  }

  std::size_t size() const {
    Lock lock(layout_.get());
    return layout_->count;
  }

  std::size_t capacity() const { return capacity_; }

 private:
  friend MutexQueue;
  Consumer(Layout* layout, std::size_t capacity) : layout_(layout), capacity_(capacity) {}

  [[gnu::always_inline]] Status take(T* items, std::size_t wanted, Deadline deadline) {
    Lock lock(layout_.get());
    while (!layout_->is_closed() && layout_->count < wanted) {
      if (deadline == 0 || !lock.wait(layout_->not_empty, deadline)) break;
    }
    if (layout_->count < wanted) return layout_->is_closed() ? Status::closed : Status::timeout;
    layout_->read(layout_->begin, items, wanted, capacity_);
    layout_->begin += wanted;
    if (layout_->begin >= capacity_) layout_->begin -= capacity_;
    layout_->count -= wanted;
    Layout::signal(layout_->not_full);
    return Status::ok;
  }

  Owned<Layout> layout_;
  std::size_t capacity_;
};

}  // namespace spsc
