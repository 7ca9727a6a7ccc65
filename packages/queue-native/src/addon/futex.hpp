// Sleeping and waking by futex on a word of a SharedArrayBuffer, for JavaScript whose peer is in C++: a native wake-up
// doesn't reach Atomics.wait. An event loop can't sleep there, so a thread of ours does, and calls it back.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "spsc/atomics.hpp"
#include "spsc/clock.hpp"

namespace spsc::node {

using FutexWord = std::atomic<std::uint32_t>;

/// Longest sleep at a stretch: what ends a wait but the word itself (a worker that is terminated, an abort in the moment
/// before the sleep) is seen after that.
inline constexpr std::int64_t slice_ns = 50'000'000;

/// Sleeps while `word` is `seen`, until `deadline` and until `is_over()`, which is asked at least every 50 ms.
template <class IsOver>
void sleep_while(FutexWord& word, std::uint32_t seen, Deadline deadline, IsOver is_over) {
  while (word.load(std::memory_order_acquire) == seen && !is_over() && now() < deadline) {
    StdAtomics::park(word, seen, std::min(deadline, after(slice_ns)), false);
  }
}

inline void wake(FutexWord& word) { StdAtomics::unpark(word, false); }

/// Threads that sleep for one event loop. One per wait that is pending at a time, kept for the next.
class Sleepers {
 public:
  using Id = std::uint64_t;
  /// Called in a sleeper's thread when its wait is over.
  using Done = std::function<void(Id)>;

  explicit Sleepers(Done done) : done_(std::move(done)) {}
  Sleepers(const Sleepers&) = delete;
  ~Sleepers() { stop(); }

  void start(Id id, FutexWord& word, std::uint32_t seen, Deadline deadline) {
    std::lock_guard lock(mutex_);
    for (const auto& sleeper : sleepers_) {
      if (sleeper->assign(id, word, seen, deadline)) return;
    }
    sleepers_.push_back(std::make_unique<Sleeper>(done_));
    sleepers_.back()->assign(id, word, seen, deadline);
  }

  /// Ends the wait `id` early, if it is still pending.
  void cancel(Id id) {
    std::lock_guard lock(mutex_);
    for (const auto& sleeper : sleepers_) sleeper->cancel(id);
  }

  /// All threads are gone when this returns.
  void stop() {
    std::lock_guard lock(mutex_);
    sleepers_.clear();
  }

 private:
  class Sleeper {
   public:
    explicit Sleeper(const Done& done) : done_(done), thread_([this] { live(); }) {}

    ~Sleeper() {
      {
        std::lock_guard lock(mutex_);
        stopping_ = true;
        over_ = true;
        if (word_ != nullptr) wake(*word_);
      }
      changed_.notify_one();
      thread_.join();
    }

    bool assign(Id id, FutexWord& word, std::uint32_t seen, Deadline deadline) {
      {
        std::lock_guard lock(mutex_);
        if (word_ != nullptr) return false;
        id_ = id;
        word_ = &word;
        seen_ = seen;
        deadline_ = deadline;
        over_ = false;
      }
      changed_.notify_one();
      return true;
    }

    void cancel(Id id) {
      std::lock_guard lock(mutex_);
      if (word_ == nullptr || id_ != id) return;
      over_ = true;
      wake(*word_);
    }

   private:
    void live() {
      std::unique_lock lock(mutex_);
      while (true) {
        changed_.wait(lock, [this] { return stopping_ || word_ != nullptr; });
        if (stopping_) return;
        lock.unlock();
        sleep_while(*word_, seen_, deadline_, [this] { return over_.load(std::memory_order_relaxed); });
        lock.lock();
        word_ = nullptr;
        if (!stopping_) done_(id_);
      }
    }

    const Done& done_;
    std::mutex mutex_;
    std::condition_variable changed_;
    Id id_ = 0;
    FutexWord* word_ = nullptr;  ///< of the wait that is pending
    std::uint32_t seen_ = 0;
    Deadline deadline_ = never;
    std::atomic<bool> over_ = false;
    bool stopping_ = false;
    std::thread thread_;
  };

  const Done done_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Sleeper>> sleepers_;
};

}  // namespace spsc::node
