// One pass, a few symbols of memory for each spelling; a candidate is decoded only where its first symbols fit.
#include "domain/token_scan.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "domain/link_token.h"

namespace lindung::domain {

namespace {

constexpr std::size_t hex_size = link_token_size * 2;               // 56
constexpr std::size_t base64_size = (link_token_size * 8 + 5) / 6;  // 38; the last symbol has two bits of the token
constexpr std::uint8_t none = 0xff;
constexpr unsigned second_of_base64 = 1;  // 0x01 is 000000 01....: 'A', then one of 'Q' to 'f'

constexpr std::array<std::uint8_t, 256> make_hex() {
  std::array<std::uint8_t, 256> out{};
  out.fill(none);
  for (unsigned i = 0; i < 10; ++i) out.at('0' + i) = static_cast<std::uint8_t>(i);
  for (unsigned i = 0; i < 6; ++i) out.at('a' + i) = out.at('A' + i) = static_cast<std::uint8_t>(10 + i);
  return out;
}
constexpr std::array<std::uint8_t, 256> make_base64() {
  std::array<std::uint8_t, 256> out{};
  out.fill(none);
  for (unsigned i = 0; i < 26; ++i) {
    out.at('A' + i) = static_cast<std::uint8_t>(i);
    out.at('a' + i) = static_cast<std::uint8_t>(26 + i);
  }
  for (unsigned i = 0; i < 10; ++i) out.at('0' + i) = static_cast<std::uint8_t>(52 + i);
  out.at('+') = out.at('-') = 62;
  out.at('/') = out.at('_') = 63;
  return out;
}
constexpr auto hex_values = make_hex();
constexpr auto base64_values = make_base64();

// What "\u002f" or "%2F" stands for, once it is whole; none: not an escape of one of our symbols.
std::optional<std::uint8_t> unescaped(BytesView escape) {
  const auto digits = escape.last(2);
  const auto high = hex_values.at(digits[0]);
  const auto low = hex_values.at(digits[1]);
  if (high == none || low == none) return std::nullopt;
  return static_cast<std::uint8_t>(high << 4U | low);
}

}  // namespace

std::string_view name_of(TokenSpelling spelling) noexcept {
  static constexpr std::array<std::string_view, token_spellings> names{"hex", "base64", "raw"};
  return names.at(static_cast<std::size_t>(spelling));
}

void TokenScan::reset() noexcept {
  hex_ = {};
  base64_ = {};
  raw_ = {};
  escape_size_ = 0;
  hex_gap_ = 0;
}

void TokenScan::take(BytesView bytes) {
  for (const auto byte : bytes) take_byte(byte);
}

void TokenScan::take_byte(std::uint8_t byte) {
  raw_.push(byte);
  if (raw_.length >= link_token_size && raw_.at(link_token_size - 1) == link_token_version) {
    LinkToken token;
    for (std::size_t i = 0; i < link_token_size; ++i) token.bytes.at(i) = raw_.at(link_token_size - 1 - i);
    found_(token, TokenSpelling::raw);
  }
  if (byte != 0) take_text(byte);  // of UTF-16 every second byte is zero, in either order
}

// Escapes of one symbol are opened; what turns out to be none is taken as it stands.
void TokenScan::take_text(std::uint8_t byte) {
  const auto give_back = [this] {
    const auto held = escape_;
    const auto size = escape_size_;
    escape_size_ = 0;
    for (std::size_t i = 0; i < size; ++i) take_symbol(held.at(i));
  };
  if (escape_size_ == 0) {
    if (byte != '\\' && byte != '%') {
      take_symbol(byte);
      return;
    }
    escape_.at(escape_size_++) = byte;
    return;
  }
  const bool is_percent = escape_[0] == '%';
  if (escape_size_ == 1 && !is_percent) {
    if (byte == 'u') {
      escape_.at(escape_size_++) = byte;
      return;
    }
    escape_size_ = 0;  // "\/", "\x", "\"": what the backslash stands before is taken without it, and an x goes with it
    if (byte != 'x' && byte != '\\') take_symbol(byte);
    return;
  }
  if (hex_values.at(byte) == none) {
    give_back();
    take_text(byte);
    return;
  }
  escape_.at(escape_size_++) = byte;
  if (escape_size_ != (is_percent ? 3U : 6U)) return;
  const auto value = unescaped(BytesView{escape_}.first(escape_size_));
  if (!value || (base64_values.at(*value) == none && *value != '=')) {
    give_back();
    return;
  }
  escape_size_ = 0;
  take_symbol(*value);
}

void TokenScan::take_symbol(std::uint8_t byte) {
  look_at_hex(byte);
  look_at_base64(byte);
}

void TokenScan::look_at_hex(std::uint8_t byte) {
  const auto value = hex_values.at(byte);
  if (value == none) {
    // One separator between two bytes: "01:ab", "01 ab", "01-ab".
    const bool is_separator = byte == ':' || byte == ' ' || byte == '-';
    if (!is_separator || ++hex_gap_ > 1) hex_.length = 0;
    return;
  }
  hex_gap_ = 0;
  hex_.push(value);
  if (hex_.length < hex_size || hex_.at(hex_size - 1) != 0 || hex_.at(hex_size - 2) != link_token_version) return;
  LinkToken token;
  for (std::size_t i = 0; i < link_token_size; ++i) {
    const auto back = hex_size - 1 - 2 * i;
    token.bytes.at(i) = static_cast<std::uint8_t>(hex_.at(back) << 4U | hex_.at(back - 1));
  }
  found_(token, TokenSpelling::hex);
}

void TokenScan::look_at_base64(std::uint8_t byte) {
  const auto value = base64_values.at(byte);
  if (value == none) {
    base64_.length = 0;
    return;
  }
  base64_.push(value);
  if (base64_.length < base64_size || base64_.at(base64_size - 1) != 0 ||
      base64_.at(base64_size - 2) >> 4U != second_of_base64 || (value & 0x0fU) != 0) {
    return;
  }
  LinkToken token;
  unsigned bits = 0;
  unsigned held = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < base64_size && at < link_token_size; ++i) {
    held = (held << 6U | base64_.at(base64_size - 1 - i)) & 0xffffU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    token.bytes.at(at++) = static_cast<std::uint8_t>(held >> bits);
  }
  found_(token, TokenSpelling::base64);
}

}  // namespace lindung::domain
