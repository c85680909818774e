// Noise for published counts: the discrete Laplace distribution, sampled exactly, with whole numbers alone. Floating
// point noise leaks the count through the gaps between its numbers (Mironov 2012); here there are no such numbers.
//
// Source: Canonne, Kamath, Steinke, "The Discrete Gaussian for Differential Privacy" (2020), algorithms 1 and 2.
#pragma once

#include <cstdint>
#include <functional>

namespace lindung::domain {

using RandomBits = std::function<std::uint64_t()>;  // 64 of them, uniform and independent

// True with probability exactly exp(-numerator / denominator). Shape: denominator > 0.
[[nodiscard]] bool bernoulli_exp(std::uint64_t numerator, std::uint64_t denominator, const RandomBits& random);

// P(x) is proportional to exp(-|x| * numerator / denominator): with numerator / denominator = epsilon / sensitivity,
// what is added to a count of that sensitivity makes it epsilon-differentially private. Shape: both > 0 and below 2^31.
[[nodiscard]] std::int64_t discrete_laplace(std::uint64_t numerator, std::uint64_t denominator,
                                            const RandomBits& random);

}  // namespace lindung::domain
