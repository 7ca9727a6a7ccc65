// The ring of @spsc/queue-sab, whose other end may be in JavaScript: its memory is a SharedArrayBuffer, its layout and
// its protocol are those of LAYOUT.md there. An item costs no call into JavaScript, at either end.
//
//   byte 128  TAIL  [ pushed, 30 bits | closed | waiting ]   written by the producer
//   byte 256  HEAD  [ popped, 30 bits | closed | waiting ]   written by the consumer
//   byte 1024 slots [ 0 | 1 | … ]                            item n lies in slot n mod slots, a power of two ≥ capacity
//
// An end moves its word on by an exchange, which publishes the items under the new count and tells in the same step
// whether the peer sleeps on the word:
//   TAIL  exchange release, load acquire   items under it are written before it is seen
//   HEAD  exchange release, load acquire   items under it have been read before the producer writes over them
// A sleeper sets `waiting` by a compare-exchange from the word by which it judged, and sleeps while the word is still
// that. So either the owner's exchange comes first, and the compare-exchange fails or the futex returns at once; or it
// comes later, returns `waiting`, and the owner wakes. The word can't come back to the same value under a sleeper, as the
// owner stops `capacity` items ahead of it, and 2^28 + 2 < 2^30. That is the whole argument; no fence is involved.
//
// The kernel's futex wakes nobody who sleeps in JavaScript's Atomics.wait. Both ends sleep by futex here, JavaScript by
// way of an addon, and the header says so; a queue whose ends sleep otherwise is refused.
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include "ends.hpp"

namespace spsc {

/// What JavaScript calls the items: 0 where it has no name for them.
template <class T>
inline constexpr std::uint32_t element_code = std::is_same_v<T, std::int32_t>    ? 1
                                              : std::is_same_v<T, double>        ? 2
                                              : std::is_same_v<T, std::uint32_t> ? 3
                                              : std::is_same_v<T, float>         ? 4
                                              : std::is_same_v<T, std::int64_t>  ? 5
                                              : std::is_same_v<T, std::uint64_t> ? 6
                                                                                 : 0;

/// `T` is std::int32_t (`i32` in JavaScript), std::uint32_t (`u32`), float (`f32`), double (`f64`), std::int64_t (`i64`)
/// or std::uint64_t (`u64`). The queue's policy on full is `block`: a C++ producer overwrites nothing.
template <class T, class Atomics = StdAtomics>
class SabRing {
  static_assert(element_code<T> != 0, "an element type of @spsc/queue-sab");
  static_assert(std::endian::native == std::endian::little);
  using Word = typename Atomics::template atomic<std::uint32_t>;
  static_assert(sizeof(Word) == 4);

  struct Fixed {
    std::uint32_t magic, version, kind, element, slot_bytes, capacity;
  };
  static constexpr std::size_t producer_claim_at = 24, consumer_claim_at = 28, waiting_at = 32, policy_at = 36;
  static constexpr std::size_t tail_at = 128, head_at = 256, slots_at = 1024;
  /// From an end's word to its note of how many items ever passed it, for JavaScript's `stats()`.
  static constexpr std::size_t note_after = 64;

  static constexpr std::uint32_t waiting = 1;
  static constexpr std::uint32_t closed_bit = 2;
  /// One item, in the unit of the words.
  static constexpr std::uint32_t one = 4;
  static constexpr std::uint32_t count_of(std::uint32_t word) { return word & ~(closed_bit | waiting); }

  static constexpr std::size_t slots_of(std::size_t capacity) { return std::bit_ceil(capacity); }

