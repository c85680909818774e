#include "codec/transcode.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace lindung::codec {

namespace {

constexpr char32_t replacement = 0xFFFD;

// 0x80 to 0x9F; 0: not assigned.
constexpr std::array<char16_t, 32> windows1252{0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                               0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                               0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                               0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

void append(std::string& out, char32_t point) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | point >> 6U);
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12U);
    put(0x80 | (point >> 6U & 0x3FU));
  } else {
    put(0xF0 | point >> 18U);
    put(0x80 | (point >> 12U & 0x3FU));
    put(0x80 | (point >> 6U & 0x3FU));
  }
  put(0x80 | (point & 0x3FU));
}

}  // namespace

std::optional<std::string> utf16_to_utf8(BytesView text) {
  if (text.size() < 2) return std::nullopt;
  const bool is_little = text[0] == 0xFF && text[1] == 0xFE;
  if (!is_little && (text[0] != 0xFE || text[1] != 0xFF)) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2 + text.size() / 8);
  const auto unit = [&](std::size_t at) {
    return static_cast<char32_t>(is_little ? text[at] | text[at + 1] << 8U : text[at] << 8U | text[at + 1]);
  };
  std::size_t at = 2;
  while (at + 1 < text.size()) {
    const auto first = unit(at);
    at += 2;
    if (first < 0xD800 || first > 0xDFFF) {
      append(out, first);
      continue;
    }
    const auto second = first < 0xDC00 && at + 1 < text.size() ? unit(at) : 0;
    if (second < 0xDC00 || second > 0xDFFF) {
      append(out, replacement);
      continue;
    }
    at += 2;
    append(out, 0x10000 + ((first - 0xD800) << 10U) + (second - 0xDC00));
  }
  if (at < text.size()) append(out, replacement);
  return out;
}

std::optional<std::string> windows1252_to_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 || byte >= 0xA0) {
      append(out, byte);
      continue;
    }
    const char32_t point = windows1252.at(byte - 0x80U);
    if (point == 0) return std::nullopt;
    append(out, point);
  }
  return out;
}

}  // namespace lindung::codec
