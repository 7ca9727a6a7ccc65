// Batches that go in and come out all or none: what carries items of several words through a queue of words.
#include <thread>
#include <vector>

#include "made.hpp"

static std::uint64_t items = 1'000'000;

/// Calls `test.template operator()<Queue>("Queue")` for one of each kind that has batches.
template <class Test>
static void for_each_queue_of_words(Test test) {
  test.template operator()<spsc::IndexRing<std::uint64_t>>("IndexRing");
  test.template operator()<spsc::IndexRing<std::uint64_t, spsc::Yield>>("IndexRing, yielding");
  test.template operator()<spsc::IndexRing<std::uint64_t, spsc::Block>>("IndexRing, blocking");
  test.template operator()<spsc::MutexQueue<std::uint64_t, spsc::Spin>>("MutexQueue, spinning");
  test.template operator()<spsc::MutexQueue<std::uint64_t, spsc::Yield>>("MutexQueue, yielding");
  test.template operator()<spsc::MutexQueue<std::uint64_t>>("MutexQueue, blocking");
}

/// Items of `size` words whose every word tells item and place.
class Item {
 public:
  explicit Item(std::size_t size) : words_(size) {}

  const std::uint64_t* numbered(std::uint64_t number) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] = number * 100'000 + i;
    return words_.data();
  }

  std::uint64_t* room() {
    words_.assign(words_.size(), ~std::uint64_t{0});
    return words_.data();
  }

  bool is(std::uint64_t number) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (words_[i] != number * 100'000 + i) return false;
    }
    return true;
  }

  std::size_t size() const { return words_.size(); }

 private:
  std::vector<std::uint64_t> words_;
};

/// Full and empty again and again, from every slot on: each item crosses the end of the memory at every word.
template <class Queue>
static void fills_with_whole_items(std::size_t capacity, std::size_t size) {
  Made<Queue> made(capacity * size);
  Item in(size);
  Item out(size);
  std::uint64_t pushed = 0;
  std::uint64_t popped = 0;
  for (std::size_t lap = 0; lap < 2 * size + 3; ++lap) {
    CHECK(!made.consumer.try_pop_all(out.room(), size));
    while (pushed - popped < capacity) CHECK(made.producer.try_push_all(in.numbered(pushed++), size));
    CHECK(!made.producer.try_push_all(in.numbered(pushed), size));
    CHECK(made.producer.size() == capacity * size && made.consumer.size() == capacity * size);
    for (std::size_t i = 0; i < capacity + 1; ++i) {
      CHECK(made.consumer.try_pop_all(out.room(), size) && out.is(popped++));
      CHECK(made.producer.try_push_all(in.numbered(pushed++), size));
      CHECK(!made.producer.try_push_all(in.numbered(pushed), size));
    }
    while (popped < pushed) CHECK(made.consumer.try_pop_all(out.room(), size) && out.is(popped++));
    // One word more in each lap, so that items begin elsewhere.
    std::uint64_t word = 0;
    CHECK(made.producer.try_push(lap) && made.consumer.try_pop(word) && word == lap);
  }
}

/// Neither end gets or gives a part, however near to all it is.
template <class Queue>
static void takes_no_part() {
  Made<Queue> made(10);
  Item item(4);
  for (std::uint64_t word = 0; word < 7; ++word) CHECK(made.producer.try_push(word));
  CHECK(!made.producer.try_push_all(item.numbered(1), 4));
  CHECK(made.producer.push_all(item.numbered(1), 4, spsc::after(1'000'000)) == Status::timeout);
  CHECK(made.consumer.size() == 7);
  std::uint64_t word = 0;
  for (std::uint64_t i = 0; i < 4; ++i) CHECK(made.consumer.try_pop(word) && word == i);
  CHECK(!made.consumer.try_pop_all(item.room(), 4));
  CHECK(made.consumer.pop_all(item.room(), 4, spsc::after(1'000'000)) == Status::timeout);
  CHECK(made.consumer.size() == 3);
  CHECK(made.producer.try_push_all(item.numbered(2), 4) && made.consumer.size() == 7);
  CHECK(made.consumer.try_pop_all(item.room(), 3));
  CHECK(made.consumer.try_pop_all(item.room(), 4) && item.is(2));
  // More than there is place for never fits.
  std::vector<std::uint64_t> many(11);
  CHECK(!made.producer.try_push_all(many.data(), many.size()));
  CHECK(made.producer.push_all(many.data(), many.size(), 0) == Status::timeout);
  CHECK(!made.consumer.try_pop_all(many.data(), many.size()));
  CHECK(made.producer.try_push_all(many.data(), 10) && made.consumer.try_pop_all(many.data(), 10));
}

template <class Queue>
static void deadlines() {
  Made<Queue> made(7);
  Item item(3);
  for (const std::int64_t wait : {std::int64_t{-1'000'000}, std::int64_t{0}, std::int64_t{10'000'000}}) {
    const spsc::Deadline deadline = spsc::after(wait);
    CHECK(made.consumer.pop_all(item.room(), 3, deadline) == Status::timeout);
    CHECK(spsc::now() >= deadline);
  }
  CHECK(made.producer.push_all(item.numbered(1), 3, 0) == Status::ok);
  CHECK(made.producer.push_all(item.numbered(2), 3, spsc::after(1)) == Status::ok);
  const spsc::Deadline deadline = spsc::after(10'000'000);
  CHECK(made.producer.push_all(item.numbered(3), 3, deadline) == Status::timeout);
  CHECK(spsc::now() >= deadline);
  CHECK(made.consumer.pop_all(item.room(), 3, 0) == Status::ok && item.is(1));
}