  static constexpr Fixed fixed(std::size_t capacity) {
    return {0x4353'5053, 2, 1, element_code<T>, sizeof(T), static_cast<std::uint32_t>(capacity)};
  }
  static constexpr std::uint32_t by_futex = 1;

 public:
  using Item = T;
  class Producer;
  class Consumer;

  /// Bytes that a ring of `capacity` items takes; 0 where there can be none.
  static constexpr std::size_t bytes(std::size_t capacity) {
    return capacity == 0 || capacity > max_capacity ? 0 : slots_at + slots_of(capacity) * sizeof(T);
  }

  /// Makes an empty ring in `memory`, which is aligned to 8 bytes and has `bytes(capacity)`.
  static SabRing init(void* memory, std::size_t capacity) {
    if (bytes(capacity) == 0) return SabRing(Error::bad_capacity);
    if (!is_aligned(memory)) return SabRing(Error::misaligned);
    std::memset(memory, 0, bytes(capacity));
    const Fixed header = fixed(capacity);
    std::memcpy(memory, &header, sizeof header);
    std::memcpy(static_cast<char*>(memory) + waiting_at, &by_futex, sizeof by_futex);
    return SabRing(memory, capacity);
  }

  /// The ring in this memory, of which exactly `available` bytes are the SharedArrayBuffer's.
  static SabRing attach(void* memory, std::size_t available) {
    if (!is_aligned(memory)) return SabRing(Error::misaligned);
    if (available < slots_at) return SabRing(Error::too_small);
    Fixed found;
    std::uint32_t way;
    std::memcpy(&found, memory, sizeof found);
    std::memcpy(&way, static_cast<char*>(memory) + waiting_at, sizeof way);
    const Fixed expected = fixed(found.capacity);
    if (found.magic != expected.magic) return SabRing(Error::bad_magic);
    if (found.version != expected.version) return SabRing(Error::bad_version);
    if (found.kind != expected.kind) return SabRing(Error::wrong_kind);
    if (found.element != expected.element || found.slot_bytes != sizeof(T)) return SabRing(Error::wrong_item_size);
    if (way != by_futex) return SabRing(Error::wrong_wait);
    std::uint32_t policy;
    std::memcpy(&policy, static_cast<char*>(memory) + policy_at, sizeof policy);
    if (policy != 0) return SabRing(Error::wrong_policy);
    if (bytes(found.capacity) != available) return SabRing(Error::corrupt);
    return SabRing(memory, found.capacity);
  }

  explicit operator bool() const { return memory_ != nullptr; }
  Error error() const { return error_; }
  std::size_t capacity() const { return capacity_; }

  /// The one producer; nothing where it is taken already, by whichever language.
  std::optional<Producer> producer() {
    if (!memory_ || !claim(producer_claim_at)) return std::nullopt;
    return Producer(*this);
  }

  /// The one consumer; nothing where it is taken already, by whichever language.
  std::optional<Consumer> consumer() {
    if (!memory_ || !claim(consumer_claim_at)) return std::nullopt;
    return Consumer(*this);
  }

 private:
  explicit SabRing(Error error) : error_(error) {}
  SabRing(void* memory, std::size_t capacity) : memory_(static_cast<char*>(memory)), capacity_(capacity) {}

  /// V8 aligns a SharedArrayBuffer to 16 bytes at least; a word and a double need 8.
  static bool is_aligned(const void* memory) {
    return memory != nullptr && reinterpret_cast<std::uintptr_t>(memory) % 8 == 0;
  }

  Word& word(std::size_t at) const { return *reinterpret_cast<Word*>(memory_ + at); }

  bool claim(std::size_t at) const {
    std::uint32_t free = 0;
    return word(at).compare_exchange_strong(free, 1, std::memory_order_acq_rel, std::memory_order_relaxed);
  }

  /// What an end knows: its own word, the peer's, and how far it may go without looking at that.
  class End {
   public:
    End(const SabRing& ring, std::size_t own_at, std::size_t peer_at)
        : own_(&ring.word(own_at)),
          peer_(&ring.word(peer_at)),
          note_(reinterpret_cast<Note*>(ring.memory_ + own_at + note_after)),
          slots_(reinterpret_cast<T*>(ring.memory_ + slots_at)),
          mask_(slots_of(ring.capacity_) - 1),
          capacity_(static_cast<std::uint32_t>(ring.capacity_)),
          count_(count_of(own_->load(std::memory_order_acquire))),
          limit_(count_) {}
    End(End&& other) noexcept : End(other) { other.own_ = nullptr; }
    ~End() {
      if (own_ != nullptr) close();
    }

    bool at_limit() const { return count_ == limit_; }
    std::size_t known() const { return (limit_ - count_) / one; }
    T& slot() const { return slots_[(count_ / one) & mask_]; }

    std::span<T> piece(std::size_t length) {
      const std::size_t start = (count_ / one) & mask_;
      spanned_ = std::min(length, mask_ + 1 - start);
      return {slots_ + start, spanned_};
    }
    std::size_t take_span(std::size_t count) { return std::min(count, std::exchange(spanned_, 0)); }

    /// Refreshes the limit: the peer's count, and for the producer a capacity beyond. Acquire: see above. Clamped, so
    /// that a count written by a hostile thread makes no more items or room than there can be.
    bool look(std::uint32_t beyond) {
      if (is_over_) return false;
      note();
      const std::uint32_t ahead = count_of(peer_->load(std::memory_order_acquire)) + beyond - count_;
      limit_ = count_ + std::min(ahead, capacity_ * one);
      return limit_ != count_;
    }

    [[gnu::always_inline]] void publish(std::size_t items) {
      const std::uint32_t before = count_;
      count_ += static_cast<std::uint32_t>(items) * one;
      if (own_->exchange(count_, Atomics::publish) != before) [[unlikely]] wake(*own_);
    }

    /// Ends this side for good; no exchange may follow, for it would take the flag back.
    void close() {
      if (std::exchange(is_over_, true)) return;
      limit_ = count_;
      spanned_ = 0;
      note();
      own_->fetch_or(closed_bit, std::memory_order_acq_rel);
      wake(*own_);
    }

    bool is_over() const { return is_over_; }
    bool is_closed() const { return is_over_ || peer_closed(); }
    bool peer_closed() const { return peer_->load(std::memory_order_acquire) & closed_bit; }
    bool peer_sleeps() const { return own_->load(std::memory_order_relaxed) & waiting; }

    /// Whether the peer has closed at exactly this end's count: one load tells both.
    bool peer_ended_here() const { return (peer_->load(std::memory_order_acquire) & ~waiting) == (count_ | closed_bit); }

    std::size_t distance(std::uint32_t beyond) const {
      const std::uint32_t ahead = count_of(peer_->load(std::memory_order_acquire)) + beyond - count_;
      return std::min<std::size_t>(ahead / one, capacity_);
    }
    std::uint32_t capacity() const { return capacity_; }

    /// Waits until the peer's word is no longer `count_ - behind` with its flag `closed` unset; false: timed out.
    bool await_peer(std::uint32_t behind, Deadline deadline) const { return await(*peer_, count_ - behind, deadline); }

   private:
    using Note = typename Atomics::template atomic<double>;

    End(const End&) = default;

    /// The count goes round after 2^30 items; an end looks at its peer at least once in 2^28, so no round is missed.
    void note() {
      const double noted = note_->load(std::memory_order_relaxed);
      // A number that no count can have, of a hostile thread, need not fit an integer: it is counted on from as it is.
      const bool is_count = noted >= 0 && noted <= 0x1p53;
      const auto low = static_cast<std::uint32_t>(is_count ? static_cast<std::uint64_t>(noted) : 0);
      note_->store(noted + ((count_ / one - low) & 0x3fff'ffff), std::memory_order_relaxed);
    }

    /// Static, with copies: see ends.hpp.
    [[gnu::noinline]] static bool await(Word& word, std::uint32_t judged, Deadline deadline) {
      for (int looks = 0; looks < 64; ++looks) {
        if ((word.load(std::memory_order_acquire) & ~waiting) != judged) return true;
        Atomics::pause();
      }
      while (true) {
        std::uint32_t seen = word.load(std::memory_order_acquire);
        if ((seen & ~waiting) != judged) return true;
        if (deadline != never && now() >= deadline) return false;
        const std::uint32_t asleep = seen | waiting;
        if (word.compare_exchange_strong(seen, asleep, std::memory_order_acq_rel, std::memory_order_relaxed)) {
          Atomics::park(word, asleep, deadline, false);
        }
      }
    }

    [[gnu::noinline, gnu::cold]] static void wake(Word& word) { Atomics::unpark(word, false); }

    Word* own_;
    Word* peer_;
    Note* note_;
    T* slots_;
    std::size_t mask_;
    std::uint32_t capacity_;
    std::uint32_t count_;
    std::uint32_t limit_;
    std::size_t spanned_ = 0;
    bool is_over_ = false;
  };

  char* memory_ = nullptr;
  std::size_t capacity_ = 0;
  Error error_ = Error::none;
};

template <class T, class Atomics>
class SabRing<T, Atomics>::Producer {
 public:
  /// Puts `item` in, visible to the consumer at once; false where the ring is full or this end closed. Never sleeps.
  [[gnu::always_inline]] bool try_push(const T& item) {
    if (end_.at_limit()) [[unlikely]] {
      if (!end_.look(capacity_words())) return false;
    }
    end_.slot() = item;
    end_.publish(1);
    return true;
  }

  /// Puts `item` in, waiting for room until `deadline`.
  Status push(const T& item, Deadline deadline = never) {
    while (!try_push(item)) {
      if (closed()) return Status::closed;
      if (!end_.await_peer(capacity_words(), deadline)) return Status::timeout;
    }
    return Status::ok;
  }

  /// Up to `count` free slots in one piece, to be written in place and then committed; empty where the ring is full or
  /// closed. Fewer than there is room for where they reach the end of the memory: the next call goes on at its begin.
  std::span<T> reserve(std::size_t count) {
    if (end_.known() < count) end_.look(capacity_words());
    return end_.piece(std::min(count, end_.known()));
  }

  /// Makes the first `count` reserved items visible and gives the others back. More than reserved: as many as were.
  void commit(std::size_t count) {
    count = end_.take_span(count);
    if (count > 0) end_.publish(count);
  }

  /// Waits until there is room; closed where either end is.
  Status await_room(Deadline deadline = never) {
    while (end_.known() == 0 && !end_.look(capacity_words())) {
      if (closed()) return Status::closed;
      if (!end_.await_peer(capacity_words(), deadline)) return Status::timeout;
    }
    return Status::ok;
  }

  /// Ends the stream: the consumer still gets what is inside. Nothing can be pushed after.
  void close() { end_.close(); }

  /// Whether either end is closed.
  bool closed() const { return end_.is_closed(); }

  /// Items inside at this moment: at most that many, as the consumer goes on.
  std::size_t size() const { return capacity() - end_.distance(capacity_words()); }

  std::size_t capacity() const { return end_.capacity(); }

  /// Whether the consumer sleeps at the moment.
  bool peer_sleeps() const { return end_.peer_sleeps(); }

 private:
  friend SabRing;
  explicit Producer(const SabRing& ring) : end_(ring, tail_at, head_at) {}
  std::uint32_t capacity_words() const { return end_.capacity() * one; }

  End end_;
};

template <class T, class Atomics>
class SabRing<T, Atomics>::Consumer {
 public:
  /// Takes the oldest item out; false where there is none or this end is closed. Never sleeps.
  [[gnu::always_inline]] bool try_pop(T& item) {
    if (end_.at_limit() && !end_.look(0)) return false;
    item = end_.slot();
    end_.publish(1);
    return true;
  }

  /// Takes the oldest item out, waiting for one until `deadline`. Closed: there is none, and none will come.
  Status pop(T& item, Deadline deadline = never) {
    while (!try_pop(item)) {
      if (ended()) return Status::closed;
      if (!end_.await_peer(0, deadline)) return Status::timeout;
    }
    return Status::ok;
  }

  /// Up to `count` of the oldest items in one piece, to be read in place and then released; empty where there is none.
  /// Fewer than are inside where they reach the end of the memory: the next call goes on at its begin.
  std::span<const T> peek(std::size_t count) {
    if (end_.known() < count) end_.look(0);
    return end_.piece(std::min(count, end_.known()));
  }

  /// Takes the first `count` peeked items out. More than peeked: as many as were.
  void release(std::size_t count) {
    count = end_.take_span(count);
    if (count > 0) end_.publish(count);
  }

  /// Waits until there is an item; closed where there is none and none will come.
  Status await_items(Deadline deadline = never) {
    while (end_.known() == 0 && !end_.look(0)) {
      if (ended()) return Status::closed;
      if (!end_.await_peer(0, deadline)) return Status::timeout;
    }
    return Status::ok;
  }

  /// Tells the producer that nothing more is wanted. A closed consumer pops nothing more.
  void close() { end_.close(); }

  /// Whether either end is closed. There may be items left.
  bool closed() const { return end_.is_closed(); }

  /// Whether the producer has closed and all that it pushed is popped, or this end is closed.
  bool ended() const { return end_.is_over() || end_.peer_ended_here(); }

  /// Items inside at this moment: at least that many, as the producer goes on.
  std::size_t size() const { return end_.distance(0); }

  std::size_t capacity() const { return end_.capacity(); }

  /// Whether the producer sleeps at the moment.
  bool peer_sleeps() const { return end_.peer_sleeps(); }

 private:
  friend SabRing;
  explicit Consumer(const SabRing& ring) : end_(ring, head_at, tail_at) {}

  End end_;
};

}  // namespace spsc
