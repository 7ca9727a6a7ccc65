// A machine for the rings that decides itself what each thread sees next: a policy in the place of spsc::StdAtomics. Two
// fibers take turns at every atomic operation, in every order there is; a store passes a buffer of its thread's, as on
// x86, and reaches memory at any later moment. Two runs that have come to the same memory, with each fiber having seen
// the same, are one from there on. Nothing times out: a wake-up that is lost is a fiber that never ends.
//
// Spinning is cut short: looks that a pause lies between see what the first of them saw. Whatever changes in between,
// changes before the first or after the last in another order that is explored too.
//
// What the rings read and write without atomics, their items, happens at once. Weaker orders than those of x86 are
// ThreadSanitizer's to judge (relaxed.cpp).
#pragma once

#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <ucontext.h>
#include <unordered_set>
#include <utility>
#include <vector>

#include "spsc/clock.hpp"

class Explorer {
 public:
  static Explorer& self() {
    static Explorer explorer;
    return explorer;
  }

  /// A step of the fiber that runs: others may come first. Outside of fibers: nothing.
  void yield() {
    if (current_ == nullptr) return;
    if (pauses_looked() && current_->pauses < spin_looks) return;
    current_->pauses = 0;
    switch_away();
  }

  template <class T>
  T load(const T* place) {
    if (current_ == nullptr) return *place;
    yield();
    const T value = visible(place);
    saw(static_cast<std::uint64_t>(value));
    return value;
  }

  template <class T>
  void store(T* place, T value) {
    if (current_ == nullptr) {
      *place = value;
      return;
    }
    stop_spinning();
    yield();
    Buffered buffered{place, sizeof(T), 0};
    std::memcpy(&buffered.value, &value, sizeof(T));
    current_->stores.push_back(buffered);
  }

  /// `change(old)` is stored; gives what was there.
  template <class T, class Change>
  T modify(T* place, Change change) {
    if (current_ != nullptr) {
      stop_spinning();
      yield();
      drain(*current_);
    }
    const T old = *place;
    *place = change(old);
    if (current_ != nullptr) saw(static_cast<std::uint64_t>(old));
    return old;
  }

  void full_fence() {
    if (current_ == nullptr) return;
    yield();
    drain(*current_);
  }

  void heavy_fence() {
    if (current_ == nullptr) return;
    yield();
    for (Fiber& fiber : fibers_) drain(fiber);
  }

  void pause() {
    if (current_ != nullptr) ++current_->pauses;
  }

  /// `compares`: as a kernel does it, which looks at the word and parks in one step.
  void park(const std::uint32_t* word, std::uint32_t expected, bool compares = true) {
    stop_spinning();
    yield();
    drain(*current_);
    if (compares && *word != expected) return;
    current_->parked_on = word;
    switch_away();
  }

  void unpark(const std::uint32_t* word) {
    stop_spinning();
    yield();
    if (current_ != nullptr) drain(*current_);
    for (Fiber& fiber : fibers_) {
      if (fiber.parked_on == word) fiber.parked_on = nullptr;
    }
  }

  struct Outcome {
    std::size_t states = 0;
    std::size_t runs = 0;
    std::string wrong;
    bool complete = true;
  };

  /// Runs both fibers in every order. `prepare` makes everything anew and gives the bytes that are its memory; `verify`
  /// says what is wrong at the end of a run, if anything is.
  Outcome explore(std::function<std::pair<const void*, std::size_t>()> prepare, std::function<void()> first,
                  std::function<void()> second, std::function<std::string()> verify, std::size_t most_states) {
    Outcome outcome;
    std::unordered_set<std::uint64_t> seen;
    std::vector<std::string> schedules{""};
    while (!schedules.empty()) {
      std::string schedule = std::move(schedules.back());
      schedules.pop_back();
      ++outcome.runs;
      const auto [memory, bytes] = prepare();
      start({first, second});
      for (const char choice : schedule) take(choice);
      // On and on by the first choice; the others begin anew later.
      while (seen.insert(state(memory, bytes)).second) {
        ++outcome.states;
        if (outcome.states >= most_states) {
          outcome.complete = false;
          return outcome;
        }
        const std::string choices = ready();
        if (choices.empty()) {
          outcome.wrong = fibers_[0].done && fibers_[1].done ? verify() : "asleep for ever";
          if (outcome.wrong.empty()) break;
          outcome.wrong += " after " + schedule;
          return outcome;
        }
        for (std::size_t i = 1; i < choices.size(); ++i) schedules.push_back(schedule + choices[i]);
        schedule += choices[0];
        take(choices[0]);
      }
    }
    return outcome;
  }

 private:
  struct Buffered {
    void* place;
    std::size_t bytes;
    std::uint64_t value;
  };

  struct Fiber {
    ucontext_t context;
    /// Where it goes on: swapcontext would call the kernel at each step.
    jmp_buf point;
    bool started = false;
    std::function<void()> body;
    std::vector<char> stack = std::vector<char>(1 << 16);
    std::deque<Buffered> stores;
    const std::uint32_t* parked_on = nullptr;
    int pauses = 0;
    std::uint64_t history = 0;
    bool done = false;
  };

  /// As many as wait.hpp has before it sleeps.
  static constexpr int spin_looks = 64;

  bool pauses_looked() const { return current_->pauses > 0; }
  void stop_spinning() {
    if (current_ != nullptr) current_->pauses = 0;
  }

