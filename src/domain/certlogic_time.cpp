#include "domain/certlogic_time.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace lindung::domain::certlogic {

namespace {

using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::sys_days;
using std::chrono::sys_time;

constexpr Milliseconds per_second = 1000;
constexpr Milliseconds per_minute = 60 * per_second;
constexpr Milliseconds per_hour = 60 * per_minute;
constexpr Milliseconds per_day = 24 * per_hour;
constexpr Milliseconds furthest = 30'000 * 365 * per_day;  // std::chrono::year ends at 32767

// Reads a text from the front; remembers whether everything fitted so far.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_{text} {}

  int digits(std::size_t count) noexcept {
    if (rest_.size() < count) return refuse();
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(rest_[i])) return refuse();
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  void expect(char wanted) noexcept {
    if (!accept(wanted)) fits_ = false;
  }
  bool accept(char wanted) noexcept {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] std::size_t digits_ahead() const noexcept {
    std::size_t count = 0;
    while (count < rest_.size() && is_digit(rest_[count])) ++count;
    return count;
  }
  void skip(std::size_t count) noexcept { rest_.remove_prefix(count); }
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  [[nodiscard]] bool fits() const noexcept { return fits_; }
  int refuse() noexcept {
    fits_ = false;
    return 0;
  }

 private:
  static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
  std::string_view rest_;
  bool fits_{true};
};

std::optional<Milliseconds> at_midnight(int year, int month, int day) noexcept {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return sys_days{date}.time_since_epoch().count() * per_day;
}

// YYYY or YYYY-MM: the last day that fits.
std::optional<Milliseconds> round_up(std::string_view text) noexcept {
  Reader reader{text};
  const int year = reader.digits(4);
  int month = 12;
  if (!reader.at_end()) {
    reader.expect('-');
    month = reader.digits(2);
  }
  if (!reader.fits() || !reader.at_end() || month < 1 || month > 12) return std::nullopt;
  const auto last = std::chrono::year{year} / std::chrono::month{static_cast<unsigned>(month)} / std::chrono::last;
  return sys_days{last}.time_since_epoch().count() * per_day;
}

std::optional<Milliseconds> read_date(Reader& reader) noexcept {
  const int year = reader.digits(4);
  reader.expect('-');
  const int month = reader.digits(2);
  reader.expect('-');
  const int day = reader.digits(2);
  if (!reader.fits()) return std::nullopt;
  return at_midnight(year, month, day);
}

// h, hh, hmm, hhmm, h:mm or hh:mm, after the sign.
Milliseconds read_offset(Reader& reader) noexcept {
  const std::size_t ahead = reader.digits_ahead();
  const int hours = reader.digits(ahead == 1 || ahead == 3 ? 1 : 2);
  int minutes = 0;
  if (reader.accept(':')) {
    if (ahead > 2) reader.refuse();
    minutes = reader.digits(2);
  } else if (ahead > 2) {
    minutes = reader.digits(2);
  }
  if (hours > 23 || minutes > 59) reader.refuse();
  return hours * per_hour + minutes * per_minute;
}

// .S with any number of decimals, of which three count.
Milliseconds read_fraction(Reader& reader) noexcept {
  const std::size_t decimals = reader.digits_ahead();
  if (decimals == 0) return reader.refuse();
  const std::size_t kept = decimals < 3 ? decimals : 3;
  Milliseconds value = reader.digits(kept);
  for (std::size_t i = kept; i < 3; ++i) value *= 10;
  reader.skip(decimals - kept);
  return value;
}

}  // namespace

std::optional<TimeUnit> parse_time_unit(std::string_view word) noexcept {
  if (word == "year") return TimeUnit::year;
  if (word == "month") return TimeUnit::month;
  if (word == "day") return TimeUnit::day;
  if (word == "hour") return TimeUnit::hour;
  return std::nullopt;
}

std::optional<Milliseconds> parse_date_time(std::string_view text) noexcept {
  if (text.size() < 10) return round_up(text);
  Reader reader{text};
  const auto date = read_date(reader);
  if (!date || reader.at_end()) return date;
  reader.expect('T');
  const int hour = reader.digits(2);
  reader.expect(':');
  const int minute = reader.digits(2);
  reader.expect(':');
  const int second = reader.digits(2);
  const Milliseconds fraction = reader.accept('.') ? read_fraction(reader) : 0;
  Milliseconds offset = 0;
  if (!reader.at_end() && !reader.accept('Z')) {
    if (reader.accept('-')) {
      offset = -read_offset(reader);
    } else {
      reader.expect('+');
      offset = read_offset(reader);
    }
  }
  if (!reader.fits() || !reader.at_end() || hour > 24 || minute > 59 || second > 59) return std::nullopt;
  const Milliseconds of_day = hour * per_hour + minute * per_minute + second * per_second + fraction;
  if (of_day > per_day) return std::nullopt;  // 24:00:00 is the end of a day, nothing comes after it
  return *date + of_day - offset;
}

std::optional<Milliseconds> parse_date_of_birth(std::string_view text) noexcept {
  if (text.size() < 10) return round_up(text);
  Reader reader{text};
  const auto date = read_date(reader);
  return reader.at_end() ? date : std::nullopt;
}

std::optional<Milliseconds> plus_time(Milliseconds at, std::int64_t amount, TimeUnit unit) noexcept {
  constexpr std::int64_t largest = 2 * furthest / per_hour;  // from one end of the range to the other, in hours
  if (amount > largest || amount < -largest) return std::nullopt;
  Milliseconds moved = at;
  if (unit == TimeUnit::hour) {
    moved += amount * per_hour;
  } else if (unit == TimeUnit::day) {
    moved += amount * per_day;
  } else if (amount != 0) {
    constexpr std::int64_t most_months = furthest / (28 * per_day);
    const std::int64_t months = unit == TimeUnit::year ? amount * 12 : amount;
    if (months > most_months || months < -most_months) return std::nullopt;
    const auto day = floor<std::chrono::days>(sys_time<milliseconds>{milliseconds{at}});
    const std::chrono::year_month_day date{day};
    const auto first = date.year() / date.month() / std::chrono::day{1} + std::chrono::months{static_cast<int>(months)};
    // A day that the new month does not have runs over into the next one.
    const auto days = sys_days{first} + (date.day() - std::chrono::day{1});
    moved = days.time_since_epoch().count() * per_day + (at - day.time_since_epoch().count() * per_day);
  }
  if (moved > furthest || moved < -furthest) return std::nullopt;
  return moved;
}

Milliseconds next_month(Milliseconds at) noexcept {
  const std::chrono::year_month_day date{floor<std::chrono::days>(sys_time<milliseconds>{milliseconds{at}})};
  const sys_days first{(date.year() / date.month() + std::chrono::months{1}) / std::chrono::day{1}};
  return first.time_since_epoch().count() * per_day;
}

std::string date_time_text(Milliseconds at) {
  const sys_time<milliseconds> moment{milliseconds{at}};
  const auto day = floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{moment - day};
  std::array<char, 64> buffer{};
  const int length =
      std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                    static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return {buffer.data(), static_cast<std::size_t>(length)};
}

}  // namespace lindung::domain::certlogic
