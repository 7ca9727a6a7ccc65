// What @spsc/queue-native/src/addon.ts calls: affinity, the ends of a native ring, and the pipeline of the laboratory.
#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <new>
#include <unordered_map>

#include "affinity.hpp"
#include "futex.hpp"
#include "items.hpp"
#include "node.hpp"
#include "pipeline.hpp"
#include "spsc/index_ring.hpp"
#include "spsc/line_ring.hpp"
#include "spsc/mutex_queue.hpp"
#include "spsc/sab_ring.hpp"

namespace spsc::node {
namespace {

// ---- rings in a SharedArrayBuffer, for the ends that JavaScript uses

/// Rings want their memory at a multiple of 128 bytes. A buffer is at the same address in every thread of a process, so
/// each finds the same place in it; the buffer is that much larger.
std::span<std::byte> aligned(std::span<std::byte> buffer) {
  const auto address = reinterpret_cast<std::uintptr_t>(buffer.data());
  const std::size_t skip = (apart - address % apart) % apart;
  return buffer.size() < skip ? std::span<std::byte>{} : buffer.subspan(skip);
}

template <class T>
std::span<std::byte> memory_in(std::span<std::byte> buffer, std::type_identity<SabRing<T>>) {
  return buffer;  // its layout begins where the buffer does, wherever that is
}

template <class Ring>
std::span<std::byte> memory_in(std::span<std::byte> buffer, std::type_identity<Ring>) {
  return aligned(buffer);
}

template <class Ring>
Ring attached(std::span<std::byte> buffer) {
  const std::span<std::byte> memory = memory_in(buffer, std::type_identity<Ring>{});
  Ring ring = Ring::attach(memory.data(), memory.size());
  if (!ring) throw CodedError{"ERR_HANDLE", std::string("[spsc] [queue-native] ") + message(ring.error())};
  return ring;
}

/// A number of JavaScript as an item, and back: its bits, or what a typed array would make of it.
template <class Item>
Item to_item(double number) {
  if constexpr (std::is_same_v<Item, std::uint64_t>) return std::bit_cast<std::uint64_t>(number);
  else if constexpr (std::is_floating_point_v<Item>) return static_cast<Item>(number);
  else return std::fabs(number) < 0x1p63 ? static_cast<Item>(static_cast<std::int64_t>(number)) : 0;
}
inline double to_number(std::uint64_t item) { return std::bit_cast<double>(item); }
template <class Item>
double to_number(Item item) {
  return item;
}

/// An end as JavaScript holds it: any ring, its buffer kept alive.
class End {
 public:
  virtual ~End() = default;
  virtual bool try_push(double) { return false; }
  virtual Status push(double, Deadline) { return Status::closed; }
  virtual bool try_pop(double&) { return false; }
  virtual Status pop(double&, Deadline) { return Status::closed; }
  virtual void close() = 0;
  virtual bool closed() const = 0;
  napi_ref buffer = nullptr;
};

template <class Ring>
class ProducerOf final : public End {
 public:
  explicit ProducerOf(typename Ring::Producer&& end) : end_(std::move(end)) {}
  bool try_push(double item) override { return end_.try_push(to_item<typename Ring::Item>(item)); }
  Status push(double item, Deadline deadline) override {
    return end_.push(to_item<typename Ring::Item>(item), deadline);
  }
  void close() override { end_.close(); }
  bool closed() const override { return end_.closed(); }

 private:
  typename Ring::Producer end_;
};

template <class Ring>
class ConsumerOf final : public End {
 public:
  explicit ConsumerOf(typename Ring::Consumer&& end) : end_(std::move(end)) {}
  bool try_pop(double& item) override {
    typename Ring::Item found;
    if (!end_.try_pop(found)) return false;
    item = to_number(found);
    return true;
  }
  Status pop(double& item, Deadline deadline) override {
    typename Ring::Item found{};
    const Status status = end_.pop(found, deadline);
    item = to_number(found);
    return status;
  }
  void close() override { end_.close(); }
  bool closed() const override { return end_.closed(); }

