// What one thread sees of a queue: order, capacity, values.
#include "made.hpp"

template <class Queue>
void fill_and_drain(std::size_t capacity) {
  Made<Queue> made(capacity);
  CHECK(made.producer.capacity() == capacity);
  CHECK(made.consumer.capacity() == capacity);
  std::uint64_t pushed = 0;
  std::uint64_t popped = 0;
  typename Queue::Item item;
  // Three laps and a bit, with one in and one out at the edges of full and empty.
  for (int lap = 0; lap < 3; ++lap) {
    CHECK(!made.consumer.try_pop(item));
    while (pushed - popped < capacity) {
      CHECK(made.producer.size() == pushed - popped);
      CHECK(made.consumer.size() == pushed - popped);
      CHECK(made.producer.try_push(pushed));
      ++pushed;
    }
    for (std::size_t i = 0; i < capacity + 3; ++i) {
      CHECK(!made.producer.try_push(pushed));
      CHECK(made.producer.size() == capacity);
      CHECK(made.consumer.size() == capacity);
      CHECK(made.consumer.try_pop(item));
      CHECK(item == popped++);
      CHECK(made.producer.try_push(pushed++));
    }
    while (popped < pushed) {
      CHECK(made.consumer.try_pop(item));
      CHECK(item == popped++);
    }
    CHECK(made.consumer.size() == 0);
    CHECK(made.producer.try_push(pushed++));
    CHECK(made.consumer.try_pop(item));
    CHECK(item == popped++);
  }
}

/// Full without ever having been refused, one out, one in: nothing may need a failed push to find the room.
template <class Queue>
void refill_unasked(std::size_t capacity) {
  Made<Queue> made(capacity);
  typename Queue::Item item;
  for (std::uint64_t i = 0; i < capacity; ++i) CHECK(made.producer.try_push(i));
  for (std::uint64_t i = 0; i < 5 * capacity; ++i) {
    CHECK(made.consumer.try_pop(item));
    CHECK(item == i);
    CHECK(made.producer.try_push(capacity + i));
  }
}

template <class Queue>
void counters_wrap(std::uint64_t first) {
  Made<Queue> made(5, spsc::RingOptions{.first = first});
  typename Queue::Item item;
  for (std::uint64_t i = 0; i < 40; ++i) {
    for (std::uint64_t k = 0; k < 5; ++k) {
      CHECK(made.consumer.size() == k);
      CHECK(made.producer.size() == k);
      CHECK(made.producer.try_push(5 * i + k));
    }
    CHECK(!made.producer.try_push(0));
    for (std::uint64_t k = 0; k < 5; ++k) {
      CHECK(made.consumer.try_pop(item));
      CHECK(item == 5 * i + k);
    }
    CHECK(!made.consumer.try_pop(item));
  }
}

template <class Queue>
void any_value() {
  Made<Queue> made(3);
  std::uint64_t item;
  const auto passes = [&](std::uint64_t value) {
    CHECK(made.producer.try_push(value));
    CHECK(made.consumer.try_pop(item));
    CHECK(item == value);
    CHECK(!made.consumer.try_pop(item));
  };
  passes(0);
  passes(~std::uint64_t{0});
  // What the ring itself writes into slots, and its surroundings, through every slot.
  for (std::uint64_t near = 0; near < 64; ++near) {
    passes(spsc::LineRing<>::empty ^ near);
    passes(spsc::LineRing<>::empty ^ (near / 32));
  }
  for (int bit = 0; bit < 64; ++bit) {
    passes(std::uint64_t{1} << bit);
    passes(~(std::uint64_t{1} << bit));
  }
  for (std::uint64_t small = 0; small < 2000; ++small) {
    passes(small);
    passes(-small);
    passes(small * 0x9e37'79b9'7f4a'7c15);
  }
}

int main() {
  for_each_queue([]<class Queue>(const char* name) {
    TEST(name) {
      for (const std::size_t capacity : {1, 2, 3, 6, 7, 8, 9, 13, 14, 15, 63, 64, 65, 1000}) {
        fill_and_drain<Queue>(capacity);
        refill_unasked<Queue>(capacity);
      }
    }
  });
  TEST("counters go on past 2^32 and 2^64") {
    for (const std::uint64_t bound : {std::uint64_t{1} << 32, std::uint64_t{1} << 63, std::uint64_t{0}}) {
      for (std::uint64_t before = 0; before < 60; ++before) {
        counters_wrap<spsc::IndexRing<std::uint64_t>>(bound - before);
      }
    }
  }
  TEST("any value is an item like any other") {
    any_value<spsc::LineRing<>>();
    any_value<spsc::IndexRing<std::uint64_t>>();
    any_value<spsc::MutexQueue<std::uint64_t>>();
  }
}
