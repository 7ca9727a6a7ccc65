// Wrong on purpose: items are published with a relaxed store. ThreadSanitizer must say so, for each kind of ring; were it
// silent here, its silence about the real ones would mean nothing. `./relaxed line` or `./relaxed index`.
#include <cstring>
#include <thread>

#include "made.hpp"

struct RelaxedPublish : spsc::StdAtomics {
  static constexpr std::memory_order publish = std::memory_order_relaxed;
};

/// Each item is the place where its sender wrote something just before.
template <class Ring>
void pass_items() {
  constexpr std::uint64_t items = 10'000;
  static std::uint64_t written[items];
  Made<Ring> made(64);
  std::thread pusher([&] {
    for (std::uint64_t i = 0; i < items; ++i) {
      written[i] = i;
      made.producer.push(i);
    }
  });
  std::uint64_t item = 0;
  for (std::uint64_t i = 0; i < items; ++i) {
    CHECK(made.consumer.pop(item) == Status::ok);
    CHECK(written[item] == i);
  }
  pusher.join();
}

int main(int count, char** arguments) {
  const auto chosen = [&](const char* name) { return count > 1 && std::strcmp(arguments[1], name) == 0; };
  if (chosen("line")) pass_items<spsc::LineRing<spsc::Yield, RelaxedPublish>>();
  if (chosen("index")) pass_items<spsc::IndexRing<std::uint64_t, spsc::Yield, RelaxedPublish>>();
}
