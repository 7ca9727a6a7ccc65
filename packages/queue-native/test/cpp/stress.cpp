// Many items between two threads, each checked for its value and place in line, and at the end a sum.
//
//   stress SHARE            one in so many of 10,000,000 items through each queue in each capacity: a smoke test
//   stress rings ITEMS      so many items in all through the rings of native ends, most of them through the fast ones; prints
//                           of each case `# NAME: ITEMS items, SECONDS s`
//   stress lost|twice|swapped   with an item that is: ends with 1, as it has to be noticed
#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

#include "made.hpp"

/// Spread over all 64 bits, so that a torn or stale word shows; and now and then what an empty slot holds.
static std::uint64_t value(std::uint64_t number) {
  if (number % 16 == 5) return spsc::LineRing<>::empty ^ (number / 16 % 2);
  return number * 0x9e37'79b9'7f4a'7c15;
}

/// What a queue might do wrong, done by the producer: the number of the item that goes in as the nth.
static std::uint64_t (*placed)(std::uint64_t) = [](std::uint64_t n) { return n; };

constexpr std::uint64_t faulty = 500;
constexpr struct {
  const char* name;
  std::uint64_t (*placed)(std::uint64_t);
} faults[] = {
    {"lost", [](std::uint64_t n) { return n < faulty ? n : n + 1; }},
    {"twice", [](std::uint64_t n) { return n <= faulty ? n : n - 1; }},
    {"swapped", [](std::uint64_t n) { return n == faulty ? n + 1 : n == faulty + 1 ? n - 1 : n; }},
};

/// What an end has seen go by. The sum depends on the order.
class Ledger {
 public:
  /// The next value, for the producer.
  std::uint64_t next() {
    const std::uint64_t made = value(placed(number_++));
    add(made);
    return made;
  }

  /// For the consumer: it is the one in line.
  void check(std::uint64_t item) {
    CHECK(item == value(number_));
    add(item);
    if (++number_ % 1'048'576 == 0) Test::goes_on();
  }

  std::uint64_t number() const { return number_; }
  bool operator==(const Ledger&) const = default;

