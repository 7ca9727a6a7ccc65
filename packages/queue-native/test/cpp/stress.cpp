// Smoke: many items between two threads, each checked for its value and place in line.
#include <thread>
#include <vector>

#include "made.hpp"

static std::uint64_t items = 10'000'000;

/// Spread over all 64 bits, so that a torn or stale word shows; and now and then what an empty slot holds.
static std::uint64_t value(std::uint64_t number) {
  if (number % 16 == 5) return spsc::LineRing<>::empty ^ (number / 16 % 2);
  return number * 0x9e37'79b9'7f4a'7c15;
}

template <class Queue>
void one_by_one(std::size_t capacity, std::uint64_t count) {
  Made<Queue> made(capacity);
  std::thread pusher([&] {
    for (std::uint64_t i = 0; i < count; ++i) CHECK(made.producer.push(value(i)) == Status::ok);
    made.producer.close();
  });
  typename Queue::Item item;
  std::uint64_t number = 0;
  while (made.consumer.pop(item) == Status::ok) {
    CHECK(item == value(number));
    if (++number % 1024 == 0) CHECK(made.consumer.size() <= capacity);
  }
  CHECK(number == count);
  CHECK(made.consumer.ended());
  pusher.join();
}

template <class Ring>
void in_batches(std::size_t capacity, std::uint64_t count) {
  Made<Ring> made(capacity);
  std::thread pusher([&] {
    std::vector<std::uint64_t> batch(50);
    for (std::uint64_t i = 0; i < count;) {
      const std::size_t want = std::min<std::uint64_t>(1 + i % batch.size(), count - i);
      if (i % 3 == 0) {
        auto free = made.producer.reserve(want);
        for (std::size_t k = 0; k < free.size(); ++k) free[k] = value(i + k);
        made.producer.commit(free.size());
        i += free.size();
      } else {
        for (std::size_t k = 0; k < want; ++k) batch[k] = value(i + k);
        i += made.producer.try_push_n(batch.data(), want);
      }
      if (made.producer.size() == capacity) spsc::StdAtomics::yield();
    }
  });
  std::vector<std::uint64_t> batch(40);
  for (std::uint64_t i = 0; i < count;) {
    if (i % 2 == 0) {
      const std::size_t got = made.consumer.try_pop_n(batch.data(), batch.size());
      for (std::size_t k = 0; k < got; ++k) CHECK(batch[k] == value(i++));
      if (got == 0) spsc::StdAtomics::yield();
    } else {
      const auto there = made.consumer.peek(7);
      for (const std::uint64_t item : there) CHECK(item == value(i++));
      made.consumer.release(there.size());
      if (there.empty()) spsc::StdAtomics::yield();
    }
  }
  pusher.join();
}

int main(int count, char** arguments) {
  if (count > 1) items /= static_cast<std::uint64_t>(std::atoi(arguments[1]));
  for_each_queue([]<class Queue>(const char* name) {
    TEST(name) {
      one_by_one<Queue>(64, items);
      one_by_one<Queue>(1000, items / 10);
      one_by_one<Queue>(3, items / 100);
      one_by_one<Queue>(1, items / 100);
    }
  });
  TEST("IndexRing in batches of every size") {
    for (const std::size_t capacity : {3, 64, 1000}) {
      in_batches<spsc::IndexRing<std::uint64_t>>(capacity, items / 5);
      in_batches<spsc::IndexRing<std::uint64_t, spsc::Block>>(capacity, items / 5);
    }
  }
}
