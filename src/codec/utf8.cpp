// The byte ranges are those of RFC 3629 section 4: only the second byte's range depends on the first.
#include "codec/utf8.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lindung::codec {
namespace {

struct Sequence {
  std::size_t length;  // 0: no sequence begins so
  std::uint8_t second_min;
  std::uint8_t second_max;
};

constexpr Sequence sequence_of(std::uint8_t first) {
  if (first < 0x80) return {.length = 1, .second_min = 0, .second_max = 0};
  if (first >= 0xc2 && first <= 0xdf) return {.length = 2, .second_min = 0x80, .second_max = 0xbf};
  if (first == 0xe0) return {.length = 3, .second_min = 0xa0, .second_max = 0xbf};
  if (first == 0xed) return {.length = 3, .second_min = 0x80, .second_max = 0x9f};
  if (first >= 0xe1 && first <= 0xef) return {.length = 3, .second_min = 0x80, .second_max = 0xbf};
  if (first == 0xf0) return {.length = 4, .second_min = 0x90, .second_max = 0xbf};
  if (first >= 0xf1 && first <= 0xf3) return {.length = 4, .second_min = 0x80, .second_max = 0xbf};
  if (first == 0xf4) return {.length = 4, .second_min = 0x80, .second_max = 0x8f};
  return {.length = 0, .second_min = 0, .second_max = 0};
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<std::uint8_t>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const auto sequence = sequence_of(static_cast<std::uint8_t>(text[at]));
    if (sequence.length == 0 || sequence.length > text.size() - at) return false;
    for (std::size_t i = 1; i < sequence.length; ++i) {
      const auto byte = static_cast<std::uint8_t>(text[at + i]);
      const auto low = i == 1 ? sequence.second_min : std::uint8_t{0x80};
      const auto high = i == 1 ? sequence.second_max : std::uint8_t{0xbf};
      if (byte < low || byte > high) return false;
    }
    at += sequence.length;
  }
  return true;
}

}  // namespace lindung::codec
