// A sound card that isn't there: one thread captures samples into a queue, another plays what comes out of one. Both
// queues are SharedArrayBuffers made by @spsc/queue-sab, whose other end is in JavaScript. Between start and join no
// sample costs a call across the border.
#define NAPI_VERSION 8
#include <node_api.h>

#include <memory>
#include <thread>

#include <spsc/sab_ring.hpp>

using Ring = spsc::SabRing<std::int32_t>;
using spsc::Status;

/// Samples of 16 bits, the same every time: a triangle wave with some noise on it.
class Signal {
 public:
  std::int32_t next() {
    noise_ = noise_ * 1'664'525 + 1'013'904'223;
    const std::int32_t triangle = static_cast<std::int32_t>(phase_++ % 1024) - 512;
    return triangle * 60 + static_cast<std::int32_t>(noise_ >> 22);
  }

 private:
  std::uint32_t noise_ = 1;
  std::uint32_t phase_ = 0;
};

/// A thread at work, and what it leaves: how many samples there were, and their sum.
struct Device {
  std::thread thread;
  std::int64_t samples = 0;
  std::int64_t sum = 0;
  napi_ref buffer = nullptr;  ///< keeps the queue's memory
};

static constexpr std::size_t span = 256;

static void capture(Device& device, Ring::Producer producer, std::int64_t samples) {
  Signal signal;
  std::int64_t sum = 0, made = 0;
  while (made < samples && producer.await_room() == Status::ok) {
    const auto free = producer.reserve(std::min<std::size_t>(span, static_cast<std::size_t>(samples - made)));
    for (std::int32_t& slot : free) sum += slot = signal.next();
    producer.commit(free.size());
    made += static_cast<std::int64_t>(free.size());
  }
  device.samples = made;
  device.sum = sum;
}  // the producer closes as it goes: JavaScript sees the end of the stream

static void play(Device& device, Ring::Consumer consumer) {
  std::int64_t sum = 0, played = 0;
  while (consumer.await_items() == Status::ok) {
    const auto samples = consumer.peek(span);
    for (const std::int32_t sample : samples) sum += sample;
    consumer.release(samples.size());
    played += static_cast<std::int64_t>(samples.size());
  }
  device.samples = played;
  device.sum = sum;
}

static napi_value fail(napi_env env, const char* message) {
  napi_throw_error(env, nullptr, message);
  return nullptr;
}

static void free_device(napi_env env, void* data, void*) {
  const std::unique_ptr<Device> device(static_cast<Device*>(data));
  if (device->thread.joinable()) device->thread.join();
  napi_delete_reference(env, device->buffer);
}

/// start(queue, samples): captures so many into the queue; plays what is in it where `samples` is left out.
static napi_value start(napi_env env, napi_callback_info info) {
  std::size_t count = 2;
  napi_value args[2];
  napi_get_cb_info(env, info, &count, args, nullptr, nullptr);
  void* memory = nullptr;
  std::size_t bytes = 0;
  if (napi_get_typedarray_info(env, args[0], nullptr, &bytes, &memory, nullptr, nullptr) != napi_ok) {
    return fail(env, "the first argument is no Uint8Array over a queue's handle");
  }
  Ring ring = Ring::attach(memory, bytes);
  if (!ring) return fail(env, spsc::message(ring.error()));
  auto device = std::make_unique<Device>();
  std::int64_t samples = 0;
  if (count > 1 && napi_get_value_int64(env, args[1], &samples) == napi_ok) {
    auto producer = ring.producer();
    if (!producer) return fail(env, "the queue has a producer already");
    device->thread = std::thread(
        [&device = *device, samples](Ring::Producer end) { capture(device, std::move(end), samples); },
        std::move(*producer));
  } else {
    auto consumer = ring.consumer();
    if (!consumer) return fail(env, "the queue has a consumer already");
    device->thread = std::thread([&device = *device](Ring::Consumer end) { play(device, std::move(end)); },
                                 std::move(*consumer));
  }
  napi_create_reference(env, args[0], 1, &device->buffer);
  napi_value external;
  napi_create_external(env, device.release(), free_device, nullptr, &external);
  return external;
}

/// join(device): waits for its thread to end, which it does with its queue; { samples, sum }.
static napi_value join(napi_env env, napi_callback_info info) {
  std::size_t count = 1;
  napi_value argument, result, value;
  void* data = nullptr;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  if (napi_get_value_external(env, argument, &data) != napi_ok) return fail(env, "not a device");
  auto& device = *static_cast<Device*>(data);
  if (device.thread.joinable()) device.thread.join();
  napi_create_object(env, &result);
  napi_create_int64(env, device.samples, &value);
  napi_set_named_property(env, result, "samples", value);
  napi_create_int64(env, device.sum, &value);
  napi_set_named_property(env, result, "sum", value);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "start", NAPI_AUTO_LENGTH, start, nullptr, &function);
  napi_set_named_property(env, exports, "start", function);
  napi_create_function(env, "join", NAPI_AUTO_LENGTH, join, nullptr, &function);
  napi_set_named_property(env, exports, "join", function);
  return exports;
}
