// Random bytes from the operating system's generator (libsodium randombytes_buf).
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/secret.h"

namespace lindung::crypto {

void fill_random(MutableBytes out) noexcept;

template <std::size_t N>
[[nodiscard]] ByteArray<N> random_bytes() noexcept {
  ByteArray<N> out;
  fill_random(out);
  return out;
}

template <std::size_t N>
[[nodiscard]] Secret<N> random_secret() noexcept {
  Secret<N> out;
  fill_random(out.mutable_view());
  return out;
}

}  // namespace lindung::crypto
