// RFC 9285 section 4: three letters, the least significant first, are two bytes; two letters are one.
#include "codec/base45.h"

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

constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
constexpr std::uint32_t radix = 45;
// Above every value of a group: a sum that a foreign character takes part in cannot pass for one of its own alphabet.
constexpr std::uint32_t foreign = 1U << 20U;

constexpr std::array<std::uint32_t, 256> make_values() {
  std::array<std::uint32_t, 256> out{};
  out.fill(foreign);
  for (std::size_t i = 0; i < letters.size(); ++i) {
    out[static_cast<std::uint8_t>(letters[i])] = static_cast<std::uint32_t>(i);
  }
  return out;
}
constexpr auto values = make_values();

std::uint32_t value_of(char letter) { return values[static_cast<std::uint8_t>(letter)]; }

Result<Bytes> refused(std::uint32_t group) {
  return fail(Errc::malformed,
              group >= foreign ? "a character outside the base45 alphabet" : "a base45 group too large");
}

}  // namespace

std::string base45(BytesView bytes) {
  std::string out;
  out.reserve(bytes.size() / 2 * 3 + 2);
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const bool pair = i + 1 < bytes.size();
    std::uint32_t group = pair ? (std::uint32_t{bytes[i]} << 8U) | bytes[i + 1] : std::uint32_t{bytes[i]};
    for (int left = pair ? 3 : 2; left > 0; --left) {
      out.push_back(letters[group % radix]);
      group /= radix;
    }
  }
  return out;
}

Result<Bytes> from_base45(std::string_view text) {
  const std::size_t rest = text.size() % 3;
  if (rest == 1) return fail(Errc::malformed, "a base45 text with one letter over");
  const std::size_t groups = text.size() / 3;
  Bytes out(groups * 2 + (rest == 2 ? 1 : 0));
  for (std::size_t i = 0; i < groups; ++i) {
    const char* at = text.data() + (3 * i);
    const auto group = value_of(at[0]) + (radix * value_of(at[1])) + (radix * radix * value_of(at[2]));
    if (group > 0xffff) return refused(group);
    out[2 * i] = static_cast<std::uint8_t>(group >> 8U);
    out[(2 * i) + 1] = static_cast<std::uint8_t>(group);
  }
  if (rest == 2) {
    const auto group = value_of(text[text.size() - 2]) + (radix * value_of(text.back()));
    if (group > 0xff) return refused(group);
    out.back() = static_cast<std::uint8_t>(group);
  }
  return out;
}

}  // namespace lindung::codec