 private:
  typename Ring::Consumer end_;
};

enum class Kind { native, mutex, sab_i32, sab_f64, sab_u32, sab_f32 };

/// Calls `use` with a tag of the ring type that JavaScript names by number.
template <class Use>
auto with_ring(Kind kind, Use use) {
  switch (kind) {
    case Kind::mutex: return use(std::type_identity<MutexQueue<std::uint64_t>>{});
    case Kind::sab_i32: return use(std::type_identity<SabRing<std::int32_t>>{});
    case Kind::sab_f64: return use(std::type_identity<SabRing<double>>{});
    case Kind::sab_u32: return use(std::type_identity<SabRing<std::uint32_t>>{});
    case Kind::sab_f32: return use(std::type_identity<SabRing<float>>{});
    default: return use(std::type_identity<LineRing<Block>>{});
  }
}

Kind kind_of(napi_env env, napi_value value) { return static_cast<Kind>(static_cast<int>(to_double(env, value))); }

/// ringBytes(kind, capacity): bytes of the buffer that `ringInit` wants.
napi_value ring_bytes(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto args = arguments(env, info, 2);
    const auto capacity = static_cast<std::size_t>(to_double(env, args[1]));
    const std::size_t bytes = with_ring(kind_of(env, args[0]), [&]<class Ring>(std::type_identity<Ring>) {
      return Ring::bytes(capacity);
    });
    return from_double(env, static_cast<double>(bytes + apart));
  });
}

/// ringInit(kind, buffer, capacity)
napi_value ring_init(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto args = arguments(env, info, 3);
    const std::span<std::byte> memory = aligned(bytes_of(env, args[1]));
    const auto capacity = static_cast<std::size_t>(to_double(env, args[2]));
    with_ring(kind_of(env, args[0]), [&]<class Ring>(std::type_identity<Ring>) {
      const Ring ring = Ring::init(memory.data(), capacity);
      if (!ring) throw CodedError{"ERR_OPTION", std::string("[spsc] [queue-native] ") + message(ring.error())};
    });
    return undefined(env);
  });
}

/// ringAttach(kind, buffer): the capacity.
napi_value ring_attach(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto args = arguments(env, info, 2);
    const std::span<std::byte> buffer = bytes_of(env, args[1]);
    const std::size_t capacity = with_ring(kind_of(env, args[0]), [&]<class Ring>(std::type_identity<Ring>) {
      return attached<Ring>(buffer).capacity();
    });
    return from_double(env, static_cast<double>(capacity));
  });
}

void free_end(napi_env env, void* data, void*) {
  std::unique_ptr<End> end(static_cast<End*>(data));
  // The end's destructor closes the ring, so the buffer must still be there.
  const napi_ref buffer = end->buffer;
  end.reset();
  napi_delete_reference(env, buffer);
}

/// ringEnd(kind, buffer, isProducer): an opaque end.
napi_value ring_end(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto args = arguments(env, info, 3);
    const std::span<std::byte> buffer = bytes_of(env, args[1]);
    bool is_producer = false;
    check(env, napi_get_value_bool(env, args[2], &is_producer));
    auto end = with_ring(kind_of(env, args[0]), [&]<class Ring>(std::type_identity<Ring>) -> std::unique_ptr<End> {
      Ring ring = attached<Ring>(buffer);
      if (is_producer) {
        if (auto producer = ring.producer()) return std::make_unique<ProducerOf<Ring>>(std::move(*producer));
      } else {
        if (auto consumer = ring.consumer()) return std::make_unique<ConsumerOf<Ring>>(std::move(*consumer));
      }
      return nullptr;
    });
    if (!end) {
      const std::string name = is_producer ? "producer" : "consumer";
      throw CodedError{"ERR_CLAIMED", "[spsc] [queue-native] the " + name + " is taken; allowed: one " + name +
                                          " per queue; create another queue"};
    }
    check(env, napi_create_reference(env, args[1], 1, &end->buffer));
    napi_value external;
    check(env, napi_create_external(env, end.get(), free_end, nullptr, &external));
    end.release();
    return external;
  });
}

End& end_of(napi_env env, napi_value value) {
  void* data = nullptr;
  check(env, napi_get_value_external(env, value, &data));
  return *static_cast<End*>(data);
}

Deadline deadline_of(napi_env env, napi_value timeout_ms) {
  const double nanoseconds = to_double(env, timeout_ms) * 1e6;
  return nanoseconds < 9e18 ? after(static_cast<std::int64_t>(nanoseconds)) : never;
}

/// Whether this thread must not run JavaScript any more: its worker is terminated, or the process exits.
bool is_ending(napi_env env) {
  napi_value global;
  bool has = false;
  if (napi_get_global(env, &global) != napi_ok) return true;
  return napi_has_named_property(env, global, "Object", &has) != napi_ok;  // of the calls that are refused then
}

