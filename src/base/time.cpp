#include "base/time.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"

namespace lindung {

namespace {

std::chrono::nanoseconds read_clock(clockid_t which) {
  timespec at{};
  ::clock_gettime(which, &at);
  return std::chrono::seconds{at.tv_sec} + std::chrono::nanoseconds{at.tv_nsec};
}

// Reads exactly `digits` decimal digits off the front; -1 if they are not there.
int take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = text[i];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take_char(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

Moment SystemClock::now() const {
  return Moment{std::chrono::floor<std::chrono::seconds>(read_clock(CLOCK_REALTIME))} + offset_;
}

std::chrono::nanoseconds SystemClock::since_boot() const { return read_clock(CLOCK_BOOTTIME); }

std::string rfc3339(Moment at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  std::array<char, 48> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                                   static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                                   static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                                   static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return {buffer.data(), static_cast<std::size_t>(length)};
}

Result<Moment> parse_rfc3339(std::string_view text) {
  const auto bad = [] { return fail(Errc::invalid_argument, "not an RFC 3339 time"); };
  const int year = take_number(text, 4);
  if (year < 0 || !take_char(text, "-")) return bad();
  const int month = take_number(text, 2);
  if (month < 1 || !take_char(text, "-")) return bad();
  const int day = take_number(text, 2);
  if (day < 1 || !take_char(text, "Tt ")) return bad();
  const int hour = take_number(text, 2);
  if (hour < 0 || hour > 23 || !take_char(text, ":")) return bad();
  const int minute = take_number(text, 2);
  if (minute < 0 || minute > 59 || !take_char(text, ":")) return bad();
  const int second = take_number(text, 2);
  if (second < 0 || second > 60) return bad();
  if (take_char(text, ".")) {
    if (take_number(text, 1) < 0) return bad();
    while (take_number(text, 1) >= 0) {
    }
  }
  int offset_minutes = 0;
  if (!text.empty() && !take_char(text, "Zz")) {
    const bool west = text.front() == '-';
    if (!take_char(text, "+-")) return bad();
    const int hours = take_number(text, 2);
    if (hours < 0 || hours > 23) return bad();
    take_char(text, ":");
    const int minutes = take_number(text, 2);
    if (minutes < 0 || minutes > 59) return bad();
    offset_minutes = (hours * 60 + minutes) * (west ? -1 : 1);
  }
  if (!text.empty()) return bad();
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return bad();
  return Moment{std::chrono::sys_days{date}} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second} - std::chrono::minutes{offset_minutes};
}

}  // namespace lindung
