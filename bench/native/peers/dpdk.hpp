// rte_ring of DPDK, single producer and single consumer, in memory of our own: it needs no EAL. It holds one item less
// than its capacity, a power of two, says.
#pragma once

#include <cstdlib>

#include <rte_ring.h>
#include <rte_ring_elem.h>

#include <spsc/memory.hpp>

#include "item.hpp"

template <class T>
class Dpdk {
 public:
  static constexpr auto name = "DPDK rte_ring";
  static constexpr bool pauses = true;
  using Item = T;

  explicit Dpdk(std::size_t capacity)
      : memory_(static_cast<std::size_t>(rte_ring_get_memsize_elem(sizeof(T), static_cast<unsigned>(capacity)))) {
    const auto flags = RING_F_SP_ENQ | RING_F_SC_DEQ;
    if (rte_ring_init(ring(), "bench", static_cast<unsigned>(capacity), flags) != 0) std::abort();
  }

  struct End {
    rte_ring* ring;

    [[gnu::always_inline]] bool try_push(const T& item) {
      T copy = item;
      return rte_ring_sp_enqueue_elem(ring, &copy, sizeof(T)) == 0;
    }
    [[gnu::always_inline]] bool try_pop(T& item) { return rte_ring_sc_dequeue_elem(ring, &item, sizeof(T)) == 0; }
    std::size_t try_push_n(const T* items, std::size_t count) {
      return rte_ring_sp_enqueue_burst_elem(ring, items, sizeof(T), static_cast<unsigned>(count), nullptr);
    }
    std::size_t try_pop_n(T* items, std::size_t count) {
      return rte_ring_sc_dequeue_burst_elem(ring, items, sizeof(T), static_cast<unsigned>(count), nullptr);
    }
  };

  End producer() { return {ring()}; }
  End consumer() { return {ring()}; }

 private:
  rte_ring* ring() { return static_cast<rte_ring*>(memory_.get()); }

  spsc::Memory memory_;
};
