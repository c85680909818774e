// Forward-secure chains of keys, one key a day or an hour: from the chain's value at one period every later key can be
// computed and no earlier one. Whoever holds the ring has the same keys without talking; keeping only a later value is
// how a day is forgotten.
//   key of p        = HMAC-SHA256(value of p, "lindung period key v1")
//   value of p + 1  = HMAC-SHA256(value of p, "lindung period next v1")
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/secret.h"

namespace lindung::store {

// The numbers stand in ring files: add at the end, never reuse one.
enum class Ratchet : std::uint8_t {
  visit_day = 0,    // visits, by the UTC day of check-in
  answer_day = 1,   // openings and signatures of answers, by day
  answer_hour = 2,  // recorded answers for retries, by hour
};
inline constexpr std::size_t ratchet_count = 3;

// How far after its oldest period a chain is followed: bounds the work of one call (0.1 s) and the memory of its keys.
[[nodiscard]] constexpr std::uint64_t ratchet_limit(Ratchet ratchet) noexcept {
  return ratchet == Ratchet::answer_hour ? 100'000 : 4'000;
}

// What a ring file keeps of a chain.
struct RatchetBase {
  std::uint64_t period{};
  Secret<32> value{};
};

// The base of the same chain at a later period. Shape: base.period <= period; the caller bounds the distance.
[[nodiscard]] RatchetBase later_base(const RatchetBase& base, std::uint64_t period) noexcept;

// The keys of one chain that were computed so far, all from the base on. Not thread-safe; wiped on reset.
class RatchetChain {
 public:
  // Starts anew unless it stands on this base already.
  void stand_on(const RatchetBase& base);
  void clear() noexcept;
  // Computed once. Shape: period not before the base; the caller bounds the distance; after stand_on.
  [[nodiscard]] const Secret<32>& key(std::uint64_t period);

 private:
  std::optional<RatchetBase> base_;
  RatchetBase next_;  // the chain's value behind the last computed key
  std::vector<Secret<32>> keys_;
};

}  // namespace lindung::store