/// `wait(deadline)` in slices: nothing can break into a wait outside of JavaScript, and `terminate()` and the exit of the
/// process wait for it.
template <class Wait>
Status wait_in_slices(napi_env env, Deadline deadline, Wait wait) {
  while (true) {
    const Deadline slice = std::min(deadline, after(slice_ns));
    const Status status = wait(slice);
    if (status != Status::timeout || slice == deadline) return status;
    if (is_ending(env)) return Status::closed;
  }
}

napi_value end_try_push(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto args = arguments(env, info, 2);
    return from_bool(env, end_of(env, args[0]).try_push(to_double(env, args[1])));
  });
}

/// endPush(end, item, timeoutMs): 0 pushed, 1 timed out, 2 closed.
napi_value end_push(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto args = arguments(env, info, 3);
    End& end = end_of(env, args[0]);
    const double item = to_double(env, args[1]);
    const Deadline deadline = deadline_of(env, args[2]);
    // Room is of no use in a closed ring, and a push that finds some doesn't look.
    const Status status = end.closed() ? Status::closed : wait_in_slices(env, deadline, [&](Deadline until) {
      return end.push(item, until);
    });
    return from_double(env, static_cast<double>(status));
  });
}

napi_value end_try_pop(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto args = arguments(env, info, 1);
    double item;
    return end_of(env, args[0]).try_pop(item) ? from_double(env, item) : undefined(env);
  });
}

napi_value end_pop(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto args = arguments(env, info, 2);
    End& end = end_of(env, args[0]);
    double item;
    const Status status = wait_in_slices(env, deadline_of(env, args[1]), [&](Deadline until) {
      return end.pop(item, until);
    });
    return status == Status::ok ? from_double(env, item) : undefined(env);
  });
}

napi_value end_close(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    end_of(env, arguments(env, info, 1)[0]).close();
    return undefined(env);
  });
}

napi_value end_closed(napi_env env, napi_callback_info info) {
  return guarded(env, [&] { return from_bool(env, end_of(env, arguments(env, info, 1)[0]).closed()); });
}

// ---- sleeping on a word of a queue-sab ring, for its ends in JavaScript

FutexWord& word_of(napi_env env, napi_value words, napi_value index) {
  napi_typedarray_type type;
  std::size_t length = 0;
  void* data = nullptr;
  check(env, napi_get_typedarray_info(env, words, &type, &length, &data, nullptr, nullptr));
  const double at = to_double(env, index);
  if (type != napi_int32_array || !(at >= 0 && at < static_cast<double>(length))) {
    throw CodedError{"ERR_OPTION", "[spsc] [queue-native] no such word; allowed: an index into an Int32Array"};
  }
  return static_cast<FutexWord*>(data)[static_cast<std::size_t>(at)];
}

std::uint32_t seen_of(napi_env env, napi_value value) {
  std::int32_t seen = 0;
  check(env, napi_get_value_int32(env, value, &seen));
  return static_cast<std::uint32_t>(seen);
}

/// futexWait(words, index, seen, timeoutMs)
napi_value futex_wait(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto args = arguments(env, info, 4);
    FutexWord& word = word_of(env, args[0], args[1]);
    sleep_while(word, seen_of(env, args[2]), deadline_of(env, args[3]), [env] { return is_ending(env); });
    return undefined(env);
  });
}

/// futexWake(words, index)
napi_value futex_wake(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto args = arguments(env, info, 2);
    wake(word_of(env, args[0], args[1]));
    return undefined(env);
  });
}

/// The waits that are pending on one event loop.
class AsyncWaits {
 public:
  static AsyncWaits& of(napi_env env) {
    void* data = nullptr;
    check(env, napi_get_instance_data(env, &data));
    if (data == nullptr) {
      auto made = std::make_unique<AsyncWaits>(env);
      check(env, napi_set_instance_data(env, made.get(), destroy, nullptr));
      data = made.release();
    }
    return *static_cast<AsyncWaits*>(data);
  }

