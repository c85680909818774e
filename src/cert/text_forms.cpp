#include "cert/text_forms.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lindung::cert {
namespace {

// Two decimal digits; -1 for anything else.
int two_digits(std::string_view text, std::size_t at) noexcept {
  if (text.size() < at + 2 || !is_digit(text[at]) || !is_digit(text[at + 1])) return -1;
  return ((text[at] - '0') * 10) + (text[at + 1] - '0');
}

bool in_range(int value, int last) noexcept { return value >= 0 && value <= last; }

// "Z", "+02", "+0200" or "+02:00": the shapes that validators of the format take.
bool is_offset(std::string_view text) noexcept {
  if (text == "Z" || text == "z") return true;
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
  if (!in_range(two_digits(text, 1), 23)) return false;
  text.remove_prefix(3);
  if (text.empty()) return true;
  if (text[0] == ':') text.remove_prefix(1);
  return text.size() == 2 && in_range(two_digits(text, 0), 59);
}

}  // namespace

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::size_t code_points(std::string_view utf8) noexcept {
  std::size_t out = 0;
  for (const char c : utf8) {
    if ((static_cast<std::uint8_t>(c) & 0xc0U) != 0x80U) ++out;
  }
  return out;
}

bool is_full_date(std::string_view text) noexcept {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const int century = two_digits(text, 0);
  const int year = two_digits(text, 2);
  const int month = two_digits(text, 5);
  const int day = two_digits(text, 8);
  if (century < 0 || year < 0 || month < 0 || day < 0) return false;
  return std::chrono::year_month_day{std::chrono::year{(century * 100) + year},
                                     std::chrono::month{static_cast<unsigned>(month)},
                                     std::chrono::day{static_cast<unsigned>(day)}}
      .ok();
}

bool is_date_time(std::string_view text) noexcept {
  if (text.size() < 20 || !is_full_date(text.substr(0, 10))) return false;
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return false;
  text.remove_prefix(11);
  if (text[2] != ':' || text[5] != ':' || !in_range(two_digits(text, 0), 23) || !in_range(two_digits(text, 3), 59) ||
      !in_range(two_digits(text, 6), 60)) {
    return false;
  }
  text.remove_prefix(8);
  if (text[0] == '.') {
    std::size_t digits = 1;
    while (digits < text.size() && is_digit(text[digits])) ++digits;
    if (digits == 1) return false;
    text.remove_prefix(digits);
  }
  return is_offset(text);
}

}  // namespace lindung::cert
