// The rings' own code in every interleaving of small cases, with store buffers: see explorer.hpp. Prints how many states
// there are. Faults that are put into the machine have to be found.
#include <cstring>
#include <optional>

#include "check.hpp"
#include "explorer.hpp"
#include "spsc/spsc.hpp"

using spsc::Status;

struct Case {
  std::size_t capacity;
  std::uint64_t items;
  bool closes;                   ///< the producer closes at the end, and the consumer pops to the end of the stream
  std::uint64_t consumer_takes;  ///< the consumer closes after so many
};

constexpr std::uint64_t all = ~std::uint64_t{0};
constexpr std::size_t most_states = 4'000'000;

template <class Ring>
Explorer::Outcome explore(const Case& which) {
  alignas(spsc::apart) static char memory[4096];
  static std::optional<typename Ring::Producer> producer;
  static std::optional<typename Ring::Consumer> consumer;
  static std::uint64_t pushed, popped, disorder;
  static bool ended;
  const auto prepare = [&] {
    // Outside of fibers, as the ends close themselves when they go.
    producer.reset();
    consumer.reset();
    CHECK(Ring::bytes(which.capacity) <= sizeof memory);
    std::memset(memory, 0, Ring::bytes(which.capacity));
    Ring ring = Ring::init(memory, which.capacity);
    CHECK(ring);
    producer.emplace(*ring.producer());
    consumer.emplace(*ring.consumer());
    pushed = popped = disorder = 0;
    ended = false;
    return std::pair<const void*, std::size_t>(memory, Ring::bytes(which.capacity) / 8 * 8);
  };
  const auto produce = [&] {
    while (pushed < which.items) {
      if (producer->push(static_cast<typename Ring::Item>(pushed + 1)) != Status::ok) return;
      ++pushed;
    }
    if (which.closes) producer->close();
  };
  const auto consume = [&] {
    const std::uint64_t wanted = which.closes ? all : which.items;
    while (popped < wanted && popped < which.consumer_takes) {
      typename Ring::Item item;
      if (consumer->pop(item) != Status::ok) {
        ended = true;
        break;
      }
      if (static_cast<std::uint64_t>(item) != ++popped) ++disorder;
    }
    if (which.consumer_takes != all) consumer->close();
  };
  const auto verify = [&]() -> std::string {
    if (disorder > 0) return "items out of order";
    if (which.consumer_takes == all && popped != which.items) return "items lost";
    if (which.consumer_takes == all && which.closes && !ended) return "no end";
    if (which.consumer_takes != all && popped > which.consumer_takes) return "too many";
    return "";
  };
  return Explorer::self().explore(prepare, produce, consume, verify, most_states);
}

constexpr Case cases[] = {
    {1, 2, false, all}, {1, 3, false, all}, {2, 3, false, all}, {1, 2, true, all},
    {2, 3, true, all},  {1, 3, false, 1},   {1, 2, true, 1},
};

static std::size_t total = 0;
static std::size_t number_of_cases = std::size(cases);

template <class Ring>
void holds(const char* name) {
  TEST(name) {
    std::size_t states = 0;
    for (std::size_t i = 0; i < number_of_cases; ++i) {
      const Case& which = cases[i];
      const auto outcome = explore<Ring>(which);
      if (!outcome.wrong.empty() || !outcome.complete) {
        std::printf("not ok - %s: capacity %zu, %llu items, closes %d: %s, %zu states\n", name, which.capacity,
                    static_cast<unsigned long long>(which.items), which.closes, outcome.wrong.c_str(), outcome.states);
        std::fflush(stdout);
        std::_Exit(1);
      }
      states += outcome.states;
    }
    total += states;
    std::printf("# %s: %zu cases, %zu states, complete\n", name, number_of_cases, states);
  }
}

template <class Ring>
void is_found(const char* fault) {
  TEST(fault) {
    bool found = false;
    for (const Case& which : cases) found = found || !explore<Ring>(which).wrong.empty();
    CHECK(found);
  }
}

/// Faults of the machine: what the rings' arguments hang on.
struct NoBarrier : Explored {
  static bool heavy_fence() { return true; }
};
struct NoFence : ExploredFenced {
  static void full_fence() {}
};
struct NoWakeUp : Explored {
  static void unpark(atomic<std::uint32_t>&, bool) {}
};
struct UncheckedSleep : Explored {
  static void park(atomic<std::uint32_t>& word, std::uint32_t expected, spsc::Deadline, bool) {
    Explorer::self().park(word.place(), expected, false);
  }
};

/// `./explore [SHARE]`: with a share above 1 only the smallest cases.
int main(int count, char** arguments) {
  using namespace spsc;
  if (count > 1 && std::atoi(arguments[1]) > 1) number_of_cases = 1;
  holds<LineRing<Block, Explored>>("LineRing in every order");
  holds<LineRing<Block, ExploredFenced>>("LineRing without membarrier in every order");
  holds<IndexRing<std::uint64_t, Block, Explored>>("IndexRing in every order");
  holds<IndexRing<std::uint64_t, Block, ExploredFenced>>("IndexRing without membarrier in every order");
  holds<SabRing<std::int32_t, Explored>>("SabRing in every order");
  is_found<LineRing<Block, NoBarrier>>("LineRing: a sleeper without membarrier is found");
  is_found<IndexRing<std::uint64_t, Block, NoBarrier>>("IndexRing: a sleeper without membarrier is found");
  is_found<LineRing<Block, NoFence>>("LineRing: ends without fences are found");
  is_found<IndexRing<std::uint64_t, Block, NoFence>>("IndexRing: ends without fences are found");
  is_found<LineRing<Block, NoWakeUp>>("LineRing: a wake-up that is not made is found");
  is_found<SabRing<std::int32_t, NoWakeUp>>("SabRing: a wake-up that is not made is found");
  is_found<SabRing<std::int32_t, UncheckedSleep>>("SabRing: a sleep that does not compare is found");
  std::printf("# %zu states in all\n", total);
}