  explicit AsyncWaits(napi_env env) : sleepers_([this](Sleepers::Id id) { tell(id); }) {
    napi_value name;
    check(env, napi_create_string_utf8(env, "spsc wait", NAPI_AUTO_LENGTH, &name));
    check(env, napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, this, settle,
                                               &finished_));
    check(env, napi_unref_threadsafe_function(env, finished_));
    check(env, napi_add_env_cleanup_hook(env, end_with_environment, this));
  }

  napi_value start(napi_env env, napi_value words, FutexWord& word, std::uint32_t seen, Deadline deadline,
                   Sleepers::Id id) {
    napi_deferred deferred;
    napi_value promise;
    check(env, napi_create_promise(env, &deferred, &promise));
    napi_ref reference;
    check(env, napi_create_reference(env, words, 1, &reference));
    if (pending_.empty()) napi_ref_threadsafe_function(env, finished_);
    pending_.emplace(id, Pending{deferred, reference});
    sleepers_.start(id, word, seen, deadline);
    return promise;
  }

  void cancel(Sleepers::Id id) { sleepers_.cancel(id); }

 private:
  struct Pending {
    napi_deferred deferred;
    napi_ref words;
  };

  /// In a sleeper's thread.
  void tell(Sleepers::Id id) {
    auto box = std::make_unique<Sleepers::Id>(id);
    if (napi_call_threadsafe_function(finished_, box.get(), napi_tsfn_nonblocking) == napi_ok) box.release();
  }

  /// On the event loop.
  static void settle(napi_env env, napi_value, void* context, void* data) {
    const std::unique_ptr<Sleepers::Id> id(static_cast<Sleepers::Id*>(data));
    if (env == nullptr) return;
    auto* waits = static_cast<AsyncWaits*>(context);
    const auto node = waits->pending_.extract(*id);
    if (node.empty()) return;
    napi_delete_reference(env, node.mapped().words);
    napi_resolve_deferred(env, node.mapped().deferred, undefined(env));
    if (waits->pending_.empty()) napi_unref_threadsafe_function(env, waits->finished_);
  }

  /// No thread may call back into an environment that is gone.
  static void end_with_environment(void* data) {
    auto* waits = static_cast<AsyncWaits*>(data);
    waits->sleepers_.stop();
    napi_release_threadsafe_function(waits->finished_, napi_tsfn_abort);
  }

  static void destroy(napi_env, void* data, void*) { delete static_cast<AsyncWaits*>(data); }

  napi_threadsafe_function finished_ = nullptr;
  std::unordered_map<Sleepers::Id, Pending> pending_;
  Sleepers sleepers_;
};

/// futexWaitAsync(words, index, seen, timeoutMs, id): a promise; it never rejects.
napi_value futex_wait_async(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto args = arguments(env, info, 5);
    FutexWord& word = word_of(env, args[0], args[1]);
    const auto id = static_cast<Sleepers::Id>(to_double(env, args[4]));
    return AsyncWaits::of(env).start(env, args[0], word, seen_of(env, args[2]), deadline_of(env, args[3]), id);
  });
}

/// futexCancel(id): ends that wait early, if it is still pending.
napi_value futex_cancel(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    AsyncWaits::of(env).cancel(static_cast<Sleepers::Id>(to_double(env, arguments(env, info, 1)[0])));
    return undefined(env);
  });
}

// ---- affinity

napi_value allowed_cpus(napi_env env, napi_callback_info) {
  return guarded(env, [&] {
    const std::vector<int> cpus = lab::allowed_cpus();
    napi_value array;
    check(env, napi_create_array_with_length(env, cpus.size(), &array));
    for (std::size_t i = 0; i < cpus.size(); ++i) {
      check(env, napi_set_element(env, array, static_cast<std::uint32_t>(i), from_double(env, cpus[i])));
    }
    return array;
  });
}

/// pinThread(tid, cpu): whether the kernel let us.
napi_value pin_thread(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto args = arguments(env, info, 2);
    const auto tid = static_cast<pid_t>(to_double(env, args[0]));
    return from_bool(env, lab::pin_thread(tid, static_cast<int>(to_double(env, args[1]))));
  });
}

// ---- pipeline

/// A pipeline as JavaScript holds it. The end of a phase comes from one of its threads, by way of the event loop.
struct Driver {
  struct Outcome {
    lab::Counts counts;
    bool stopped;
  };

  Driver() = default;
  Driver(const Driver&) = delete;
  ~Driver() { end(); }

  std::unique_ptr<lab::Pipeline> pipeline;
  napi_threadsafe_function finished = nullptr;
  napi_deferred deferred = nullptr;  ///< of the phase that runs, or of the certificate
  bool certifies = false;
  napi_ref self = nullptr;           ///< until it is settled: it ends although nobody else holds the pipeline
  napi_ref trace = nullptr;
  bool stopped = false;

