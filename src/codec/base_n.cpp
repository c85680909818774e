// The four spellings share one bit shifter; what differs is an alphabet, a group and whether groups are padded.
#include "codec/base_n.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"

namespace lindung::codec {
namespace {

constexpr std::uint8_t foreign = 0xff;
using Values = std::array<std::uint8_t, 256>;

struct Alphabet {
  std::string_view letters;
  Values values;
  unsigned bits;
};

constexpr Alphabet make_alphabet(std::string_view letters, unsigned bits) {
  Alphabet out{.letters = letters, .values = {}, .bits = bits};
  out.values.fill(foreign);
  for (std::size_t i = 0; i < letters.size(); ++i) {
    out.values[static_cast<std::uint8_t>(letters[i])] = static_cast<std::uint8_t>(i);
  }
  return out;
}

constexpr Alphabet make_hex_alphabet() {
  auto out = make_alphabet("0123456789abcdef", 4);
  for (std::size_t i = 0; i < 6; ++i) out.values['A' + i] = static_cast<std::uint8_t>(10 + i);
  return out;
}

constexpr auto base16_alphabet = make_hex_alphabet();
constexpr auto base32_alphabet = make_alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 5);
constexpr auto base64_alphabet = make_alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 6);
constexpr auto base64url_alphabet =
    make_alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 6);

std::string encode(BytesView bytes, const Alphabet& alphabet) {
  const std::uint32_t mask = (1U << alphabet.bits) - 1U;
  std::string out;
  out.reserve(bytes.size() * 8 / alphabet.bits + 4);
  std::uint32_t buffer = 0;
  unsigned held = 0;
  for (const auto byte : bytes) {
    buffer = (buffer << 8U) | byte;
    held += 8;
    while (held >= alphabet.bits) {
      held -= alphabet.bits;
      out.push_back(alphabet.letters[(buffer >> held) & mask]);
    }
  }
  if (held > 0) out.push_back(alphabet.letters[(buffer << (alphabet.bits - held)) & mask]);
  return out;
}

std::size_t decoded_size(std::size_t letters, const Alphabet& alphabet) { return letters * alphabet.bits / 8; }

// Shape: `out` has decoded_size() bytes. A canonical text leaves less than one letter's bits over, all of them zero
// (RFC 4648 section 3.5).
Result<void> decode(std::string_view text, const Alphabet& alphabet, MutableBytes out) {
  std::uint32_t buffer = 0;
  unsigned held = 0;
  std::size_t written = 0;
  for (const char letter : text) {
    const auto value = alphabet.values[static_cast<std::uint8_t>(letter)];
    if (value == foreign) return fail(Errc::malformed, "a character outside the alphabet");
    buffer = (buffer << alphabet.bits) | value;
    held += alphabet.bits;
    if (held >= 8) {
      held -= 8;
      out[written++] = static_cast<std::uint8_t>(buffer >> held);
    }
  }
  if (held >= alphabet.bits) return fail(Errc::malformed, "an impossible length");
  if ((buffer & ((1U << held) - 1U)) != 0) return fail(Errc::malformed, "pad bits are not zero");
  return ok();
}

Result<Bytes> decode(std::string_view text, const Alphabet& alphabet) {
  Bytes out(decoded_size(text.size(), alphabet));
  TRYV(decode(text, alphabet, MutableBytes{out}));
  return out;
}

Result<void> decode_exactly(std::string_view text, const Alphabet& alphabet, MutableBytes out) {
  if (decoded_size(text.size(), alphabet) != out.size()) return fail(Errc::malformed, "another length");
  return decode(text, alphabet, out);
}

// The text without its padding, which must complete the last group of four and no more.
Result<std::string_view> without_padding(std::string_view text) {
  if (text.size() % 4 != 0) return fail(Errc::malformed, "wrong padding");
  for (int pad = 0; pad < 2 && text.ends_with('='); ++pad) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string hex(BytesView bytes) { return encode(bytes, base16_alphabet); }
std::string base32(BytesView bytes) { return encode(bytes, base32_alphabet); }
std::string base64url(BytesView bytes) { return encode(bytes, base64url_alphabet); }

std::string base64(BytesView bytes) {
  auto out = encode(bytes, base64_alphabet);
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

Result<Bytes> from_hex(std::string_view text) { return decode(text, base16_alphabet); }
Result<Bytes> from_base32(std::string_view text) { return decode(text, base32_alphabet); }
Result<Bytes> from_base64url(std::string_view text) { return decode(text, base64url_alphabet); }

Result<Bytes> from_base64(std::string_view text) {
  TRY(letters, without_padding(text));
  return decode(letters, base64_alphabet);
}

Result<void> from_hex(std::string_view text, MutableBytes out) { return decode_exactly(text, base16_alphabet, out); }

Result<void> from_base64(std::string_view text, MutableBytes out) {
  TRY(letters, without_padding(text));
  return decode_exactly(letters, base64_alphabet, out);
}

Result<void> from_base64url(std::string_view text, MutableBytes out) {
  return decode_exactly(text, base64url_alphabet, out);
}

}  // namespace lindung::codec
