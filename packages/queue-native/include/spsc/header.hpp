// What every ring in shared memory begins with:
//
//   byte   0  Identity: what this is                          written once by init, copied once by attach
//         64  producer's claim, consumer's claim              written once by each end
//        128  consumer's bell, producer has closed            looked at by the producer after each push, where it rings
//        256  producer's bell, consumer has closed            looked at by the consumer after each pop, where it rings
//        384  the ring's own words and items
//
// The two middle lines change only when somebody sleeps or closes, so both ends keep them in their caches.
// No pointers: the memory can be mapped at any address. The two ends may be different processes, so nothing that is read
// from here may lead out of the ring: `attach` copies the identity once, checks the copy, and ends work with that copy.
#pragma once

#include <cstring>

#include "atomics.hpp"
#include "error.hpp"
#include "wait.hpp"

namespace spsc {

inline constexpr std::size_t max_capacity = std::size_t{1} << 28;

enum class Kind : std::uint32_t { line = 1, index = 2, mutex = 3 };

struct RingOptions {
  Reach reach = Reach::threads;
  /// Number of the first item: lets a test start the counters just before they wrap.
  std::uint64_t first = 0;
};

struct Identity {
  std::uint64_t magic;
  std::uint32_t version;
  Kind kind;
  std::uint32_t wait;
  std::uint32_t item_bytes;
  std::uint64_t capacity;
  std::uint64_t total_bytes;
  std::uint64_t first;
  std::uint64_t checksum;

  static constexpr std::uint64_t expected_magic = 0x676e'6972'6373'7073;  // "spscring" in memory
  static constexpr std::uint32_t expected_version = 1;

  static Identity of(Kind kind, std::uint32_t wait, std::size_t item_bytes, std::size_t capacity,
                     std::size_t total_bytes, std::uint64_t first) {
    Identity identity{expected_magic, expected_version, kind,  wait, static_cast<std::uint32_t>(item_bytes),
                      capacity,       total_bytes,      first, 0};
    identity.checksum = identity.sum();
    return identity;
  }

  /// Against accidents; who means harm can compute it too, and gets no further than wrong items.
  std::uint64_t sum() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t field : {std::uint64_t{wait}, std::uint64_t{item_bytes}, capacity, total_bytes, first}) {
      sum = (sum ^ field) * 0x9e37'79b9'7f4a'7c15;
      sum ^= sum >> 29;
    }
    return sum;
  }
};

template <class Atomics>
struct Header {
  template <class T>
  using atomic = typename Atomics::template atomic<T>;

  alignas(apart) Identity identity;
  alignas(64) atomic<std::uint32_t> producer_claim;
  atomic<std::uint32_t> consumer_claim;

  alignas(apart) Bell<Atomics> consumer_bell;
  atomic<std::uint32_t> producer_closed;

  alignas(apart) Bell<Atomics> producer_bell;
  atomic<std::uint32_t> consumer_closed;

  void init(const Identity& what, Reach reach) {
    producer_claim.store(0, std::memory_order_relaxed);
    consumer_claim.store(0, std::memory_order_relaxed);
    producer_closed.store(0, std::memory_order_relaxed);
    consumer_closed.store(0, std::memory_order_relaxed);
    consumer_bell.init(reach);
    producer_bell.init(reach);
    std::memcpy(&identity, &what, sizeof what);
  }

  /// True once per word, whoever asks. Relaxed: init is ordered before by whatever handed over the memory, and no end
  /// ever follows another in the same role.
  static bool claim(atomic<std::uint32_t>& word) {
    std::uint32_t free = 0;
    return word.compare_exchange_strong(free, 1, std::memory_order_relaxed, std::memory_order_relaxed);
  }

  /// Release: who sees the end also sees all that was pushed before it.
  void close_producer() {
    producer_closed.store(1, std::memory_order_release);
    consumer_bell.ring();
  }

  void close_consumer() {
    consumer_closed.store(1, std::memory_order_release);
    producer_bell.ring();
  }

  bool is_producer_closed() const { return producer_closed.load(std::memory_order_acquire) != 0; }
  bool is_closed() const { return is_producer_closed() || is_consumer_closed(); }
  bool is_consumer_closed() const { return consumer_closed.load(std::memory_order_acquire) != 0; }
};

inline bool is_aligned(const void* memory) {
  return memory != nullptr && reinterpret_cast<std::uintptr_t>(memory) % apart == 0;
}

/// Copies the identity out of `memory`, of which `available` bytes may be used, and says what speaks against its being
/// a whole ring of the kind, waiting and item size of `expected`, whose size is `bytes(capacity)`.
template <class Bytes>
Error read_identity(const void* memory, std::size_t available, const Identity& expected, Bytes bytes, Identity& found) {
  if (!is_aligned(memory)) return Error::misaligned;
  if (available < sizeof(Identity)) return Error::too_small;
  std::memcpy(&found, memory, sizeof found);
  if (found.magic != Identity::expected_magic) return Error::bad_magic;
  if (found.version != Identity::expected_version) return Error::bad_version;
  if (found.kind != expected.kind) return Error::wrong_kind;
  if (found.wait != expected.wait) return Error::wrong_wait;
  if (found.item_bytes != expected.item_bytes) return Error::wrong_item_size;
  if (found.checksum != found.sum() || bytes(found.capacity) == 0) return Error::corrupt;
  if (found.total_bytes != bytes(found.capacity)) return Error::corrupt;
  return found.total_bytes > available ? Error::too_small : Error::none;
}

}  // namespace spsc