  /// The threads are gone when this returns, so nothing calls `finished` after, and it is given back.
  /// Once: the environment destroys what is left of it before it finalizes this object.
  void end() {
    stopped = true;
    if (pipeline) pipeline->stop();
    if (finished != nullptr) napi_release_threadsafe_function(std::exchange(finished, nullptr), napi_tsfn_abort);
  }
};

napi_value to_counts(napi_env env, const lab::Counts& counts) {
  napi_value result = object(env);
  set(env, result, "offered", from_double(env, static_cast<double>(counts.offered)));
  set(env, result, "delivered", from_double(env, static_cast<double>(counts.delivered)));
  set(env, result, "dropped", from_double(env, static_cast<double>(counts.dropped)));
  set(env, result, "outOfOrder", from_double(env, static_cast<double>(counts.out_of_order)));
  set(env, result, "scheduled", from_double(env, static_cast<double>(counts.scheduled)));
  set(env, result, "startNs", from_int64(env, counts.start_ns));
  set(env, result, "offersEndNs", from_int64(env, counts.offers_end_ns));
  set(env, result, "endNs", from_int64(env, counts.end_ns));
  set(env, result, "blockedNs", from_double(env, static_cast<double>(counts.blocked_ns)));
  set(env, result, "lateNs", from_double(env, static_cast<double>(counts.late_ns)));
  set(env, result, "producerRunDelayNs", from_double(env, static_cast<double>(counts.producer_run_delay_ns)));
  set(env, result, "consumerRunDelayNs", from_double(env, static_cast<double>(counts.consumer_run_delay_ns)));
  return result;
}

napi_value to_array(napi_env env, const std::vector<double>& values) {
  napi_value array;
  check(env, napi_create_array_with_length(env, values.size(), &array));
  for (std::size_t i = 0; i < values.size(); ++i) {
    check(env, napi_set_element(env, array, static_cast<std::uint32_t>(i), from_double(env, values[i])));
  }
  return array;
}

napi_value to_alone(napi_env env, const lab::AloneReadings& readings, const lab::CertificatePlan& plan) {
  napi_value noise = object(env);
  const lab::Noise& read = readings.noise;
  const double watched = static_cast<double>(read.watched_ns);
  set(env, noise, "watched_ns", from_double(env, watched));
  set(env, noise, "largest_gap_ns", from_double(env, static_cast<double>(read.largest_gap_ns)));
  set(env, noise, "gaps", from_double(env, static_cast<double>(read.gaps)));
  set(env, noise, "share", from_double(env, static_cast<double>(read.gaps_ns) / watched));
  napi_value pacer;
  check(env, napi_create_array_with_length(env, readings.overshoot.size(), &pacer));
  for (std::size_t i = 0; i < readings.overshoot.size(); ++i) {
    napi_value wait = object(env);
    set(env, wait, "waitNs", from_double(env, plan.waits_ns[i]));
    set(env, wait, "overshoot", to_array(env, readings.overshoot[i]));
    check(env, napi_set_element(env, pacer, static_cast<std::uint32_t>(i), wait));
  }
  napi_value result = object(env);
  set(env, result, "stamp", to_array(env, readings.stamp));
  set(env, result, "recorded", to_array(env, readings.recorded));
  set(env, result, "unrecorded", to_array(env, readings.unrecorded));
  set(env, result, "noise", noise);
  set(env, result, "pacer", pacer);
  return result;
}

napi_value to_trips(napi_env env, const lab::TripTimes& times) {
  napi_value result = object(env);
  set(env, result, "sent", to_array(env, times.sent));
  set(env, result, "seen", to_array(env, times.seen));
  return result;
}

/// { alone, trips }, each of both threads: what core makes a certificate of.
napi_value to_readings(napi_env env, const lab::Certification& reads) {
  napi_value alone = object(env), trips = object(env), result = object(env);
  const char* const roles[] = {"producer", "consumer"};
  for (int index = 0; index < 2; ++index) {
    set(env, alone, roles[index], to_alone(env, reads.alone[index], reads.plan));
    set(env, trips, roles[index], to_trips(env, reads.trips[index]));
  }
  set(env, result, "alone", alone);
  set(env, result, "trips", trips);
  return result;
}

