// A queue with its memory and both its ends, for the length of one test.
#pragma once

#include <cstdint>

#include "check.hpp"
#include "spsc/spsc.hpp"

using spsc::Status;

// Numbers travel as doubles in a SabRing; those that a double can't hold are rounded on both sides of a comparison.
#pragma GCC diagnostic ignored "-Wconversion"

template <class Queue>
class Made {
 public:
  template <class... Options>
  explicit Made(std::size_t capacity, Options... options)
      : memory_(Queue::bytes(capacity)),
        queue(Queue::init(memory_.get(), capacity, options...)),
        producer(*queue.producer()),
        consumer(*queue.consumer()) {}

 private:
  spsc::Memory memory_;

 public:
  Queue queue;
  typename Queue::Producer producer;
  typename Queue::Consumer consumer;
};

/// Items of more than a word that tell whether they were torn.
struct Wide {
  std::uint64_t words[8];

  Wide() = default;
  Wide(std::uint64_t number) {
    for (std::uint64_t i = 0; i < 8; ++i) words[i] = number * (2 * i + 1);
  }
  operator std::uint64_t() const {
    for (std::uint64_t i = 1; i < 8; ++i) CHECK(words[i] == words[0] * (2 * i + 1));
    return words[0];
  }
};

/// Calls `test.template operator()<Queue>("Queue")` for one of each kind that begins with an spsc::Identity.
template <class Test>
void for_each_native_queue(Test test) {
  test.template operator()<spsc::LineRing<>>("LineRing");
  test.template operator()<spsc::LineRing<spsc::Yield>>("LineRing, yielding");
  test.template operator()<spsc::LineRing<spsc::Block>>("LineRing, blocking");
  test.template operator()<spsc::IndexRing<std::uint64_t>>("IndexRing");
  test.template operator()<spsc::IndexRing<std::uint64_t, spsc::Block>>("IndexRing, blocking");
  test.template operator()<spsc::IndexRing<Wide, spsc::Yield>>("IndexRing of 64 bytes, yielding");
  test.template operator()<spsc::IndexRing<Wide, spsc::Block>>("IndexRing of 64 bytes, blocking");
  test.template operator()<spsc::MutexQueue<std::uint64_t>>("MutexQueue");
  test.template operator()<spsc::MutexQueue<std::uint64_t, spsc::Spin>>("MutexQueue, spinning");
  test.template operator()<spsc::MutexQueue<std::uint64_t, spsc::Yield>>("MutexQueue, yielding");
}

/// The same for these and for the ring that JavaScript shares.
template <class Test>
void for_each_queue(Test test) {
  for_each_native_queue(test);
  test.template operator()<spsc::SabRing<double>>("SabRing");
}
