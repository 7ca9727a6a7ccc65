// No queue: one word in one line, written by one end and watched by the other. It holds one item, and a second would
// overwrite it; so it can do round trips only. What a queue's round trip takes beyond two of these is the queue's own.
#pragma once

#include <atomic>

#include <spsc/atomics.hpp>

#include "item.hpp"

class RawLine {
  using Line = std::atomic<std::uint64_t>;

 public:
  static constexpr auto name = "raw: a line each way";
  static constexpr bool pauses = false;
  using Item = Word;

  explicit RawLine(std::size_t) {}

  struct Producer {
    Line& line;

    [[gnu::always_inline]] bool try_push(std::uint64_t item) {
      line.store(item, std::memory_order_release);
      return true;
    }
  };

  struct Consumer {
    Line& line;
    std::uint64_t last = 0;

    [[gnu::always_inline]] bool try_pop(std::uint64_t& item) {
      item = line.load(std::memory_order_acquire);
      return item != std::exchange(last, item);
    }
  };

  Producer producer() { return {line_}; }
  Consumer consumer() { return {line_}; }

 private:
  alignas(spsc::apart) Line line_ = 0;
  alignas(spsc::apart) char end_ = 0;
};