void reject(napi_env env, napi_deferred deferred, const CodedError& why) {
  napi_value code, message, error;
  napi_create_string_utf8(env, why.code.c_str(), NAPI_AUTO_LENGTH, &code);
  napi_create_string_utf8(env, why.message.c_str(), NAPI_AUTO_LENGTH, &message);
  napi_create_error(env, code, message, &error);
  napi_reject_deferred(env, deferred, error);
}

const CodedError cancelled{"ERR_CANCELLED", "[spsc] [queue-native] the pipeline was stopped"};

/// On the event loop: settles the promise of the phase, or of the certificate.
void settle(napi_env env, napi_value, void* context, void* data) {
  std::unique_ptr<Driver::Outcome> outcome(static_cast<Driver::Outcome*>(data));
  auto* driver = static_cast<Driver*>(context);
  if (env == nullptr || driver->deferred == nullptr) return;
  napi_deferred deferred = std::exchange(driver->deferred, nullptr);
  napi_delete_reference(env, std::exchange(driver->self, nullptr));
  napi_unref_threadsafe_function(env, driver->finished);
  if (outcome->stopped) {
    reject(env, deferred, cancelled);
  } else if (driver->certifies) {
    napi_resolve_deferred(env, deferred, to_readings(env, driver->pipeline->certification()));
  } else {
    napi_resolve_deferred(env, deferred, to_counts(env, outcome->counts));
  }
}

/// The environment ends (a worker is terminated, the process exits): the threads must not outlive it.
void end_with_environment(void* data) { static_cast<Driver*>(data)->end(); }

void free_driver(napi_env env, void* data, void*) {
  std::unique_ptr<Driver> driver(static_cast<Driver*>(data));
  napi_remove_env_cleanup_hook(env, end_with_environment, driver.get());
  driver->end();
  if (driver->self != nullptr) napi_delete_reference(env, driver->self);
  napi_delete_reference(env, driver->trace);
}

/// Four doubles each: place, whether it spins, how long and how often in nanoseconds.
std::vector<lab::Fault> faults_of(napi_env env, napi_value settings) {
  napi_value array;
  check(env, napi_get_named_property(env, settings, "faults", &array));
  const std::span<std::byte> bytes = bytes_of(env, array);
  std::vector<lab::Fault> faults;
  for (std::size_t at = 0; at < bytes.size(); at += 4 * sizeof(double)) {
    double cells[4];
    std::memcpy(cells, &bytes[at], sizeof cells);
    faults.push_back({.at = static_cast<lab::FaultPlace>(static_cast<int>(cells[0])),
                      .spins = cells[1] != 0,
                      .ns = static_cast<std::int64_t>(cells[2]),
                      .every_ns = static_cast<std::int64_t>(cells[3])});
  }
  return faults;
}

lab::Settings settings_of(napi_env env, napi_value value) {
  return {
      .capacity = static_cast<std::size_t>(number_of(env, value, "capacity")),
      .item_bytes = static_cast<std::size_t>(number_of(env, value, "itemBytes")),
      .work_bytes = static_cast<std::size_t>(number_of(env, value, "workBytes")),
      .pacing = static_cast<lab::Pacing>(static_cast<int>(number_of(env, value, "pacing"))),
      .poisson = flag_of(env, value, "poisson"),
      .burst = static_cast<std::uint32_t>(number_of(env, value, "burst")),
      .drop_when_full = flag_of(env, value, "dropWhenFull"),
      .seed = static_cast<std::uint32_t>(number_of(env, value, "seed")),
      .memory_bytes = number_of(env, value, "memoryBytes"),
      .producer_cpu = static_cast<int>(number_of(env, value, "producerCpu")),
      .consumer_cpu = static_cast<int>(number_of(env, value, "consumerCpu")),
      .timer_slack_ns = static_cast<std::int64_t>(number_of(env, value, "timerSlackNs")),
      .faults = faults_of(env, value),
  };
}