template <class Queue>
static void closing() {
  {
    Made<Queue> made(8);
    Item item(3);
    CHECK(made.producer.try_push_all(item.numbered(1), 3) && made.producer.try_push(7));
    made.producer.close();
    CHECK(!made.producer.try_push_all(item.numbered(2), 3));
    CHECK(made.producer.push_all(item.numbered(2), 3) == Status::closed);
    CHECK(made.consumer.pop_all(item.room(), 3) == Status::ok && item.is(1));
    // A part is left, and stays.
    CHECK(made.consumer.pop_all(item.room(), 3) == Status::closed);
    CHECK(!made.consumer.ended());
    std::uint64_t word = 0;
    CHECK(made.consumer.pop(word) == Status::ok && word == 7 && made.consumer.ended());
  }
  {
    Made<Queue> made(4);
    Item item(3);
    CHECK(made.producer.try_push_all(item.numbered(1), 3));
    std::thread closer([&] {
      usleep(20'000);
      made.consumer.close();
    });
    CHECK(made.producer.push_all(item.numbered(2), 3) == Status::closed);
    closer.join();
    CHECK(made.consumer.try_pop_all(item.room(), 3) && item.is(1));
  }
  {
    Made<Queue> made(4);
    Item item(3);
    CHECK(made.producer.try_push(1));
    std::thread closer([&] {
      usleep(20'000);
      made.producer.close();
    });
    CHECK(made.consumer.pop_all(item.room(), 3) == Status::closed);
    closer.join();
  }
}

/// A consumer that took a word at a time makes room in steps: the producer waits until it is enough.
template <class Queue>
static void waits_for_all_the_room() {
  Made<Queue> made(5);
  Item item(4);
  for (std::uint64_t word = 0; word < 5; ++word) CHECK(made.producer.try_push(word));
  std::thread popper([&] {
    std::uint64_t word = 0;
    for (std::uint64_t i = 0; i < 5; ++i) {
      usleep(2'000);
      CHECK(made.consumer.pop(word) == Status::ok && word == i);
    }
    CHECK(made.consumer.pop_all(item.room(), 4) == Status::ok);
    CHECK(item.is(9));
  });
  Item sent(4);
  CHECK(made.producer.push_all(sent.numbered(9), 4) == Status::ok);
  popper.join();
}

/// Between two threads: no item is torn, lost or out of order.
template <class Queue>
static void passes_items(std::size_t capacity, std::size_t size, std::uint64_t count) {
  Made<Queue> made(capacity * size);
  std::thread pusher([&] {
    Item item(size);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t* words = item.numbered(i);
      if (i % 5 == 0 && made.producer.try_push_all(words, size)) continue;
      CHECK(made.producer.push_all(words, size) == Status::ok);
    }
    made.producer.close();
  });
  Item item(size);
  std::uint64_t number = 0;
  while (made.consumer.pop_all(item.room(), size) == Status::ok) {
    CHECK(item.is(number++));
    CHECK(made.consumer.size() % size == 0);
  }
  CHECK(number == count && made.consumer.ended());
  pusher.join();
}

int main(int count, char** arguments) {
  if (count > 1) items /= static_cast<std::uint64_t>(std::atoi(arguments[1]));
  for_each_queue_of_words([]<class Queue>(const char* name) {
    TEST(name) {
      for (const std::size_t size : {1, 2, 3, 8, 13}) {
        for (const std::size_t capacity : {1, 2, 3, 5, 8, 11}) fills_with_whole_items<Queue>(capacity, size);
      }
      takes_no_part<Queue>();
      deadlines<Queue>();
      closing<Queue>();
      waits_for_all_the_room<Queue>();
      passes_items<Queue>(64, 8, items / 4);
      passes_items<Queue>(3, 5, items / 20);
      passes_items<Queue>(1, 128, items / 100);
    }
  });
  TEST("counters that wrap carry whole items on") {
    using Ring = spsc::IndexRing<std::uint64_t>;
    for (const std::uint64_t bound : {std::uint64_t{1} << 32, std::uint64_t{0}}) {
      for (std::uint64_t before = 0; before < 20; ++before) {
        Made<Ring> made(9, spsc::RingOptions{.first = bound - before});
        Item in(3);
        Item out(3);
        for (std::uint64_t i = 0; i < 20; i += 3) {
          for (std::uint64_t k = 0; k < 3; ++k) CHECK(made.producer.try_push_all(in.numbered(i + k), 3));
          CHECK(!made.producer.try_push_all(in.numbered(0), 3));
          for (std::uint64_t k = 0; k < 3; ++k) CHECK(made.consumer.try_pop_all(out.room(), 3) && out.is(i + k));
        }
      }
    }
  }
  TEST("indices written by a hostile peer make no room and no items beyond the ring") {
    using Ring = spsc::IndexRing<std::uint64_t>;
    constexpr std::size_t header = sizeof(spsc::Header<spsc::StdAtomics>);
    for (std::size_t at = header; at < header + 2 * spsc::apart; at += spsc::apart) {
      for (const std::uint64_t lie : {std::uint64_t{1}, std::uint64_t{1} << 20, std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
        spsc::Memory memory(Ring::bytes(10));
        Ring ring = Ring::init(memory.get(), 10);
        auto producer = ring.producer();
        auto consumer = ring.consumer();
        Item item(4);
        CHECK(producer->try_push_all(item.numbered(1), 4));
        std::memcpy(static_cast<char*>(memory.get()) + at, &lie, sizeof lie);
        for (int i = 0; i < 20; ++i) {
          producer->try_push_all(item.numbered(2), 4);
          consumer->try_pop_all(item.room(), 4);
          CHECK(producer->size() <= 10 && consumer->size() <= 10);
        }
      }
    }
  }
}
