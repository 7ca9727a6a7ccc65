// Our rings, as a user would take them: LineRing for single words, IndexRing for wider items and batches.
#pragma once

#include <spsc/spsc.hpp>

template <class Ring>
class Ours {
 public:
  using Item = typename Ring::Item;

  explicit Ours(std::size_t capacity) : memory_(Ring::bytes(capacity)), ring_(Ring::init(memory_.get(), capacity)) {}

  auto producer() { return std::move(*ring_.producer()); }
  auto consumer() { return std::move(*ring_.consumer()); }

 private:
  spsc::Memory memory_;
  Ring ring_;
};

struct OurLineRing : Ours<spsc::LineRing<>> {
  static constexpr auto name = "spsc LineRing";
  static constexpr bool pauses = false;
  using Ours::Ours;
};

template <class T>
struct OurIndexRing : Ours<spsc::IndexRing<T>> {
  static constexpr auto name = "spsc IndexRing";
  static constexpr bool pauses = true;
  using Ours<spsc::IndexRing<T>>::Ours;
};
