// For libFuzzer: memory of a ring in which anything may stand, as another thread or process could have left it. An error, or
// a ring whose ends stay within the memory; AddressSanitizer sees where they don't. `npm run prove -- libfuzzer` runs it.
//
// An input: which ring, its capacity, how much of the memory is said to be there, whether the checksum is made right again,
// then changes of the memory, 2 bytes of place and 8 of what is written there, and after them calls of the ends.
#include <cstring>
#include <vector>

#include "check.hpp"
#include "spsc/spsc.hpp"

namespace {

using spsc::Status;

/// Reads an input from its begin; zeros behind its end.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}
  std::size_t left() const { return left_; }

  template <class T>
  T next() {
    T value{};
    const std::size_t there = std::min(left_, sizeof value);
    if (there > 0) std::memcpy(&value, data_, there);
    data_ += there;
    left_ -= there;
    return value;
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

template <class Queue>
constexpr bool has_batches = requires(typename Queue::Producer end, typename Queue::Item* items) {
  end.try_push_n(items, std::size_t{1});
};

template <class Queue>
constexpr bool has_spans = requires(typename Queue::Producer end) { end.reserve(std::size_t{1}); };

/// One call of one end, each of which must come back.
template <class Queue, class Producer, class Consumer>
void call(Producer& producer, Consumer& consumer, Input& input) {
  using Item = typename Queue::Item;
  const auto which = input.next<std::uint8_t>();
  const std::size_t count = input.next<std::uint8_t>();
  std::vector<Item> batch(count + 1);
  switch (which % 12) {
    case 0: (void)producer.try_push(Item{}); break;
    case 1: (void)producer.push(Item{}, spsc::now()); break;
    case 2: (void)consumer.try_pop(batch[0]); break;
    case 3: (void)consumer.pop(batch[0], spsc::now()); break;
    case 4: CHECK(producer.size() <= producer.capacity()); break;
    case 5: CHECK(consumer.size() <= consumer.capacity()); break;
    case 6: (void)consumer.ended(); break;
    case 7: producer.close(); break;
    case 8:
      if constexpr (has_spans<Queue>) {
        auto span = producer.reserve(count);
        CHECK(span.size() <= count);
        for (auto& slot : span) slot = Item{};
        producer.commit(count);
      }
      break;
    case 9:
      if constexpr (has_spans<Queue>) {
        const auto span = consumer.peek(count);
        CHECK(span.size() <= count);
        for (const auto& slot : span) std::memcpy(&batch[0], &slot, sizeof slot);
        consumer.release(count);
      }
      break;
    case 10:
      if constexpr (has_batches<Queue>) {
        CHECK(producer.try_push_n(batch.data(), count) <= count);
        (void)producer.try_push_all(batch.data(), count);
      }
      break;
    case 11:
      if constexpr (has_batches<Queue>) {
        CHECK(consumer.try_pop_n(batch.data(), count) <= count);
        (void)consumer.try_pop_all(batch.data(), count);
      }
      break;
  }
}

template <class Queue>
void attach_to_anything(Input& input) {
  const std::size_t capacity = 1 + input.next<std::uint8_t>() % 40;
  const std::size_t bytes = Queue::bytes(capacity);
  const auto flags = input.next<std::uint8_t>();
  // As long as it is said to be, so that one byte too far is seen.
  const std::size_t available = flags % 4 == 1 ? input.next<std::uint16_t>() % (2 * bytes) : bytes;
  auto* memory = static_cast<char*>(::operator new(available, std::align_val_t{spsc::apart}));
  {
    spsc::Memory whole(bytes);
    Queue::init(whole.get(), capacity);
    std::memset(memory, 0, available);
    std::memcpy(memory, whole.get(), std::min(available, bytes));
  }
  for (auto changes = input.next<std::uint8_t>() % 8; changes > 0 && available >= 8; --changes) {
    // Mostly the header and the words, which come first.
    const std::size_t at = input.next<std::uint16_t>() % (available - 7);
    const auto value = input.next<std::uint64_t>();
    std::memcpy(memory + at, &value, flags & 8 ? 1 : sizeof value);
  }
  if (flags & 16 && available >= sizeof(spsc::Identity)) {
    spsc::Identity identity;
    std::memcpy(&identity, memory, sizeof identity);
    identity.checksum = identity.sum();
    std::memcpy(memory, &identity, sizeof identity);
  }
  {
    Queue queue = Queue::attach(memory, available);
    CHECK(static_cast<bool>(queue) == (queue.error() == spsc::Error::none));
    if (queue) {
      CHECK(Queue::bytes(queue.capacity()) <= available);
      auto producer = queue.producer();
      auto consumer = queue.consumer();
      while (producer && consumer && input.left() > 0) call<Queue>(*producer, *consumer, input);
    }
  }
  ::operator delete(memory, std::align_val_t{spsc::apart});
}

struct Wide {
  std::uint64_t words[5];
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  switch (input.next<std::uint8_t>() % 6) {
    case 0: attach_to_anything<spsc::LineRing<>>(input); break;
    case 1: attach_to_anything<spsc::LineRing<spsc::Block>>(input); break;
    case 2: attach_to_anything<spsc::IndexRing<std::uint64_t>>(input); break;
    case 3: attach_to_anything<spsc::IndexRing<Wide, spsc::Block>>(input); break;
    case 4: attach_to_anything<spsc::SabRing<double>>(input); break;
    case 5: attach_to_anything<spsc::SabRing<std::int32_t>>(input); break;
  }
  return 0;
}
