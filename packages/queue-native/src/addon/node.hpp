// The little of Node-API that the addon needs, with its status codes turned into C++ exceptions and those into
// JavaScript ones at the border.
#pragma once

#define NAPI_VERSION 8
#include <node_api.h>

#include <cstddef>
#include <exception>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace spsc::node {

/// An error with one of the codes of @spsc/core, on its way to JavaScript.
struct CodedError {
  std::string code;
  std::string message;
};

/// What every message begins with.
inline constexpr const char* prefix = "[spsc] [queue-native] ";

inline void check(napi_env env, napi_status status) {
  if (status == napi_ok) return;
  const napi_extended_error_info* info = nullptr;
  napi_get_last_error_info(env, &info);
  const char* reason = info && info->error_message ? info->error_message : "a Node-API call failed";
  throw CodedError{"ERR_PLUGIN_FAILED", std::string(prefix) + reason};
}

/// Runs `body`; what it throws is thrown in JavaScript.
template <class Body>
napi_value guarded(napi_env env, Body body) {
  try {
    return body();
  } catch (const CodedError& error) {
    napi_throw_error(env, error.code.c_str(), error.message.c_str());
  } catch (const std::bad_alloc&) {
    napi_throw_error(env, "ERR_CAPABILITY",
                     "[spsc] [queue-native] out of memory; lower the capacity, itemBytes or workBytes");
  } catch (const std::exception& error) {
    napi_throw_error(env, "ERR_PLUGIN_FAILED", (std::string(prefix) + error.what()).c_str());
  }
  return nullptr;
}

inline std::vector<napi_value> arguments(napi_env env, napi_callback_info info, std::size_t count) {
  std::vector<napi_value> values(count);
  check(env, napi_get_cb_info(env, info, &count, values.data(), nullptr, nullptr));
  return values;
}

inline double to_double(napi_env env, napi_value value) {
  double number = 0;
  check(env, napi_get_value_double(env, value, &number));
  return number;
}

inline double number_of(napi_env env, napi_value object, const char* key) {
  napi_value value;
  check(env, napi_get_named_property(env, object, key, &value));
  return to_double(env, value);
}

inline bool flag_of(napi_env env, napi_value object, const char* key) {
  napi_value value;
  bool flag = false;
  check(env, napi_get_named_property(env, object, key, &value));
  check(env, napi_get_value_bool(env, value, &flag));
  return flag;
}

inline std::vector<double> numbers_of(napi_env env, napi_value object, const char* key) {
  napi_value array, value;
  std::uint32_t length = 0;
  check(env, napi_get_named_property(env, object, key, &array));
  check(env, napi_get_array_length(env, array, &length));
  std::vector<double> numbers(length);
  for (std::uint32_t i = 0; i < length; ++i) {
    check(env, napi_get_element(env, array, i, &value));
    numbers[i] = to_double(env, value);
  }
  return numbers;
}

inline napi_value from_double(napi_env env, double number) {
  napi_value value;
  check(env, napi_create_double(env, number, &value));
  return value;
}

inline napi_value from_bool(napi_env env, bool flag) {
  napi_value value;
  check(env, napi_get_boolean(env, flag, &value));
  return value;
}

inline napi_value from_int64(napi_env env, std::int64_t number) {
  napi_value value;
  check(env, napi_create_bigint_int64(env, number, &value));
  return value;
}

inline napi_value undefined(napi_env env) {
  napi_value value;
  check(env, napi_get_undefined(env, &value));
  return value;
}

inline napi_value object(napi_env env) {
  napi_value value;
  check(env, napi_create_object(env, &value));
  return value;
}

inline void set(napi_env env, napi_value object, const char* key, napi_value value) {
  check(env, napi_set_named_property(env, object, key, value));
}

/// The bytes under a Uint8Array, also over a SharedArrayBuffer.
inline std::span<std::byte> bytes_of(napi_env env, napi_value array) {
  napi_typedarray_type type;
  std::size_t length = 0;
  void* data = nullptr;
  check(env, napi_get_typedarray_info(env, array, &type, &length, &data, nullptr, nullptr));
  return {static_cast<std::byte*>(data), length};
}

}  // namespace spsc::node