/// Two settings that are in range may be too much together. `bytes`: what the queue takes; 0: more than one can hold.
CodedError too_large(const lab::Settings& settings, std::size_t bytes) {
  constexpr double mib = 1024 * 1024;
  const auto text = [](double number) { return std::to_string(static_cast<std::uint64_t>(number)); };
  const double items = static_cast<double>(settings.capacity) * static_cast<double>(settings.item_bytes);
  const std::string needed = text(std::ceil((bytes == 0 ? items : static_cast<double>(bytes)) / mib)) + " MiB";
  const std::string allowed = bytes == 0 ? text(max_capacity * lab::word_bytes / mib) + " MiB of items in one queue"
                                         : "the memory that is free, " + text(settings.memory_bytes / mib) + " MiB";
  return {"ERR_CAPABILITY", "[spsc] [queue-native] queueCap " + text(settings.capacity) + " of itemBytes " +
                                text(settings.item_bytes) + " takes " + needed + "; allowed: " + allowed +
                                "; lower queueCap or itemBytes"};
}

/// A pipeline over the queue and the way of waiting that JavaScript names by numbers.
std::unique_ptr<lab::Pipeline> make_pipeline(Kind kind, int wait, const lab::Settings& settings,
                                             const lab::Trace& trace, lab::Finished finished) {
  const auto make = [&]<class Items>() -> std::unique_ptr<lab::Pipeline> {
    const std::size_t bytes = Items::queue_bytes(settings.capacity, settings.item_bytes);
    // Asked first: the kernel promises memory that it hasn't got, and kills who then writes to it.
    if (bytes == 0 || static_cast<double>(bytes) > settings.memory_bytes) throw too_large(settings, bytes);
    try {
      return std::make_unique<lab::ThreadedPipeline<Items>>(settings, trace, std::move(finished));
    } catch (const lab::NoMemoryForQueue&) {
      throw too_large(settings, bytes);
    }
  };
  const auto make_waiting = [&]<class Wait>() {
    using Locked = MutexQueue<std::uint64_t, Wait>;
    const bool is_word = settings.item_bytes == lab::word_bytes;
    if (kind == Kind::mutex && is_word) return make.template operator()<lab::OneWord<Locked>>();
    if (kind == Kind::mutex) return make.template operator()<lab::ManyWords<Locked>>();
    if (is_word) return make.template operator()<lab::OneWord<LineRing<Wait>>>();
    return make.template operator()<lab::ManyWords<IndexRing<std::uint64_t, Wait>>>();
  };
  if (wait == 0) return make_waiting.template operator()<Spin>();
  if (wait == 1) return make_waiting.template operator()<Yield>();
  return make_waiting.template operator()<Block>();
}

/// drive(kind, wait, settings, traceBytes, traceRows, traceHasAccounts):
/// { pipeline, producerTid, consumerTid, producerSlackNs, consumerSlackNs, placed }
napi_value drive(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto args = arguments(env, info, 6);
    const lab::Settings settings = settings_of(env, args[2]);
    const std::span<std::byte> bytes = bytes_of(env, args[3]);
    const auto rows = static_cast<std::size_t>(to_double(env, args[4]));
    bool accounts = false;
    check(env, napi_get_value_bool(env, args[5], &accounts));
    if (bytes.size() < rows * lab::Trace::bytes_per_row(accounts)) {
      throw CodedError{"ERR_OPTION", "[spsc] [queue-native] the trace is smaller than its rows"};
    }

    auto driver = std::make_unique<Driver>();
    napi_value name;
    check(env, napi_create_string_utf8(env, "spsc phase", NAPI_AUTO_LENGTH, &name));
    check(env, napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, driver.get(),
                                               settle, &driver->finished));
    check(env, napi_unref_threadsafe_function(env, driver->finished));
    const auto tell = [finished = driver->finished](const lab::Counts& counts, bool stopped) {
      auto outcome = std::make_unique<Driver::Outcome>(counts, stopped);
      if (napi_call_threadsafe_function(finished, outcome.get(), napi_tsfn_nonblocking) == napi_ok) outcome.release();
    };
    const auto wait = static_cast<int>(to_double(env, args[1]));
    const lab::Trace trace(bytes.data(), rows, accounts);
    driver->pipeline = make_pipeline(kind_of(env, args[0]), wait, settings, trace, tell);
    check(env, napi_create_reference(env, args[3], 1, &driver->trace));
    check(env, napi_add_env_cleanup_hook(env, end_with_environment, driver.get()));

    napi_value result = object(env);
    set(env, result, "producerTid", from_double(env, driver->pipeline->producer_tid()));
    set(env, result, "consumerTid", from_double(env, driver->pipeline->consumer_tid()));
    set(env, result, "producerSlackNs", from_double(env, static_cast<double>(driver->pipeline->producer_slack_ns())));
    set(env, result, "consumerSlackNs", from_double(env, static_cast<double>(driver->pipeline->consumer_slack_ns())));
    set(env, result, "placed", from_bool(env, driver->pipeline->is_placed()));
    napi_value external;
    check(env, napi_create_external(env, driver.get(), free_driver, nullptr, &external));
    driver.release();
    set(env, result, "pipeline", external);
    return result;
  });
}

