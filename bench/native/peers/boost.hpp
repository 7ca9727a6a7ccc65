// boost::lockfree::spsc_queue with its capacity known only at run time, like all others here. Capacity is exact.
#pragma once

#include <boost/lockfree/spsc_queue.hpp>

#include "item.hpp"

template <class T>
class Boost {
  using Queue = boost::lockfree::spsc_queue<T>;

 public:
  static constexpr auto name = "boost spsc_queue";
  static constexpr bool pauses = true;
  using Item = T;

  explicit Boost(std::size_t capacity) : queue_(capacity) {}

  struct End {
    Queue& queue;

    [[gnu::always_inline]] bool try_push(const T& item) { return queue.push(item); }
    [[gnu::always_inline]] bool try_pop(T& item) { return queue.pop(item); }
    std::size_t try_push_n(const T* items, std::size_t count) { return queue.push(items, count); }
    std::size_t try_pop_n(T* items, std::size_t count) { return queue.pop(items, count); }
  };

  End producer() { return {queue_}; }
  End consumer() { return {queue_}; }

 private:
  Queue queue_;
};
