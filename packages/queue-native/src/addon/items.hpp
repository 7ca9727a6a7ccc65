// What travels through the pipeline: an item is its number, and whatever more bytes it has.
//
//   OneWord     [ number ]                                   the queue's own item
//   ManyWords   [ number | word 1 | word 2 | … ]             consecutive words of the queue, whole or not at all
//
// Each brings the two ends that the pipeline works with. `write` makes an item, `is_whole` reads the one just popped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <utility>

#include "spsc/error.hpp"
#include "spsc/memory.hpp"

namespace spsc::lab {

inline constexpr std::size_t word_bytes = sizeof(std::uint64_t);

/// Items of one word, in the queue's own ends: nothing is added to a push or a pop.
template <class QueueOfWords>
struct OneWord {
  using Queue = QueueOfWords;
  using Item = std::uint64_t;

  /// Places of the queue that `capacity` items take.
  static std::size_t places(std::size_t capacity, std::size_t) { return capacity; }
  static std::size_t queue_bytes(std::size_t capacity, std::size_t) { return Queue::bytes(capacity); }

  class Producer : public Queue::Producer {
   public:
    Producer(typename Queue::Producer&& end, std::size_t) : Queue::Producer(std::move(end)) {}
    static Item write(std::uint64_t number) { return number; }
  };

  class Consumer : public Queue::Consumer {
   public:
    Consumer(typename Queue::Consumer&& end, std::size_t) : Queue::Consumer(std::move(end)) {}
    static constexpr bool is_whole() { return true; }
  };
};

/// Items of several words. They are made and read in a buffer at each end: one copy into the queue and one out of it.
template <class QueueOfWords>
class ManyWords {
  /// Another one for each item and each place in it: a word of another item or place shows.
  static std::uint64_t word(std::uint64_t number, std::size_t place) { return number + place * 0x9e37'79b9'7f4a'7c15; }

  /// One item in lines of its own.
  class Buffer {
   public:
    explicit Buffer(std::size_t bytes) : memory_(bytes) {
      if (!memory_) throw std::bad_alloc();
    }
    std::span<std::uint64_t> words() const {
      return {static_cast<std::uint64_t*>(memory_.get()), memory_.bytes() / word_bytes};
    }

   private:
    Memory memory_;
  };

 public:
  using Queue = QueueOfWords;
  using Item = std::span<const std::uint64_t>;

  static std::size_t places(std::size_t capacity, std::size_t item_bytes) {
    return capacity * (item_bytes / word_bytes);
  }
  static std::size_t queue_bytes(std::size_t capacity, std::size_t item_bytes) {
    return Queue::bytes(places(capacity, item_bytes));
  }

  class Producer {
   public:
    Producer(typename Queue::Producer&& end, std::size_t item_bytes) : end_(std::move(end)), buffer_(item_bytes) {}

    /// The buffer, until the next call.
    Item write(std::uint64_t number) {
      const std::span<std::uint64_t> words = buffer_.words();
      for (std::size_t i = 0; i < words.size(); ++i) words[i] = word(number, i);
      return words;
    }

    bool try_push(Item item) { return end_.try_push_all(item.data(), item.size()); }
    Status push(Item item) { return end_.push_all(item.data(), item.size()); }

   private:
    typename Queue::Producer end_;
    Buffer buffer_;
  };

  class Consumer {
   public:
    Consumer(typename Queue::Consumer&& end, std::size_t item_bytes) : end_(std::move(end)), buffer_(item_bytes) {}

    bool try_pop(std::uint64_t& number) {
      const std::span<std::uint64_t> words = buffer_.words();
      if (!end_.try_pop_all(words.data(), words.size())) return false;
      number = words[0];
      return true;
    }

    Status pop(std::uint64_t& number) {
      const std::span<std::uint64_t> words = buffer_.words();
      const Status status = end_.pop_all(words.data(), words.size());
      number = words[0];
      return status;
    }

    /// Whether all words are those of one item. Reads every word, also after one that is wrong.
    bool is_whole() const {
      const std::span<std::uint64_t> words = buffer_.words();
      std::uint64_t differences = 0;
      for (std::size_t i = 1; i < words.size(); ++i) differences |= words[i] ^ word(words[0], i);
      return differences == 0;
    }

   private:
    typename Queue::Consumer end_;
    Buffer buffer_;
  };
};

}  // namespace spsc::lab