Driver& driver_of(napi_env env, napi_value value) {
  void* data = nullptr;
  check(env, napi_get_value_external(env, value, &data));
  return *static_cast<Driver*>(data);
}

/// A promise that `settle` keeps once `begin` has set the threads to work; rejected where they are at work or stopped.
template <class Begin>
napi_value promise_of(napi_env env, napi_value pipeline, bool certifies, Begin begin) {
  Driver& driver = driver_of(env, pipeline);
  napi_deferred deferred;
  napi_value promise;
  check(env, napi_create_promise(env, &deferred, &promise));
  if (driver.stopped || driver.deferred != nullptr) {
    const CodedError running{"ERR_PLUGIN_FAILED", "[spsc] [queue-native] a phase is running; run one after another"};
    reject(env, deferred, driver.stopped ? cancelled : running);
    return promise;
  }
  // First, as it may throw. The threads may even be done before the rest is: `settle` waits for its turn on this loop.
  begin(*driver.pipeline);
  check(env, napi_create_reference(env, pipeline, 1, &driver.self));
  check(env, napi_ref_threadsafe_function(env, driver.finished));
  driver.deferred = deferred;
  driver.certifies = certifies;
  return promise;
}

/// runPhase(pipeline, phase): a promise of counts.
napi_value run_phase(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto args = arguments(env, info, 2);
    const lab::Phase phase{
        .duration_ns = number_of(env, args[1], "durationNs"),
        .interval_ns = number_of(env, args[1], "intervalNs"),
        .settle_ns = number_of(env, args[1], "settleNs"),
        .stamped = flag_of(env, args[1], "stamped"),
    };
    return promise_of(env, args[0], false, [&](lab::Pipeline& pipeline) { pipeline.begin(phase); });
  });
}

/// certifyPipeline(pipeline, plan): a promise of readings.
napi_value certify_pipeline(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto args = arguments(env, info, 2);
    const lab::CertificatePlan plan{
        .stamp_ns = number_of(env, args[1], "stampNs"),
        .recorder_ns = number_of(env, args[1], "recorderNs"),
        .noise_ns = number_of(env, args[1], "noiseNs"),
        .pacer_ns = number_of(env, args[1], "pacerNs"),
        .trips_ns = number_of(env, args[1], "tripsNs"),
        .waits_ns = numbers_of(env, args[1], "waitsNs"),
    };
    return promise_of(env, args[0], true, [&](lab::Pipeline& pipeline) { pipeline.certify(plan); });
  });
}

/// stopPipeline(pipeline): the threads are gone when it returns.
napi_value stop_pipeline(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Driver& driver = driver_of(env, arguments(env, info, 1)[0]);
    driver.stopped = true;
    driver.pipeline->stop();
    return undefined(env);
  });
}

napi_value init(napi_env env, napi_value exports) {
  return guarded(env, [&] {
    const auto define = [&](const char* name, napi_callback callback) {
      napi_value function;
      check(env, napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function));
      set(env, exports, name, function);
    };
    define("ringBytes", ring_bytes);
    define("ringInit", ring_init);
    define("ringAttach", ring_attach);
    define("ringEnd", ring_end);
    define("endTryPush", end_try_push);
    define("endPush", end_push);
    define("endTryPop", end_try_pop);
    define("endPop", end_pop);
    define("endClose", end_close);
    define("endClosed", end_closed);
    define("futexWait", futex_wait);
    define("futexWake", futex_wake);
    define("futexWaitAsync", futex_wait_async);
    define("futexCancel", futex_cancel);
    define("allowedCpus", allowed_cpus);
    define("pinThread", pin_thread);
    define("drive", drive);
    define("runPhase", run_phase);
    define("certifyPipeline", certify_pipeline);
    define("stopPipeline", stop_pipeline);
    return exports;
  });
}

}  // namespace

napi_value start(napi_env env, napi_value exports) { return init(env, exports); }

}  // namespace spsc::node

NAPI_MODULE_INIT() { return spsc::node::start(env, exports); }
