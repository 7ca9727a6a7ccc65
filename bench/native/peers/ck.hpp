// ck_ring of Concurrency Kit, typed, so that items are copied in place. It holds one item less than its capacity, a power
// of two, says. It has no batches.
#pragma once

#include <spsc/memory.hpp>

#include "item.hpp"

// It is written in C, where `false` may be returned as a null pointer.
#define false 0
#include <ck_ring.h>
#undef false

template <class T>
class Ck {
 public:
  static constexpr auto name = "ck_ring";
  static constexpr bool pauses = true;
  using Item = T;

  explicit Ck(std::size_t capacity) : memory_(capacity * sizeof(T)) {
    ck_ring_init(&ring_, static_cast<unsigned>(capacity));
  }

  /// What CK_RING_PROTOTYPE expands to, which C++ doesn't compile.
  struct End {
    ck_ring* ring;
    T* items;

    [[gnu::always_inline]] bool try_push(const T& item) {
      return _ck_ring_enqueue_sp(ring, items, &item, sizeof(T), nullptr);
    }
    [[gnu::always_inline]] bool try_pop(T& item) { return _ck_ring_dequeue_sc(ring, items, &item, sizeof(T)); }
  };

  End producer() { return {&ring_, static_cast<T*>(memory_.get())}; }
  End consumer() { return {&ring_, static_cast<T*>(memory_.get())}; }

 private:
  spsc::Memory memory_;
  ck_ring ring_;
};
