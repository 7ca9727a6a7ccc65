// The laboratory's pipeline in two threads of its own, with no JavaScript in the loop. It does what
// packages/core/src/producer-loop.ts and consumer-loop.ts do, step by step, so that figures mean the same.
//
//   [ producer thread ] -- numbered items, then `end_of_phase` --> ( queue ) --> [ consumer thread ]
//            \_________________ stamps into the rows of one trace _________________/
//
// An item is written before it is stamped as sent, and read after it is stamped as popped: what lies between is the
// queue's.
// Between phases both threads are parked on a condition variable.
#pragma once

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <thread>
#include <vector>

#include "accounts.hpp"
#include "affinity.hpp"
#include "certificate.hpp"
#include "faults.hpp"
#include "kernel_thread.hpp"
#include "random.hpp"
#include "spsc/clock.hpp"
#include "spsc/error.hpp"
#include "spsc/memory.hpp"
#include "trace.hpp"

namespace spsc::lab {

enum class Pacing { sleep, deadline, spin };

struct Settings {
  std::size_t capacity;    ///< in items
  std::size_t item_bytes;  ///< a multiple of 8
  std::size_t work_bytes;
  Pacing pacing;
  bool poisson;
  std::uint32_t burst;  ///< items due at the same moment
  bool drop_when_full;
  std::uint32_t seed;
  double memory_bytes;  ///< that the queue may take
  int producer_cpu;     ///< -1: not pinned
  int consumer_cpu;
  std::int64_t timer_slack_ns;  ///< 0: what a thread is born with
  std::vector<Fault> faults;
};

struct Phase {
  double duration_ns;
  double interval_ns;  ///< 0: as fast as the queue takes them
  double settle_ns;
  bool stamped;
};

struct Counts {
  std::uint64_t offered = 0, delivered = 0, dropped = 0, out_of_order = 0, scheduled = 0;
  std::int64_t start_ns = 0, offers_end_ns = 0, end_ns = 0;
  std::int64_t blocked_ns = 0, late_ns = 0;                              ///< of a paced phase
  std::int64_t producer_run_delay_ns = -1, consumer_run_delay_ns = -1;  ///< -1: unknown
};

/// What JavaScript holds: a pipeline whatever its queue.
class Pipeline {
 public:
  virtual ~Pipeline() = default;
  /// Opens the gate for one phase, once both threads are parked; `finished` tells when they are again.
  virtual void begin(const Phase& phase) = 0;
  /// Has the parked threads read what a certificate is made of; `finished` tells when they are parked again.
  virtual void certify(const CertificatePlan& plan) = 0;
  /// What they read last.
  virtual const Certification& certification() const = 0;
  /// Ends both threads, whatever they are doing, and returns when they are gone. Idempotent.
  virtual void stop() = 0;
  virtual pid_t producer_tid() const = 0;
  virtual pid_t consumer_tid() const = 0;
  /// As each thread read it; -1: unknown.
  virtual std::int64_t producer_slack_ns() const = 0;
  virtual std::int64_t consumer_slack_ns() const = 0;
  /// Whether both threads run where they were asked to.
  virtual bool is_placed() const = 0;
};

/// Called from one of the threads at the end of a phase; `stopped`: the counts are of a phase cut short.
using Finished = std::function<void(const Counts& counts, bool stopped)>;

/// The queue's memory can't be had, as against other memory.
struct NoMemoryForQueue : std::bad_alloc {};

/// `Items` says what travels, and through which queue: see items.hpp. The way of waiting is part of its type.
template <class Items>
class ThreadedPipeline final : public Pipeline {
  static constexpr std::uint64_t end_of_phase = std::numeric_limits<std::uint64_t>::max();
  static constexpr std::int64_t look_ns = 20'000;
  static constexpr std::uint64_t max_burst = 1024;
  /// Longest sleep at a stretch, so that `stop` need not wait for a long interval.
  static constexpr std::int64_t max_sleep_ns = 100'000'000;
  // Values of the trace's column.
  static constexpr std::int8_t not_waited = 0, waited_asleep = 2, waited_awake = 3;
  /// An interval so short that the next item is always due: the paced path without its waits.
  static constexpr double overdue_ns = 10;