 private:
  void add(std::uint64_t item) { sum_ = (sum_ ^ item) * 0x0000'0100'0000'01b3; }

  std::uint64_t number_ = 0;
  std::uint64_t sum_ = 0;
};

/// Runs `push(ledger)` in a thread of its own and `pop(ledger)` in this one, to the end of the stream.
template <class Push, class Pop>
void between_threads(std::uint64_t count, Push push, Pop pop) {
  Ledger pushed;
  Ledger popped;
  std::thread pusher([&] { push(pushed); });
  pop(popped);
  pusher.join();
  CHECK(pushed.number() == count);
  CHECK(popped == pushed);
}

template <class Queue>
void one_by_one(std::size_t capacity, std::uint64_t count) {
  Made<Queue> made(capacity);
  const auto push = [&](Ledger& ledger) {
    while (ledger.number() < count) CHECK(made.producer.push(ledger.next()) == Status::ok);
    made.producer.close();
  };
  const auto pop = [&](Ledger& ledger) {
    for (typename Queue::Item item; made.consumer.pop(item) == Status::ok;) {
      // A double has lost what it can't hold; both sides compare what it made of the value.
      if constexpr (std::is_same_v<typename Queue::Item, double>) {
        CHECK(item == static_cast<double>(value(ledger.number())));
        ledger.check(value(ledger.number()));
      } else {
        ledger.check(item);
      }
      if (ledger.number() % 1024 == 0) CHECK(made.consumer.size() <= capacity);
    }
    CHECK(made.consumer.ended());
  };
  between_threads(count, push, pop);
}

/// In batches of all lengths from 1 to 50: copied, as many as fit; copied, all at once; written in place.
template <class Ring>
void in_batches(std::size_t capacity, std::uint64_t count) {
  Made<Ring> made(capacity);
  // So that one waits for room for all of its batch, and the other for all of its items, and both can have it.
  const std::size_t half = std::max<std::size_t>(1, capacity / 2);
  const auto push = [&](Ledger& ledger) {
    std::vector<std::uint64_t> batch(50);
    for (std::uint64_t turn = 0; ledger.number() < count; ++turn) {
      const std::size_t want = std::min<std::uint64_t>(1 + turn % batch.size(), count - ledger.number());
      if (turn % 3 == 0) {
        for (auto free = made.producer.reserve(want); std::uint64_t & slot : free) slot = ledger.next();
        made.producer.commit(want);
        continue;
      }
      for (std::size_t k = 0; k < want; ++k) batch[k] = ledger.next();
      if (turn % 3 == 1 && want <= half) {
        CHECK(made.producer.push_all(batch.data(), want) == Status::ok);
        continue;
      }
      for (std::size_t done = 0; done < want;) {
        const std::size_t went = made.producer.try_push_n(batch.data() + done, want - done);
        if (went == 0) spsc::StdAtomics::yield();
        done += went;
      }
    }
    made.producer.close();
  };
  const auto pop = [&](Ledger& ledger) {
    std::vector<std::uint64_t> batch(40);
    for (std::uint64_t turn = 0; ledger.number() < count; ++turn) {
      std::size_t got = 0;
      if (turn % 3 == 0) {
        got = made.consumer.try_pop_n(batch.data(), batch.size());
        for (std::size_t k = 0; k < got; ++k) ledger.check(batch[k]);
      } else if (turn % 3 == 1) {
        got = std::min<std::uint64_t>({1 + turn % batch.size(), half, count - ledger.number()});
        CHECK(made.consumer.pop_all(batch.data(), got) == Status::ok);
        for (std::size_t k = 0; k < got; ++k) ledger.check(batch[k]);
      } else {
        const auto there = made.consumer.peek(7);
        got = there.size();
        for (const std::uint64_t item : there) ledger.check(item);
        made.consumer.release(got);
      }
      if (got == 0) spsc::StdAtomics::yield();
    }
    std::uint64_t item;
    CHECK(made.consumer.pop(item) == Status::closed);
  };
  between_threads(count, push, pop);
}

static void each_queue(std::uint64_t items) {
  for_each_queue([items]<class Queue>(const char* name) {
    TEST(name) {
      one_by_one<Queue>(64, items);
      one_by_one<Queue>(1000, items / 10);
      one_by_one<Queue>(3, items / 100);
      one_by_one<Queue>(1, items / 100);
    }
  });
  TEST("IndexRing in batches of every size") {
    for (const std::size_t capacity : {1, 3, 64, 1000}) {
      const std::uint64_t count = capacity == 1 ? items / 100 : items / 5;
      in_batches<spsc::IndexRing<std::uint64_t>>(capacity, count);
      in_batches<spsc::IndexRing<std::uint64_t, spsc::Block>>(capacity, count);
    }
  }
}

/// A case of `rings`; `parts`: of how many in 100,000 of all items are in it. Where threads take turns every few items, that
/// costs a switch of them each time, or, where they spin and others want the CPUs too, all that is left of their time: so
/// most items go through large rings that block. Of 10^10 more than 2^30 go through a SabRing, whose counts go round then.
struct Case {
  const char* name;
  void (*run)(std::size_t capacity, std::uint64_t count);
  std::size_t capacity;
  std::uint64_t parts;
};

constexpr std::uint64_t whole = 100'000;
constexpr std::uint64_t least = 1000;

using Words = spsc::IndexRing<std::uint64_t>;
using BlockingWords = spsc::IndexRing<std::uint64_t, spsc::Block>;

constexpr Case ring_cases[] = {
    {"IndexRing in batches, blocking", in_batches<BlockingWords>, 4096, 30'656},
    {"IndexRing in batches, blocking", in_batches<BlockingWords>, 65'536, 20'000},
    {"IndexRing in batches, blocking", in_batches<BlockingWords>, 100, 200},
    {"IndexRing in batches", in_batches<Words>, 65'536, 500},
    {"IndexRing in batches", in_batches<Words>, 1000, 20},
    {"LineRing, blocking", one_by_one<spsc::LineRing<spsc::Block>>, 4096, 15'000},
    {"LineRing, blocking", one_by_one<spsc::LineRing<spsc::Block>>, 300, 500},
    {"LineRing, yielding", one_by_one<spsc::LineRing<spsc::Yield>>, 65'536, 1000},
    {"LineRing", one_by_one<spsc::LineRing<>>, 65'536, 500},
    {"LineRing", one_by_one<spsc::LineRing<>>, 1000, 20},
    {"IndexRing, blocking", one_by_one<BlockingWords>, 10'000, 15'000},
    {"IndexRing, blocking", one_by_one<BlockingWords>, 1000, 500},
    {"IndexRing", one_by_one<Words>, 65'536, 500},
    {"IndexRing of 64 bytes, yielding", one_by_one<spsc::IndexRing<Wide, spsc::Yield>>, 500, 100},
    {"IndexRing of 64 bytes, blocking", one_by_one<spsc::IndexRing<Wide, spsc::Block>>, 5000, 3000},
    {"SabRing", one_by_one<spsc::SabRing<double>>, 10'000, 12'000},
    {"SabRing", one_by_one<spsc::SabRing<double>>, 1000, 500},
    {"LineRing, yielding", one_by_one<spsc::LineRing<spsc::Yield>>, 1, 1},
    {"LineRing, blocking", one_by_one<spsc::LineRing<spsc::Block>>, 3, 1},
    {"IndexRing, blocking", one_by_one<BlockingWords>, 1, 1},
    {"SabRing", one_by_one<spsc::SabRing<double>>, 1, 1},
};

constexpr std::uint64_t sum_of_parts() {
  std::uint64_t sum = 0;
  for (const Case& each : ring_cases) sum += each.parts;
  return sum;
}
static_assert(sum_of_parts() == whole);

static void rings(std::uint64_t items) {
  // A run of minutes may be held up by whoever needs the machine.
  Test::patience_s = 600;
  for (const auto& [name, run, capacity, parts] : ring_cases) {
    TEST(name) {
      const auto begin = std::chrono::steady_clock::now();
      const std::uint64_t count = std::max(least, items / whole * parts);
      run(capacity, count);
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
      std::printf("# %s, %zu: %llu items, %.3f s\n", name, capacity, static_cast<unsigned long long>(count),
                  seconds.count());
    }
  }
}

int main(int count, char** arguments) {
  for (const auto& fault : faults) {
    if (count < 2 || std::strcmp(arguments[1], fault.name) != 0) continue;
    placed = fault.placed;
    one_by_one<spsc::LineRing<spsc::Block>>(64, 2 * faulty);
    return 0;
  }
  if (count > 2 && std::strcmp(arguments[1], "rings") == 0) {
    rings(std::strtoull(arguments[2], nullptr, 10));
  } else {
    each_queue(10'000'000 / static_cast<std::uint64_t>(count > 1 ? std::atoi(arguments[1]) : 1));
  }
}
