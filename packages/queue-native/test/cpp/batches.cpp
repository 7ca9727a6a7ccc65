// Batches and items in place, across the end of the memory and in any size.
#include <vector>

#include "made.hpp"

using Ring = spsc::IndexRing<std::uint64_t>;

static std::uint64_t random_below(std::uint64_t bound) {
  static std::uint64_t state = 1;
  state = state * 6364136223846793005 + 1442695040888963407;
  return (state >> 33) % bound;
}

static void batches(std::size_t capacity) {
  Made<Ring> made(capacity, spsc::RingOptions{.first = std::uint64_t{0} - 500});
  std::vector<std::uint64_t> buffer(capacity + 8);
  std::uint64_t pushed = 0;
  std::uint64_t popped = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::size_t want = random_below(capacity + 8);
    for (std::size_t k = 0; k < want; ++k) buffer[k] = pushed + k;
    const std::size_t went_in = made.producer.try_push_n(buffer.data(), want);
    CHECK(went_in == std::min<std::size_t>(want, capacity - (pushed - popped)));
    pushed += went_in;
    const std::size_t ask = random_below(capacity + 8);
    const std::size_t came_out = made.consumer.try_pop_n(buffer.data(), ask);
    CHECK(came_out == std::min<std::size_t>(ask, pushed - popped));
    for (std::size_t k = 0; k < came_out; ++k) CHECK(buffer[k] == popped++);
    CHECK(made.consumer.size() == pushed - popped);
  }
}

static void in_place(std::size_t capacity) {
  Made<Ring> made(capacity);
  std::uint64_t pushed = 0;
  std::uint64_t popped = 0;
  for (int i = 0; i < 3000; ++i) {
    auto free = made.producer.reserve(random_below(capacity + 2));
    CHECK(free.size() <= capacity - (pushed - popped));
    for (std::size_t k = 0; k < free.size(); ++k) free[k] = pushed + k;
    const std::size_t kept = random_below(free.size() + 1);
    CHECK(made.consumer.size() == pushed - popped);
    made.producer.commit(kept);
    made.producer.commit(1);  // nothing is reserved any more
    pushed += kept;
    CHECK(made.consumer.size() == pushed - popped);
    const auto items = made.consumer.peek(random_below(capacity + 2));
    for (std::size_t k = 0; k < items.size(); ++k) CHECK(items[k] == popped + k);
    const std::size_t taken = random_below(items.size() + 1);
    made.consumer.release(taken);
    made.consumer.release(1);  // nothing is peeked any more
    popped += taken;
  }
  CHECK(popped > 100);
}

int main() {
  TEST("batches go in and out whole, across the end of the memory too") {
    for (const std::size_t capacity : {1, 2, 3, 5, 8, 64, 100}) batches(capacity);
  }
  TEST("reserved items appear when committed, peeked ones vanish when released") {
    for (const std::size_t capacity : {1, 2, 3, 5, 8, 64, 100}) in_place(capacity);
  }
  TEST("commit takes no more than was reserved") {
    Made<Ring> made(8);
    CHECK(made.producer.reserve(3).size() == 3);
    made.producer.commit(100);
    CHECK(made.consumer.size() == 3);
    CHECK(made.consumer.peek(2).size() == 2);
    made.consumer.release(100);
    CHECK(made.consumer.size() == 1);
  }
}
