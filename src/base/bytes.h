// Byte strings and big-endian integers, as the protocol writes them (protocol.md, opening paragraph).
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lindung {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;
template <std::size_t N>
using ByteArray = std::array<std::uint8_t, N>;
using Hash = ByteArray<32>;  // SHA-256

// The bytes of a text, without its terminator.
[[nodiscard]] inline BytesView as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};  // NOLINT: char is a byte
}

[[nodiscard]] inline std::string_view as_text(BytesView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // NOLINT: char is a byte
}

[[nodiscard]] inline Bytes to_bytes(BytesView bytes) { return {bytes.begin(), bytes.end()}; }

template <std::unsigned_integral T>
void put_be(MutableBytes out, T value) noexcept {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out[i] = static_cast<std::uint8_t>(value >> (8 * (sizeof(T) - 1 - i)));
  }
}

template <std::unsigned_integral T>
[[nodiscard]] T get_be(BytesView in) noexcept {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>((value << 8U) | in[i]);
  return value;
}

// Shape: exactly N bytes from the front of `in`; the caller has checked the length.
template <std::size_t N>
[[nodiscard]] ByteArray<N> take(BytesView in) noexcept {
  ByteArray<N> out;
  std::memcpy(out.data(), in.data(), N);
  return out;
}

// Appends pieces of a message one behind the other ("|" in protocol.md).
class Message {
 public:
  Message() = default;
  explicit Message(std::size_t capacity) { bytes_.reserve(capacity); }
  Message& text(std::string_view value) { return raw(as_bytes(value)); }
  Message& raw(BytesView value) {
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return *this;
  }
  template <std::unsigned_integral T>
  Message& be(T value) {
    ByteArray<sizeof(T)> buffer;
    put_be(MutableBytes{buffer}, value);
    return raw(buffer);
  }
  Message& u8(std::uint8_t value) { return be(value); }
  [[nodiscard]] BytesView view() const noexcept { return bytes_; }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

// Constant time in the contents, not in the lengths.
[[nodiscard]] inline bool equal_secret(BytesView a, BytesView b) noexcept {
  if (a.size() != b.size()) return false;
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
  return difference == 0;
}

[[nodiscard]] inline bool all_zero(BytesView bytes) noexcept {
  std::uint8_t any = 0;
  for (const auto byte : bytes) any = static_cast<std::uint8_t>(any | byte);
  return any == 0;
}

}  // namespace lindung
