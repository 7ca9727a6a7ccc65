// Ends of streams and deadlines, as one thread sees them.
#include "made.hpp"

template <class Queue>
void producer_closes() {
  Made<Queue> made(4);
  typename Queue::Item item;
  CHECK(made.producer.try_push(1));
  CHECK(made.producer.try_push(2));
  CHECK(!made.consumer.closed() && !made.consumer.ended());
  made.producer.close();
  CHECK(made.producer.closed() && made.consumer.closed());
  CHECK(!made.producer.try_push(3));
  CHECK(made.producer.push(3) == Status::closed);
  CHECK(made.producer.size() == 2 && made.consumer.size() == 2);
  CHECK(!made.consumer.ended());
  CHECK(made.consumer.pop(item) == Status::ok && item == 1);
  CHECK(made.consumer.try_pop(item) && item == 2);
  CHECK(made.consumer.ended());
  CHECK(!made.consumer.try_pop(item));
  CHECK(made.consumer.pop(item) == Status::closed);
  made.producer.close();
}

template <class Queue>
void consumer_closes() {
  Made<Queue> made(2);
  typename Queue::Item item;
  CHECK(made.producer.try_push(1));
  made.consumer.close();
  CHECK(made.producer.closed());
  made.producer.try_push(2);
  CHECK(!made.producer.try_push(3));
  CHECK(made.producer.push(3) == Status::closed);
  // JavaScript's law: a closed consumer pops nothing more.
  constexpr bool is_shared = std::is_same_v<Queue, spsc::SabRing<double>>;
  CHECK(made.consumer.try_pop(item) == !is_shared);
}

/// An end that goes out of scope is closed, one that was moved from is not.
template <class Queue>
void end_of_scope() {
  spsc::Memory memory(Queue::bytes(4));
  Queue queue = Queue::init(memory.get(), 4);
  typename Queue::Consumer consumer = *queue.consumer();
  {
    auto taken = queue.producer();
    typename Queue::Producer producer = std::move(*taken);
    taken.reset();
    CHECK(!consumer.closed());
    CHECK(producer.try_push(5));
  }
  CHECK(consumer.closed() && !consumer.ended());
  typename Queue::Item item;
  CHECK(consumer.pop(item) == Status::ok && item == 5);
  CHECK(consumer.pop(item) == Status::closed);
}

template <class Queue>
void deadlines() {
  Made<Queue> made(2);
  typename Queue::Item item;
  for (const std::int64_t wait : {std::int64_t{-1'000'000}, std::int64_t{0}, std::int64_t{20'000'000}}) {
    const spsc::Deadline deadline = spsc::after(wait);
    CHECK(made.consumer.pop(item, deadline) == Status::timeout);
    CHECK(spsc::now() >= deadline);
  }
  CHECK(made.producer.push(1, 0) == Status::ok);
  CHECK(made.producer.push(2, spsc::after(1)) == Status::ok);
  const spsc::Deadline deadline = spsc::after(20'000'000);
  CHECK(made.producer.push(3, deadline) == Status::timeout);
  CHECK(spsc::now() >= deadline);
  CHECK(made.consumer.pop(item, 0) == Status::ok && item == 1);
}

int main() {
  for_each_queue([]<class Queue>(const char* name) {
    TEST(name) {
      producer_closes<Queue>();
      consumer_closes<Queue>();
      end_of_scope<Queue>();
      deadlines<Queue>();
    }
  });
  TEST("a deadline beyond the clock is never") {
    CHECK(spsc::after(spsc::never) == spsc::never);
    CHECK(spsc::after(1'000'000'000) > spsc::now());
  }
}