 public:
  ThreadedPipeline(const Settings& settings, const Trace& trace, Finished finished)
      : ThreadedPipeline(settings, trace, std::move(finished), Unthreaded()) {
    // Where no second thread is to be had, the destructor ends the first.
    threads_[0] = std::thread([this] { live(0, settings_.producer_cpu, [this] { produce(); }); });
    threads_[1] = std::thread([this] { live(1, settings_.consumer_cpu, [this] { consume_phase(); }); });
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return parked_ == 2; });
  }

  ~ThreadedPipeline() override { stop(); }

  void begin(const Phase& phase) override {
    std::lock_guard lock(mutex_);
    phase_ = phase;
    counts_ = {};
    certifies_ = false;
    open_gate();
  }

  void certify(const CertificatePlan& plan) override {
    // Made here: a thread that runs out of memory could not say so.
    certification_ = std::make_unique<Certification>(plan);
    Settings bare = settings_;
    bare.item_bytes = sizeof(std::uint64_t);
    bare.work_bytes = 0;
    bare.pacing = Pacing::spin;
    bare.poisson = false;
    bare.burst = 1;
    bare.faults = {};
    bare_.reset(new Bare(bare, certification_->rows.trace(), Finished(), typename Bare::Unthreaded()));
    std::lock_guard lock(mutex_);
    steps_ = 0;
    certifies_ = true;
    open_gate();
  }

  const Certification& certification() const override { return *certification_; }

  void stop() override {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

  pid_t producer_tid() const override { return tids_[0]; }
  pid_t consumer_tid() const override { return tids_[1]; }
  std::int64_t producer_slack_ns() const override { return slacks_[0]; }
  std::int64_t consumer_slack_ns() const override { return slacks_[1]; }
  bool is_placed() const override { return placed_[0] && placed_[1]; }

 private:
  /// The same loops over a queue that does nothing, in whatever thread calls them.
  using Bare = ThreadedPipeline<Nothing>;
  template <class>
  friend class ThreadedPipeline;
  struct Unthreaded {};

  ThreadedPipeline(const Settings& settings, const Trace& trace, Finished finished, Unthreaded)
      : settings_(settings),
        trace_(trace),
        finished_(std::move(finished)),
        memory_(Items::queue_bytes(settings.capacity, settings.item_bytes)),
        work_(settings.work_bytes),
        pacer_fault_(settings.faults, FaultPlace::pacer),
        producer_fault_(settings.faults, FaultPlace::producer),
        queue_fault_(settings.faults, FaultPlace::queue),
        service_fault_(settings.faults, FaultPlace::service) {
    if (!memory_) throw NoMemoryForQueue();
    auto queue = Items::Queue::init(memory_.get(), Items::places(settings.capacity, settings.item_bytes));
    producer_.emplace(std::move(*queue.producer()), settings.item_bytes);
    consumer_.emplace(std::move(*queue.consumer()), settings.item_bytes);
  }

  /// With `mutex_` held.
  void open_gate() {
    parked_ = 0;
    ++turn_;
    changed_.notify_all();
  }
  /// A producer whose pushes take the time that they wait for room. Not for the bare loop of `offer_flat_out`.
  struct Timed {
    typename Items::Producer& end;
    std::int64_t blocked_ns = 0;

    typename Items::Item write(std::uint64_t number) { return end.write(number); }
    bool try_push(typename Items::Item item) { return end.try_push(item); }
    Status push(typename Items::Item item) {
      if (end.try_push(item)) return Status::ok;
      const std::int64_t from_ns = now();
      const Status status = end.push(item);
      blocked_ns += now() - from_ns;
      return status;
    }
  };

  /// A thread's life: pin, park, a phase, park … until stopped.
  template <class Work>
  void live(int index, int cpu, Work work) {
    tids_[index] = static_cast<pid_t>(syscall(SYS_gettid));
    placed_[index] = cpu < 0 || pin_thread(0, cpu);
    slacks_[index] = set_timer_slack(settings_.timer_slack_ns);
    if (trace_.has_accounts()) accounts_[index].open_own();
    std::uint64_t turn = 0;
    std::unique_lock lock(mutex_);
    while (true) {
      const bool is_last = ++parked_ == 2;
      changed_.notify_all();
      if (is_last && turn > 0) finished_(counts_, stopping_);
      changed_.wait(lock, [&] { return stopping_ || turn_ != turn; });
      if (turn_ == turn) break;
      turn = turn_;
      lock.unlock();
      if (certifies_) {
        read_certificate(index);
      } else {
        work();
      }
      lock.lock();
    }
  }

  void produce() {
    random_ = Random(settings_.seed ^ 0x9e3779b9u);
    pacer_fault_.begin();
    producer_fault_.begin();
    const std::int64_t delay_ns = run_delay_ns();
    counts_.start_ns = now() + static_cast<std::int64_t>(phase_.settle_ns);
    wait_until(counts_.start_ns);
    if (phase_.interval_ns != 0) {
      offer_paced();
    } else if (settings_.drop_when_full) {
      offer_flat_out<true>();
    } else {
      offer_flat_out<false>();
    }
    counts_.producer_run_delay_ns = run_delay_since(delay_ns);
    producer_->push(producer_->write(end_of_phase));
  }

  /// The inner loop is as bare as it can be: with one comparison more in it, the producer keeps so close behind the
  /// consumer that both wait for each other's cache lines.
  template <bool drops>
  void offer_flat_out() {
    const std::int64_t end_ns = counts_.start_ns + static_cast<std::int64_t>(phase_.duration_ns);
    // A local variable while it is at work, so that its counters live in registers: see spsc/ends.hpp. It is what half of
    // the rate hangs on.
    typename Items::Producer producer(std::move(*producer_));
    std::size_t row = 0;
    std::uint64_t sampled = sample_at(row);
    std::uint64_t offered = 0, dropped = 0, burst = 1;
    std::int64_t looked_ns = counts_.start_ns;
    do {
      for (const std::uint64_t until = offered + burst; offered < until;) {
        for (const std::uint64_t bare = std::min(until, sampled); offered < bare; ++offered) {
          if (!push(producer, drops, producer.write(offered))) ++dropped;
        }
        if (offered == sampled) {
          if (!offer_stamped(producer, drops, offered++, row)) ++dropped;
          sampled = sample_at(++row);
        }
      }
      const std::int64_t looked = now();
      burst = looked - looked_ns > look_ns ? std::max<std::uint64_t>(1, burst / 2) : std::min(max_burst, burst * 2);
      looked_ns = looked;
    } while (looked_ns < end_ns && !is_stopping());
    counts_.offered = counts_.scheduled = offered;
    counts_.dropped = dropped;
    counts_.offers_end_ns = looked_ns;
    producer_.emplace(std::move(producer));
  }

  void offer_paced() {
    const double end_ns = counts_.start_ns + phase_.duration_ns;
    const bool drops = settings_.drop_when_full;
    std::size_t row = 0;
    std::uint64_t sampled = sample_at(row);
    std::uint64_t offered = 0, dropped = 0;
    Timed producer{*producer_};
    double due_ns = counts_.start_ns, late_ns = 0;
    // Between `woke` and the push lies the write of one word then, which is over before a stamp of its own would be.
    const bool goes_at_once = settings_.item_bytes == sizeof(std::uint64_t) && producer_fault_.empty() && !trace_.has_accounts();
    std::uint32_t left = settings_.burst;
    for (; due_ns < end_ns; ++offered) {
      const bool waited = wait_until(static_cast<std::int64_t>(due_ns));
      pacer_fault_.strike(stopping_);
      const std::int64_t woke_ns = now();
      if (waited) late_ns += std::min<double>(woke_ns, end_ns) - due_ns;
      if (woke_ns >= end_ns || is_stopping()) break;
      producer_fault_.strike(stopping_);
      if (offered == sampled) {
        const bool pushed = goes_at_once ? offer_stamped(producer, drops, offered, row, woke_ns)
                                         : offer_stamped(producer, drops, offered, row);
        if (!pushed) ++dropped;
        trace_.due[row] = static_cast<std::uint64_t>(due_ns);
        trace_.woke[row] = static_cast<std::uint64_t>(woke_ns);
        sampled = sample_at(++row);
      } else if (!push(producer, drops, producer.write(offered))) {
        ++dropped;
      }
      if (--left == 0) {
        left = settings_.burst;
        due_ns = (settings_.pacing == Pacing::sleep ? now() : due_ns) + gap_ns();
      }
    }
    counts_.offered = counts_.scheduled = offered;
    // Of a phase cut short nobody reads the schedule, and the rest of it may be long.
    for (; due_ns < end_ns && !is_stopping(); due_ns += gap_ns(), left = settings_.burst) counts_.scheduled += left;
    counts_.dropped = dropped;
    counts_.blocked_ns = producer.blocked_ns;
    counts_.late_ns = static_cast<std::int64_t>(late_ns);
    wait_until(static_cast<std::int64_t>(end_ns));
    counts_.offers_end_ns = now();
  }

  template <class Producer>
  [[gnu::always_inline]] static bool push(Producer& producer, bool drops, typename Items::Item item) {
    if (drops) return producer.try_push(item);
    return producer.push(item) == Status::ok;
  }

  /// `known_ns` is when it is sent, where the caller has just looked. What can be written after the push is.
  template <class Producer>
  [[gnu::always_inline]] bool offer_stamped(Producer& producer, bool drops, std::uint64_t number, std::size_t row,
                                            std::int64_t known_ns = 0) {
    const typename Items::Item item = producer.write(number);
    trace_.producer_cpu[row] = static_cast<std::int16_t>(sched_getcpu());
    if (trace_.has_accounts()) [[unlikely]] trace_.run_delay_at_sent[row] = accounts_[0].run_delay();
    const std::int64_t sent_ns = known_ns != 0 ? known_ns : now();
    const bool pushed = push(producer, drops, item);
    if (pushed) trace_.pushed[row] = now();
    trace_.sent[row] = static_cast<std::uint64_t>(sent_ns);
    if (trace_.has_accounts()) [[unlikely]] trace_.run_delay_at_pushed[row] = accounts_[0].run_delay();
    return pushed;
  }

  /// From one burst to the next.
  double gap_ns() {
    const double mean_ns = phase_.interval_ns * settings_.burst;
    return settings_.poisson ? -std::log(1 - random_()) * mean_ns : mean_ns;
  }

  /// False: it was that late already.
  bool wait_until(std::int64_t due_ns) {
    if (now() >= due_ns) return false;
    if (settings_.pacing != Pacing::spin) {
      for (std::int64_t left = due_ns - now(); left > 0 && !is_stopping(); left = due_ns - now()) {
        const timespec pause = to_timespec(std::min(left, max_sleep_ns));
        clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nullptr);
      }
      return true;
    }
    while (now() < due_ns && !is_stopping()) {
    }
    return true;
  }

  /// Whether the consumer has nothing to do but to take, work and stamp.
  bool is_bare() const { return !trace_.has_accounts() && queue_fault_.empty() && service_fault_.empty(); }

  void consume_phase() {
    if (is_bare()) {
      consume<true>();
    } else {
      consume<false>();
    }
  }

  /// `bare` leaves everything else out when compiled: as in the producer, one comparison more can be felt.
  template <bool bare>
  void consume() {
    const std::int64_t delay_ns = run_delay_ns();
    typename Items::Consumer consumer(std::move(*consumer_));  // as in offer_flat_out
    const bool works = !work_.empty();
    // Where this thread's own lies, found once: the loop only reads it.
    const std::uint64_t& slept = sleeps;
    if constexpr (!bare) {
      queue_fault_.begin();
      service_fault_.begin();
    }
    std::uint64_t delivered = 0, out_of_order = 0, next = 0, item = 0;
    std::size_t row = 0;
    std::uint64_t sampled = sample_at(row);
    while (true) {
      std::int8_t waited = not_waited;
      if (!consumer.try_pop(item)) [[unlikely]] {
        const std::uint64_t slept_before = slept;
        if (consumer.pop(item) != Status::ok) break;
        waited = slept == slept_before ? waited_awake : waited_asleep;
      }
      if (item == end_of_phase) [[unlikely]] break;
      if constexpr (!bare) queue_fault_.strike(stopping_);
      ++delivered;
      if (item < next) [[unlikely]] {
        ++out_of_order;
      } else {
        next = item + 1;
      }
      if (item >= sampled) [[unlikely]] {
        while (sampled < item) sampled = sample_at(++row);
        if (item == sampled) {
          trace_.popped[row] = now();
          if constexpr (!bare) {
            if (trace_.has_accounts()) {
              trace_.cpu_at_popped[row] = ThreadAccounts::cpu_time();
              trace_.run_delay_at_popped[row] = accounts_[1].run_delay();
            }
          }
          trace_.consumer_cpu[row] = static_cast<std::int16_t>(sched_getcpu());
          trace_.consumer_waited[row] = waited;
          if (!consumer.is_whole()) ++out_of_order;
          if (works) work();
          if constexpr (!bare) service_fault_.strike(stopping_);
          trace_.done[row] = now();
          if constexpr (!bare) {
            if (trace_.has_accounts()) {
              trace_.cpu_at_done[row] = ThreadAccounts::cpu_time();
              trace_.run_delay_at_done[row] = accounts_[1].run_delay();
            }
          }
          sampled = sample_at(++row);
          continue;
        }
      }
      if (!consumer.is_whole()) ++out_of_order;
      if (works) work();
      if constexpr (!bare) service_fault_.strike(stopping_);
    }
    counts_.delivered = delivered;
    counts_.out_of_order = out_of_order;
    counts_.end_ns = now();
    counts_.consumer_run_delay_ns = run_delay_since(delay_ns);
    consumer_.emplace(std::move(consumer));
  }

  /// Reads and writes every byte of a buffer, as the seed did. Not once stopped, when a full queue of it may be left.
  void work() {
    if (is_stopping()) return;
    for (std::size_t i = 0; i < work_.size(); ++i) work_[i] = static_cast<std::uint8_t>(work_[i] * 31 + i);
    asm volatile("" : : "r"(work_.data()) : "memory");  // the bytes count as used
  }

  /// One thread after the other, each while the other one sleeps, and then both.
  void read_certificate(int index) {
    if (index == 0) read_alone(index);
    await_step(1);
    if (index == 1) read_alone(index);
    await_step(2);
    Certification& reads = *certification_;
    if (index == 0) {
      reads.word.lead(reads.plan.trips_ns, reads.trips[0], [this] { return is_stopping(); });
    } else {
      reads.word.follow(reads.trips[1]);
    }
  }

  /// Until both threads have come here.
  void await_step(int step) {
    std::unique_lock lock(mutex_);
    ++steps_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return steps_ >= 2 * step; });
  }

  void read_alone(int index) {
    const auto stops = [this] { return is_stopping(); };
    const CertificatePlan& plan = certification_->plan;
    AloneReadings& readings = certification_->alone[index];
    read_stamps(plan.stamp_ns, readings.stamp, stops);
    const double interval_ns = plan.waits_ns.empty() ? 0 : overdue_ns;
    // In turns, so that a change of the machine's pace falls on both.
    for (const Batches batches(plan.recorder_ns); batches.more(readings.recorded.size()) && !stops();) {
      readings.recorded.push_back(bare_->ns_per_item(index, interval_ns, true));
      readings.unrecorded.push_back(bare_->ns_per_item(index, interval_ns, false));
    }
    readings.noise = watch_noise(plan.noise_ns, stops);
    if (index != 0) return;
    const std::int64_t end_ns = now() + static_cast<std::int64_t>(plan.pacer_ns);
    for (int round = 0; round < Certification::max_waits && !stops(); ++round) {
      if (round >= Certification::least_waits && now() >= end_ns) break;
      for (std::size_t wait = 0; wait < plan.waits_ns.size(); ++wait) {
        const std::int64_t due_ns = now() + static_cast<std::int64_t>(plan.waits_ns[wait]);
        wait_until(due_ns);
        readings.overshoot[wait].push_back(static_cast<double>(now() - due_ns));
      }
    }
  }

  /// One batch of a pipeline over nothing, in the thread that calls it.
  double ns_per_item(int index, double interval_ns, bool stamped) {
    phase_ = {.duration_ns = 50'000, .interval_ns = interval_ns, .settle_ns = 0, .stamped = stamped};
    counts_ = {};
    if (index == 1) {
      const std::int64_t start_ns = now();
      consume_phase();
      return static_cast<double>(counts_.end_ns - start_ns) / static_cast<double>(counts_.delivered);
    }
    produce();
    const bool has_rows = !stamped || counts_.offered < trace_.rows;
    const auto offered = static_cast<double>(has_rows ? counts_.offered : 0);
    return static_cast<double>(counts_.offers_end_ns - counts_.start_ns) / offered;
  }

  /// Number of the item that belongs into a row; of none where the phase isn't stamped, or the rows are used up.
  std::uint64_t sample_at(std::size_t row) const {
    const double number = phase_.stamped ? trace_.number[row] : std::numeric_limits<double>::infinity();
    return number < 0x1p53 ? static_cast<std::uint64_t>(number) : end_of_phase;
  }
  bool is_stopping() const { return stopping_.load(std::memory_order_relaxed); }

  const Settings settings_;
  const Trace trace_;
  const Finished finished_;
  Memory memory_;
  std::vector<std::uint8_t> work_;
  FaultLoop pacer_fault_, producer_fault_, queue_fault_, service_fault_;
  ThreadAccounts accounts_[2];
  std::optional<typename Items::Producer> producer_;
  std::optional<typename Items::Consumer> consumer_;
  Random random_{0};

  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopping_{false};
  std::uint64_t turn_ = 0;
  int parked_ = 0;
  bool certifies_ = false;
  int steps_ = 0;
  std::unique_ptr<Certification> certification_;
  std::unique_ptr<Bare> bare_;
  Phase phase_{};
  Counts counts_{};  // each member is written by one thread, and read when both are parked
  std::thread threads_[2];
  pid_t tids_[2] = {};
  std::int64_t slacks_[2] = {};
  bool placed_[2] = {};
};

}  // namespace spsc::lab
