// Hexadecimal constants of standards, readable in tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace lindung::crypto::test {

[[nodiscard]] inline std::uint8_t hex_digit(char digit) {
  return static_cast<std::uint8_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

// Shape: lower-case digits, two a byte.
[[nodiscard]] inline Bytes hex(std::string_view text) {
  Bytes out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    out.push_back(static_cast<std::uint8_t>((hex_digit(text[i]) << 4U) | hex_digit(text[i + 1])));
  }
  return out;
}

template <std::size_t N>
[[nodiscard]] ByteArray<N> hex_array(std::string_view text) {
  return take<N>(hex(text));
}

}  // namespace lindung::crypto::test
