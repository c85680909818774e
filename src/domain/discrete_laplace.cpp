#include "domain/discrete_laplace.h"

#include <cstdint>
#include <limits>

namespace lindung::domain {

namespace {

// Uniform in 0 .. bound - 1: what would favour the small ones is drawn again.
std::uint64_t below(std::uint64_t bound, const RandomBits& random) {
  const auto limit = std::numeric_limits<std::uint64_t>::max() - std::numeric_limits<std::uint64_t>::max() % bound;
  auto drawn = random();
  while (drawn >= limit) drawn = random();
  return drawn % bound;
}

// For numerator <= denominator: the number of rounds of an alternating series is odd with probability exp(-x).
bool bernoulli_exp_of_part(std::uint64_t numerator, std::uint64_t denominator, const RandomBits& random) {
  std::uint64_t round = 1;
  while (below(denominator * round, random) < numerator) ++round;
  return round % 2 == 1;
}

}  // namespace

bool bernoulli_exp(std::uint64_t numerator, std::uint64_t denominator, const RandomBits& random) {
  for (; numerator > denominator; numerator -= denominator) {
    if (!bernoulli_exp_of_part(1, 1, random)) return false;
  }
  return bernoulli_exp_of_part(numerator, denominator, random);
}

std::int64_t discrete_laplace(std::uint64_t numerator, std::uint64_t denominator, const RandomBits& random) {
  while (true) {
    const auto part = below(denominator, random);
    if (!bernoulli_exp(part, denominator, random)) continue;
    std::uint64_t whole = 0;
    while (bernoulli_exp(1, 1, random)) ++whole;
    const auto size = static_cast<std::int64_t>((part + denominator * whole) / numerator);
    const bool is_negative = below(2, random) == 1;
    if (is_negative && size == 0) continue;  // or zero would come twice
    return is_negative ? -size : size;
  }
}

}  // namespace lindung::domain
