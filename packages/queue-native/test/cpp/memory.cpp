// What is accepted as memory of a ring, and who may take its ends.
#include <cstring>
#include <thread>
#include <vector>

#include "made.hpp"

using spsc::Error;

template <class Queue>
void one_end_each() {
  spsc::Memory memory(Queue::bytes(4));
  Queue queue = Queue::init(memory.get(), 4);
  Queue other = Queue::attach(memory.get(), memory.bytes());
  CHECK(queue && other);
  auto producer = queue.producer();
  CHECK(producer);
  CHECK(!queue.producer());
  CHECK(!other.producer());
  auto consumer = other.consumer();
  CHECK(consumer);
  CHECK(!queue.consumer());
  CHECK(producer->try_push(7));
  typename Queue::Item item;
  CHECK(consumer->try_pop(item) && item == 7);
}

template <class Queue>
void one_claim_of_many() {
  for (int round = 0; round < 50; ++round) {
    spsc::Memory memory(Queue::bytes(4));
    Queue queue = Queue::init(memory.get(), 4);
    std::atomic<int> producers = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, mine = queue]() mutable { producers += mine.producer().has_value(); });
    }
    for (auto& thread : threads) thread.join();
    CHECK(producers == 1);
  }
}

/// Any identity but the true one is refused, whichever byte of it differs.
template <class Queue>
void broken_identity() {
  spsc::Memory memory(Queue::bytes(64));
  CHECK(Queue::attach(memory.get(), memory.bytes()).error() == Error::bad_magic);
  CHECK(Queue::init(memory.get(), 64));
  CHECK(Queue::attach(memory.get(), memory.bytes()));
  auto* bytes = static_cast<unsigned char*>(memory.get());
  for (std::size_t at = 0; at < sizeof(spsc::Identity); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      bytes[at] ^= static_cast<unsigned char>(1 << bit);
      CHECK(!Queue::attach(memory.get(), memory.bytes()));
      bytes[at] ^= static_cast<unsigned char>(1 << bit);
    }
  }
  CHECK(Queue::attach(memory.get(), memory.bytes() - 1).error() == Error::too_small);
  CHECK(Queue::attach(memory.get(), 8).error() == Error::too_small);
  CHECK(Queue::attach(memory.get(), 0).error() == Error::too_small);
  CHECK(Queue::attach(bytes + 64, memory.bytes() - 64).error() == Error::misaligned);
  CHECK(Queue::attach(nullptr, memory.bytes()).error() == Error::misaligned);
}

template <class Queue>
void bad_capacities() {
  spsc::Memory memory(4096);
  const std::size_t too_many = (std::size_t{1} << 28) + 1;
  for (const std::size_t capacity : {std::size_t{0}, too_many, ~std::size_t{0}}) {
    CHECK(Queue::bytes(capacity) == 0);
    const Queue queue = Queue::init(memory.get(), capacity);
    CHECK(!queue && queue.error() == Error::bad_capacity);
    CHECK(std::strstr(spsc::message(queue.error()), "allowed: 1 to 2^28"));
  }
  CHECK(Queue::bytes(too_many - 1) >= (too_many - 1) * sizeof(typename Queue::Item));
  CHECK(Queue::init(nullptr, 4).error() == Error::misaligned);
  CHECK(Queue::init(static_cast<char*>(memory.get()) + 64, 4).error() == Error::misaligned);
}

/// Every word after the header, in turn, becomes nonsense while both ends work. AddressSanitizer watches.
template <class Queue>
void hostile_words() {
  constexpr std::size_t capacity = 10;
  constexpr std::size_t header = sizeof(spsc::Header<spsc::StdAtomics>);
  for (std::size_t at = header; at + 8 <= Queue::bytes(capacity); at += 8) {
    for (const std::uint64_t lie : {std::uint64_t{1}, std::uint64_t{1} << 20, std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
      spsc::Memory memory(Queue::bytes(capacity));
      Queue queue = Queue::init(memory.get(), capacity);
      auto producer = queue.producer();
      auto consumer = queue.consumer();
      std::uint64_t item;
      for (int i = 0; i < 4; ++i) producer->try_push(0);
      std::memcpy(static_cast<char*>(memory.get()) + at, &lie, 8);
      for (int i = 0; i < 50; ++i) {
        producer->try_push(0);
        consumer->try_pop(item);
        CHECK(producer->size() <= capacity);
        CHECK(consumer->size() <= capacity);
      }
    }
  }
}

int main() {
  for_each_native_queue([]<class Queue>(const char* name) {
    TEST(name) {
      one_end_each<Queue>();
      one_claim_of_many<Queue>();
      broken_identity<Queue>();
      bad_capacities<Queue>();
    }
  });
  TEST("a ring of another type is refused, by what differs") {
    spsc::Memory memory(spsc::IndexRing<std::uint64_t>::bytes(64));
    CHECK(spsc::IndexRing<std::uint64_t>::init(memory.get(), 64));
    const auto error = [&]<class Queue>(Queue*) { return Queue::attach(memory.get(), memory.bytes()).error(); };
    CHECK(error(static_cast<spsc::LineRing<>*>(nullptr)) == Error::wrong_kind);
    CHECK(error(static_cast<spsc::IndexRing<std::uint32_t>*>(nullptr)) == Error::wrong_item_size);
    CHECK(error(static_cast<spsc::IndexRing<std::uint64_t, spsc::Block>*>(nullptr)) == Error::wrong_wait);
  }
  TEST("a ring with items inside goes on at another address") {
    using Ring = spsc::LineRing<>;
    spsc::Memory memory(Ring::bytes(20));
    spsc::Memory copy(Ring::bytes(20));
    auto producer = Ring::init(memory.get(), 20).producer();
    for (std::uint64_t i = 0; i < 20; ++i) CHECK(producer->try_push(i));
    std::memcpy(copy.get(), memory.get(), memory.bytes());
    auto consumer = Ring::attach(copy.get(), copy.bytes()).consumer();
    std::uint64_t item;
    for (std::uint64_t i = 0; i < 20; ++i) CHECK(consumer->try_pop(item) && item == i);
    CHECK(!consumer->try_pop(item));
  }
  TEST("indices written by a hostile peer lead to wrong items at worst, never out of the ring") {
    hostile_words<spsc::LineRing<>>();
    hostile_words<spsc::IndexRing<std::uint64_t>>();
  }
}
