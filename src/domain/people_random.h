// Random numbers that are the same on every machine and compiler, for made-up people only.
// Source: splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lindung::domain {

class MadeUpRandom {
 public:
  // Another stream for each seed and number.
  MadeUpRandom(std::uint64_t seed, std::uint64_t number) noexcept : state_{seed} { state_ = draw() ^ number; }

  [[nodiscard]] std::uint64_t draw() noexcept {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
  }
  // One of 0 … limit - 1; the tiny bias of the remainder does not matter here.
  [[nodiscard]] std::uint64_t below(std::uint64_t limit) noexcept { return draw() % limit; }
  // From `first` to `last`, both included.
  [[nodiscard]] int between(int first, int last) noexcept {
    return first + static_cast<int>(below(static_cast<std::uint64_t>(last - first) + 1));
  }
  [[nodiscard]] bool is_one_of(std::uint64_t hundredths) noexcept { return below(100) < hundredths; }
  template <class T, std::size_t N>
  [[nodiscard]] const T& pick(std::span<const T, N> from) noexcept {
    return from[static_cast<std::size_t>(below(from.size()))];
  }

 private:
  std::uint64_t state_;
};

}  // namespace lindung::domain