  void saw(std::uint64_t value) {
    current_->history = (current_->history ^ (value + 0x9e37'79b9'7f4a'7c15)) * 0xbf58'476d'1ce4'e5b9;
    current_->history ^= current_->history >> 29;
  }

  template <class T>
  T visible(const T* place) const {
    for (auto store = current_->stores.rbegin(); store != current_->stores.rend(); ++store) {
      if (store->place != place) continue;
      T value;
      std::memcpy(&value, &store->value, sizeof(T));
      return value;
    }
    return *place;
  }

  static void drain_one(Fiber& fiber) {
    const Buffered store = fiber.stores.front();
    fiber.stores.pop_front();
    std::memcpy(store.place, &store.value, store.bytes);
  }

  static void drain(Fiber& fiber) {
    while (!fiber.stores.empty()) drain_one(fiber);
  }

  static void run_current() {
    Explorer& explorer = self();
    explorer.current_->body();
    explorer.current_->done = true;
    explorer.switch_away();
  }

  void switch_away() {
    Fiber* const fiber = current_;
    current_ = nullptr;
    // A step is one that is seen: also where it read what it had read before.
    fiber->history = fiber->history * 31 + 1;
    if (_setjmp(fiber->point) == 0) _longjmp(main_, 1);
  }

  void start(std::vector<std::function<void()>> bodies) {
    for (std::size_t i = 0; i < 2; ++i) {
      Fiber& fiber = fibers_[i];
      fiber.body = bodies[i];
      fiber.stores.clear();
      fiber.parked_on = nullptr;
      fiber.pauses = 0;
      fiber.history = i;
      fiber.done = false;
      fiber.started = false;
      getcontext(&fiber.context);
      fiber.context.uc_stack.ss_sp = fiber.stack.data();
      fiber.context.uc_stack.ss_size = fiber.stack.size();
      fiber.context.uc_link = nullptr;
      makecontext(&fiber.context, run_current, 0);
    }
  }

  /// `0` and `1`: a step of that fiber; `a` and `b`: the oldest store in its buffer reaches memory.
  std::string ready() const {
    std::string choices;
    for (std::size_t i = 0; i < 2; ++i) {
      if (!fibers_[i].done && fibers_[i].parked_on == nullptr) choices += static_cast<char>('0' + i);
      if (!fibers_[i].stores.empty()) choices += static_cast<char>('a' + i);
    }
    return choices;
  }

  void take(char choice) {
    if (choice >= 'a') {
      drain_one(fibers_[static_cast<std::size_t>(choice - 'a')]);
      return;
    }
    current_ = &fibers_[static_cast<std::size_t>(choice - '0')];
    if (_setjmp(main_) == 0) {
      if (std::exchange(current_->started, true)) _longjmp(current_->point, 1);
      setcontext(&current_->context);
    }
    current_ = nullptr;
  }

  std::uint64_t state(const void* memory, std::size_t bytes) const {
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
    const auto mix = [&](std::uint64_t value) {
      hash = (hash ^ value) * 0x9e37'79b9'7f4a'7c15;
      hash ^= hash >> 32;
    };
    for (std::size_t at = 0; at + 8 <= bytes; at += 8) {
      std::uint64_t word;
      std::memcpy(&word, static_cast<const char*>(memory) + at, 8);
      mix(word);
    }
    for (const Fiber& fiber : fibers_) {
      mix(fiber.history);
      mix(fiber.done * 2u + (fiber.parked_on != nullptr));
      mix(fiber.stores.size());
      for (const Buffered& store : fiber.stores) {
        mix(reinterpret_cast<std::uintptr_t>(store.place) - reinterpret_cast<std::uintptr_t>(memory));
        mix(store.value);
      }
    }
    return hash;
  }

  Fiber fibers_[2];
  Fiber* current_ = nullptr;
  jmp_buf main_;
};

/// The machine as the rings see it.
struct Explored {
  template <class T>
  class atomic {
   public:
    T load(std::memory_order = std::memory_order_seq_cst) const {
      // Notes of how much ever went through: nothing depends on them.
      if constexpr (std::is_floating_point_v<T>) return value_;
      else return Explorer::self().load(&value_);
    }
    void store(T value, std::memory_order = std::memory_order_seq_cst) {
      if constexpr (std::is_floating_point_v<T>) value_ = value;
      else Explorer::self().store(&value_, value);
    }
    T exchange(T value, std::memory_order = std::memory_order_seq_cst) {
      return Explorer::self().modify(&value_, [&](T) { return value; });
    }
    T fetch_or(T bits, std::memory_order = std::memory_order_seq_cst) {
      return Explorer::self().modify(&value_, [&](T old) { return static_cast<T>(old | bits); });
    }
    T fetch_and(T bits, std::memory_order = std::memory_order_seq_cst) {
      return Explorer::self().modify(&value_, [&](T old) { return static_cast<T>(old & bits); });
    }
    bool compare_exchange_strong(T& expected, T value, std::memory_order, std::memory_order) {
      const T wanted = expected;
      expected = Explorer::self().modify(&value_, [&](T old) { return old == wanted ? value : old; });
      return expected == wanted;
    }
    const T* place() const { return &value_; }

   private:
    T value_;
  };

  static constexpr std::memory_order publish = std::memory_order_release;
  static void pause() { Explorer::self().pause(); }
  static void yield() { Explorer::self().pause(); }
  static void light_fence() {}
  static bool has_heavy_fence() { return true; }
  static bool heavy_fence() {
    Explorer::self().heavy_fence();
    return true;
  }
  static void full_fence() { Explorer::self().full_fence(); }
  static void park(atomic<std::uint32_t>& word, std::uint32_t expected, spsc::Deadline, bool) {
    Explorer::self().park(word.place(), expected);
  }
  static void unpark(atomic<std::uint32_t>& word, bool) { Explorer::self().unpark(word.place()); }
};

/// As on a kernel without membarrier.
struct ExploredFenced : Explored {
  static bool has_heavy_fence() { return false; }
};
