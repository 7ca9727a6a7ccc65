// Items of the laboratory's pipeline: what the producer writes, the consumer reads whole, and a torn one shows.
#include <vector>

#include "../../src/addon/items.hpp"
#include "made.hpp"

using spsc::lab::ManyWords;
using spsc::lab::OneWord;

template <class Items>
static void passes_numbers(std::size_t item_bytes) {
  using Queue = typename Items::Queue;
  const std::size_t capacity = 3;
  spsc::Memory memory(Items::queue_bytes(capacity, item_bytes));
  Queue queue = Queue::init(memory.get(), Items::places(capacity, item_bytes));
  typename Items::Producer producer(std::move(*queue.producer()), item_bytes);
  typename Items::Consumer consumer(std::move(*queue.consumer()), item_bytes);
  std::uint64_t number = 0;
  CHECK(!consumer.try_pop(number));
  for (std::uint64_t i = 0; i < 20; i += capacity) {
    for (std::uint64_t k = 0; k < capacity; ++k) CHECK(producer.try_push(producer.write(i + k)));
    CHECK(!producer.try_push(producer.write(99)));
    for (std::uint64_t k = 0; k < capacity; ++k) {
      CHECK(consumer.try_pop(number) && number == i + k);
      CHECK(consumer.is_whole());
    }
  }
  const std::uint64_t last = ~std::uint64_t{0};
  CHECK(producer.push(producer.write(last)) == Status::ok);
  CHECK(consumer.pop(number) == Status::ok && number == last && consumer.is_whole());
}

/// Each word in turn is that of another item, or of another place.
template <class Queue>
static void tells_torn_items() {
  using Items = ManyWords<Queue>;
  constexpr std::size_t words = 5;
  Made<Queue> source(2 * words);
  typename Items::Producer writer(std::move(source.producer), words * 8);
  const auto written = [&](std::uint64_t number) {
    const auto item = writer.write(number);
    return std::vector<std::uint64_t>(item.begin(), item.end());
  };
  Made<Queue> made(2 * words);
  typename Items::Consumer consumer(std::move(made.consumer), words * 8);
  const auto is_whole = [&](const std::vector<std::uint64_t>& item) {
    std::uint64_t number = 0;
    CHECK(made.producer.try_push_all(item.data(), words) && consumer.try_pop(number) && number == item[0]);
    return consumer.is_whole();
  };
  const auto item = written(7);
  CHECK(is_whole(item));
  for (std::size_t at = 0; at < words; ++at) {
    for (const std::uint64_t other : {0, 6, 8}) {
      auto torn = item;
      torn[at] = written(other)[at];
      CHECK(!is_whole(torn));
    }
    auto misplaced = item;
    misplaced[at] = item[(at + 1) % words];
    CHECK(!is_whole(misplaced));
  }
}

int main() {
  TEST("items of one word pass through the queue's own ends") {
    passes_numbers<OneWord<spsc::LineRing<spsc::Block>>>(8);
    passes_numbers<OneWord<spsc::MutexQueue<std::uint64_t>>>(8);
  }
  TEST("items of many words pass whole, at a capacity that is exact in items") {
    for (const std::size_t bytes : {16, 24, 64, 1000, 65'536}) {
      passes_numbers<ManyWords<spsc::IndexRing<std::uint64_t, spsc::Block>>>(bytes);
      passes_numbers<ManyWords<spsc::MutexQueue<std::uint64_t, spsc::Spin>>>(bytes);
    }
  }
  TEST("a word of another item or place makes an item torn") {
    tells_torn_items<spsc::IndexRing<std::uint64_t>>();
    tells_torn_items<spsc::MutexQueue<std::uint64_t>>();
  }
}
