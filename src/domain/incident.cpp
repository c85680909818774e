#include "domain/incident.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/utf8.h"
#include "domain/rule_set.h"

namespace lindung::domain {

namespace {

// The next code point of UTF-8, and how many bytes it takes.
std::pair<std::uint32_t, std::size_t> next_sign(std::string_view text) {
  const auto first = static_cast<std::uint8_t>(text.front());
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  std::uint32_t sign = first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) sign = (sign << 6U) | (static_cast<std::uint8_t>(text[i]) & 0x3FU);
  return {sign, size};
}

bool is_space(std::uint32_t sign) {
  return sign == ' ' || (sign >= 0x09 && sign <= 0x0D) || sign == 0x85 || sign == 0xA0 || sign == 0x1680 ||
         (sign >= 0x2000 && sign <= 0x200A) || sign == 0x2028 || sign == 0x2029 || sign == 0x202F || sign == 0x205F ||
         sign == 0x3000;
}

// Controls, signs that turn the direction of writing, and what has no width.
bool is_dropped(std::uint32_t sign) {
  return sign < 0x20 || (sign >= 0x7F && sign < 0xA0) || (sign >= 0x200B && sign <= 0x200F) ||
         (sign >= 0x202A && sign <= 0x202E) || (sign >= 0x2060 && sign <= 0x206F) || sign == 0xFEFF || sign == 0x061C ||
         (sign >= 0xFFF9 && sign <= 0xFFFF) || (sign >= 0xE0000 && sign <= 0xE0FFF);
}

// What a spreadsheet takes for the beginning of a formula, their wide forms included.
bool begins_formula(std::uint32_t sign) {
  return sign == '=' || sign == '+' || sign == '-' || sign == '@' || sign == 0xFF1D || sign == 0xFF0B ||
         sign == 0xFF0D || sign == 0xFF20 || sign == 0x2212;
}

}  // namespace

std::string_view name_of(IncidentState state) noexcept {
  switch (state) {
    case IncidentState::open: return "open";
    case IncidentState::contained: return "contained";
    case IncidentState::notified: return "notified";
    case IncidentState::closed: return "closed";
  }
  return "unknown";
}

std::string_view name_of(IncidentClock clock) noexcept {
  return clock == IncidentClock::authorities_24h ? "24h" : "72h";
}

ClockFace read_clock(IncidentClock clock, Moment aware_at, std::optional<Moment> met_at, Moment reading) noexcept {
  const auto due = aware_at + (clock == IncidentClock::authorities_24h ? first_clock : second_clock);
  return {.clock = clock, .due = due, .met_at = met_at, .seconds_left = (due - met_at.value_or(reading)).count()};
}

Result<std::string> clean_text(std::string_view text, std::size_t longest) {
  if (!codec::is_utf8(text)) return fail(Errc::invalid_argument, "a text is no UTF-8");
  std::string clean;
  bool is_after_space = true;
  while (!text.empty()) {
    const auto [sign, size] = next_sign(text);
    if (is_space(sign)) {
      if (!is_after_space) clean += ' ';
      is_after_space = true;
    } else if (!is_dropped(sign) && !(clean.empty() && begins_formula(sign))) {
      clean += text.substr(0, size);
      is_after_space = false;
    }
    text.remove_prefix(size);
  }
  while (clean.ends_with(' ')) clean.pop_back();
  if (clean.size() > longest) {
    return fail(Errc::invalid_argument, "a text is longer than " + std::to_string(longest) + " bytes");
  }
  return clean;
}

Text said_or(const std::string& said, Text otherwise) {
  return said.empty() ? std::move(otherwise) : Text{.id = said, .en = said};
}

}  // namespace lindung::domain
