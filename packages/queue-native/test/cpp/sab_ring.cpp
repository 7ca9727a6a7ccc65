// What only the ring that JavaScript shares has: its header, its counts modulo 2^30, its spans.
#include <cstring>
#include <limits>
#include <thread>

#include "made.hpp"

using spsc::Error;
using Ring = spsc::SabRing<std::int32_t>;

/// A 32-bit word of the memory, as JavaScript sees it.
static std::uint32_t& word(spsc::Memory& memory, std::size_t at) {
  return *reinterpret_cast<std::uint32_t*>(static_cast<char*>(memory.get()) + at);
}

static void header() {
  const std::size_t bytes = Ring::bytes(6);
  CHECK(bytes == 1024 + 8 * 4);
  spsc::Memory memory(bytes);
  CHECK(Ring::attach(memory.get(), bytes).error() == Error::bad_magic);
  CHECK(Ring::init(memory.get(), 6));
  const std::uint32_t expected[] = {0x43535053, 2, 1, 1, 4, 6, 0, 0, 1};
  CHECK(std::memcmp(memory.get(), expected, sizeof expected) == 0);
  CHECK(Ring::attach(memory.get(), bytes).capacity() == 6);
  CHECK(Ring::attach(memory.get(), bytes - 4).error() == Error::corrupt);
  CHECK(Ring::attach(memory.get(), bytes + 4).error() == Error::corrupt);
  CHECK(Ring::attach(memory.get(), 100).error() == Error::too_small);
  CHECK(Ring::attach(static_cast<char*>(memory.get()) + 4, bytes).error() == Error::misaligned);
  CHECK(Ring::attach(nullptr, bytes).error() == Error::misaligned);
  CHECK(spsc::SabRing<double>::attach(memory.get(), bytes).error() == Error::wrong_item_size);
  for (const std::size_t at : {0, 4, 8, 12, 16, 20, 32, 36}) {
    for (const std::uint32_t lie : {0x8000'0000u, 0x2000'0000u, 9u}) {
      const std::uint32_t truth = std::exchange(word(memory, at), lie);
      CHECK(!Ring::attach(memory.get(), bytes));
      word(memory, at) = truth;
    }
  }
  word(memory, 32) = 0;
  CHECK(Ring::attach(memory.get(), bytes).error() == Error::wrong_wait);
  word(memory, 32) = 1;
  word(memory, 36) = 2;
  CHECK(Ring::attach(memory.get(), bytes).error() == Error::wrong_policy);
}

static void counts_wrap() {
  for (std::uint32_t before = 0; before < 20; ++before) {
    spsc::Memory memory(Ring::bytes(5));
    Ring ring = Ring::init(memory.get(), 5);
    word(memory, 128) = word(memory, 256) = (0u - before) << 2;
    auto producer = ring.producer();
    auto consumer = ring.consumer();
    for (std::int32_t i = 0; i < 40; ++i) {
      for (std::int32_t k = 0; k < 5; ++k) {
        CHECK(producer->size() == static_cast<std::size_t>(k) && consumer->size() == static_cast<std::size_t>(k));
        CHECK(producer->try_push(5 * i + k));
      }
      CHECK(!producer->try_push(0));
      std::int32_t item;
      for (std::int32_t k = 0; k < 5; ++k) CHECK(consumer->try_pop(item) && item == 5 * i + k);
      CHECK(!consumer->try_pop(item));
    }
  }
}

static void spans() {
  for (const std::size_t capacity : {1, 3, 8, 13}) {
    Made<Ring> made(capacity);
    std::int32_t pushed = 0, popped = 0;
    for (std::size_t turn = 0; popped < 300; ++turn) {
      const auto free = made.producer.reserve(1 + turn % (capacity + 1));
      for (std::int32_t& slot : free) slot = pushed++;
      made.producer.commit(free.size() + 5);
      made.producer.commit(1);
      const auto there = made.consumer.peek(1 + turn * 7 % (capacity + 2));
      for (const std::int32_t item : there) CHECK(item == popped++);
      made.consumer.release(there.size());
      made.consumer.release(1);
      CHECK(made.producer.size() == static_cast<std::size_t>(pushed - popped));
    }
    made.producer.close();
    CHECK(made.producer.reserve(1).empty());
    made.consumer.close();
    CHECK(made.consumer.peek(1).empty());
  }
}

/// A producer and a consumer that sleep on spans, woken by commit, release and close.
static void waits_for_spans() {
  Made<Ring> made(4);
  std::thread pusher([&] {
    std::int32_t next = 0;
    while (next < 20'000) {
      CHECK(made.producer.await_room() == Status::ok);
      const auto free = made.producer.reserve(3);
      for (std::int32_t& slot : free) slot = next++;
      made.producer.commit(free.size());
    }
    made.producer.close();
  });
  std::int32_t next = 0;
  while (made.consumer.await_items() == Status::ok) {
    const auto there = made.consumer.peek(4);
    for (const std::int32_t item : there) CHECK(item == next++);
    made.consumer.release(there.size());
  }
  CHECK(next >= 20'000);
  pusher.join();
  CHECK(made.producer.await_room() == Status::closed);
}

/// Every word that the ends read becomes nonsense while they work. AddressSanitizer watches.
static void hostile_words() {
  for (std::size_t at = 0; at < Ring::bytes(10); at += 4) {
    for (const std::uint32_t lie : {1u, 4u, 400u, 0x8000'0000u, ~0u}) {
      spsc::Memory memory(Ring::bytes(10));
      Ring ring = Ring::init(memory.get(), 10);
      auto producer = ring.producer();
      auto consumer = ring.consumer();
      for (int i = 0; i < 4; ++i) producer->try_push(0);
      word(memory, at) = lie;
      for (int i = 0; i < 50; ++i) {
        std::int32_t item;
        producer->try_push(0);
        consumer->try_pop(item);
        for (std::int32_t& slot : producer->reserve(100)) slot = 1;
        producer->commit(3);
        for (const std::int32_t seen : consumer->peek(100)) asm volatile("" : : "r"(seen));
        consumer->release(2);
        CHECK(producer->size() <= 10 && consumer->size() <= 10);
      }
    }
  }
}

/// Totals that no count can have, as a hostile thread may write them: casts of them to integers would be undefined.
static void hostile_totals() {
  for (const double lie : {-1.0, -3.66e275, 1e300, 0x1p64, std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN()}) {
    spsc::Memory memory(Ring::bytes(4));
    Ring ring = Ring::init(memory.get(), 4);
    for (const std::size_t at : {192, 320}) std::memcpy(static_cast<char*>(memory.get()) + at, &lie, sizeof lie);
    auto producer = *ring.producer();
    auto consumer = *ring.consumer();
    for (std::int32_t n = 0; n < 10; ++n) {
      CHECK(producer.try_push(n));
      std::int32_t item = -1;
      CHECK(consumer.try_pop(item) && item == n);
    }
  }
}

int main() {
  TEST("a header that LAYOUT.md doesn't know is refused") header();
  TEST("counts go on past 2^30") counts_wrap();
  TEST("spans come out in order, by as much as was reserved or peeked") spans();
  TEST("ends that wait for spans are woken by commit, release and close") waits_for_spans();
  TEST("words written by a hostile peer lead to wrong items at worst, never out of the ring") hostile_words();
  TEST("totals that are no counts are harmless") hostile_totals();
}
