// The three things that are measured, written once for all queues. Each end is a local variable of the thread that works
// with it, so that its counters may live in registers, whoseever queue it is.
#pragma once

#include <algorithm>

#include "peers/item.hpp"
#include "sample.hpp"

template <class Peer>
[[gnu::always_inline]] inline void rest_after_failure() {
  if constexpr (Peer::pauses) spsc::StdAtomics::pause();
}

/// What came out, compared with what went in: 1, 2, 3 … in this order.
class Verifier {
 public:
  [[gnu::always_inline]] void take(std::uint64_t number) {
    wrong_ |= number ^ ++expected_;
    sum_ += number;
  }

  /// Inlined too, for the same reason that ends are local variables.
  [[gnu::always_inline]] void require_all(std::uint64_t count, const char* queue) const {
    const std::uint64_t sum = count % 2 == 0 ? count / 2 * (count + 1) : (count + 1) / 2 * count;
    require(wrong_ == 0 && expected_ == count && sum_ == sum,
            std::string(queue) + " lost, repeated or reordered an item");
  }

 private:
  std::uint64_t expected_ = 0;
  std::uint64_t wrong_ = 0;
  std::uint64_t sum_ = 0;
};

///   [ producer, first CPU ] -- 1, 2, 3 … --> ( queue ) --> [ consumer, last CPU: each in its place, checksum ]
template <class Peer>
Sample single_items(Cpus cpus, std::size_t capacity, std::uint64_t items) {
  Peer peer(capacity);
  const std::uint64_t warm_up = items / 10;
  Sample sample = time_both(
      cpus,
      [&](auto gate) {
        auto end = peer.producer();
        const auto push = [&](std::uint64_t from, std::uint64_t to) __attribute__((always_inline)) {
          for (std::uint64_t number = from; number <= to; ++number) {
            const typename Peer::Item item = number;
            while (!end.try_push(item)) rest_after_failure<Peer>();
          }
        };
        push(1, warm_up);
        gate();
        push(warm_up + 1, warm_up + items);
      },
      [&](auto gate) {
        auto end = peer.consumer();
        Verifier verifier;
        const auto pop = [&](std::uint64_t count) __attribute__((always_inline)) {
          for (std::uint64_t i = 0; i < count; ++i) {
            typename Peer::Item item;
            while (!end.try_pop(item)) rest_after_failure<Peer>();
            verifier.take(item);
          }
        };
        pop(warm_up);
        gate();
        pop(items);
        verifier.require_all(warm_up + items, Peer::name);
      });
  sample.value = static_cast<double>(items) / sample.value * 1e3;
  return sample;
}

///   [ producer, first CPU ] -- push, waiting for room --> ( queue ) --> [ consumer, last CPU: pop, waiting; order ]
/// As the laboratory's pipeline does it, without the laboratory.
template <class Peer>
Sample waiting_items(Cpus cpus, std::size_t capacity, std::uint64_t items) {
  Peer peer(capacity);
  const std::uint64_t warm_up = items / 10;
  Sample sample = time_both(
      cpus,
      [&](auto gate) {
        auto end = peer.producer();
        for (std::uint64_t number = 1; number <= warm_up; ++number) end.push(number);
        gate();
        for (std::uint64_t number = warm_up + 1; number <= warm_up + items; ++number) end.push(number);
      },
      [&](auto gate) {
        auto end = peer.consumer();
        std::uint64_t last = 0, wrong = 0;
        const auto pop = [&](std::uint64_t count) __attribute__((always_inline)) {
          for (std::uint64_t i = 0; i < count; ++i) {
            typename Peer::Item item;
            end.pop(item);
            wrong += item != last + 1;
            last = item;
          }
        };
        pop(warm_up);
        gate();
        pop(items);
        require(wrong == 0, std::string(Peer::name) + " lost, repeated or reordered an item");
      });
  sample.value = static_cast<double>(items) / sample.value * 1e3;
  return sample;
}

///   [ producer ] == 32 at a time ==> ( queue ) == up to 32 at a time ==> [ consumer ]
template <class Peer>
Sample batches(Cpus cpus, std::size_t capacity, std::uint64_t items) {
  constexpr std::size_t batch = 32;
  // 16 batches are made, then pushed: a copy of what was written just now waits until all stores before it are done, the
  // ring's too, and this wait would be measured in place of the queue (it halved the fastest).
  constexpr std::size_t prepared = 16 * batch;
  Peer peer(capacity);
  const std::uint64_t warm_up = items / 10;
  Sample sample = time_both(
      cpus,
      [&](auto gate) {
        auto end = peer.producer();
        const auto push = [&](std::uint64_t from, std::uint64_t to) __attribute__((always_inline)) {
          alignas(64) typename Peer::Item numbers[prepared];
          for (std::uint64_t next = from; next <= to;) {
            const std::size_t count = std::min<std::uint64_t>(to + 1 - next, prepared);
            for (std::size_t i = 0; i < count; ++i) numbers[i] = next + i;
            for (std::size_t done = 0; done < count;) {
              const std::size_t more = end.try_push_n(numbers + done, std::min(batch, count - done));
              if (more == 0) rest_after_failure<Peer>();
              done += more;
            }
            next += count;
          }
        };
        push(1, warm_up);
        gate();
        push(warm_up + 1, warm_up + items);
      },
      [&](auto gate) {
        auto end = peer.consumer();
        Verifier verifier;
        const auto pop = [&](std::uint64_t count) __attribute__((always_inline)) {
          alignas(64) typename Peer::Item numbers[batch];
          for (std::uint64_t done = 0; done < count;) {
            const std::size_t more = end.try_pop_n(numbers, count - done < batch ? count - done : batch);
            if (more == 0) rest_after_failure<Peer>();
            for (std::size_t i = 0; i < more; ++i) verifier.take(numbers[i]);
            done += more;
          }
        };
        pop(warm_up);
        gate();
        pop(items);
        verifier.require_all(warm_up + items, Peer::name);
      });
  sample.value = static_cast<double>(items) / sample.value * 1e3;
  return sample;
}

///   [ first CPU ] -- n --> ( queue ) --> [ last CPU ]
///                 <-- n -- ( queue ) <--                one item on its way at any time
template <class Peer>
Sample round_trips(Cpus cpus, std::size_t capacity, std::uint64_t items) {
  Peer there(capacity);
  Peer back(capacity);
  const std::uint64_t warm_up = items / 10;
  Sample sample = time_both(
      cpus,
      [&](auto gate) {
        auto send = there.producer();
        auto receive = back.consumer();
        Verifier verifier;
        const auto trip = [&](std::uint64_t from, std::uint64_t to) __attribute__((always_inline)) {
          for (std::uint64_t number = from; number <= to; ++number) {
            const typename Peer::Item item = number;
            while (!send.try_push(item)) {
            }
            typename Peer::Item answer;
            while (!receive.try_pop(answer)) {
            }
            verifier.take(answer);
          }
        };
        trip(1, warm_up);
        gate();
        trip(warm_up + 1, warm_up + items);
        verifier.require_all(warm_up + items, Peer::name);
      },
      [&](auto gate) {
        auto receive = there.consumer();
        auto send = back.producer();
        const auto echo = [&](std::uint64_t count) __attribute__((always_inline)) {
          for (std::uint64_t i = 0; i < count; ++i) {
            typename Peer::Item item;
            while (!receive.try_pop(item)) {
            }
            while (!send.try_push(item)) {
            }
          }
        };
        echo(warm_up);
        gate();
        echo(items);
      });
  sample.value /= static_cast<double>(items);
  return sample;
}
