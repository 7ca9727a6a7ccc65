// Why memory was not accepted as a ring. Nothing here throws: `init` and `attach` return a ring that is false and says.
#pragma once

#include <cstdint>

namespace spsc {

enum class Error : std::uint8_t {
  none,
  bad_capacity,
  misaligned,
  too_small,
  bad_magic,
  bad_version,
  wrong_kind,
  wrong_wait,
  wrong_policy,
  wrong_item_size,
  corrupt,
};

constexpr const char* message(Error error) {
  switch (error) {
    case Error::none: return "no error";
    case Error::bad_capacity: return "capacity is out of range; allowed: 1 to 2^28 items";
    case Error::misaligned: return "memory is null or not aligned; allowed: multiples of 128 bytes; see spsc::Memory";
    case Error::too_small: return "memory is smaller than the ring; allowed: at least bytes(capacity)";
    case Error::bad_magic: return "memory holds no spsc ring; call init in one thread before attach in others";
    case Error::bad_version: return "ring has another layout version; use the same spsc release at both ends";
    case Error::wrong_kind: return "memory holds another kind of ring; attach with the type that made it";
    case Error::wrong_wait: return "ring was made for another way of waiting; attach with the type that made it";
    case Error::wrong_policy: return "ring has another policy on full; allowed: block; make it so";
    case Error::wrong_item_size: return "ring holds items of another size; attach with the type that made it";
    case Error::corrupt: return "ring header contradicts itself; make the ring anew";
  }
  return "unknown error";
}

/// What became of a `push` or `pop` that may wait.
enum class Status : std::uint8_t {
  ok,
  timeout,
  closed,  ///< push: this or the other end is closed. pop: closed, and nothing is left.
};

}  // namespace spsc
