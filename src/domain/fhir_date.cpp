#include "domain/fhir_date.h"

#include <chrono>
#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "domain/fhir_node.h"
#include "domain/import.h"
#include "domain/import_reason.h"

namespace lindung::domain::fhir {

namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::chrono::hours earliest_zone{9};  // WIT, UTC+9: where a day begins first
constexpr std::chrono::minutes clock_tolerance{5};
constexpr std::size_t date_size = 10;  // "2021-05-20"

// `digits` decimal digits at `at`; -1 if they are not there.
int digits_at(std::string_view text, std::size_t at, std::size_t digits) {
  if (text.size() < at + digits) return -1;
  int value = 0;
  for (const char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

Read<DateRead> parse_moment(std::string_view text, const PartialDate& date) {
  // FHIR asks for seconds and for an offset; base's reader would take a time without one as UTC.
  if (text[date_size] != 'T') return refuse(Reason::invalid_date);
  const auto zone = text.find_first_of("Z+-", date_size);
  if (zone == std::string_view::npos) {
    return refuse(parse_rfc3339(text).has_error() ? Reason::invalid_date : Reason::missing_time_zone);
  }
  if (text[zone] != 'Z' && (text.size() != zone + 6 || text[zone + 3] != ':')) return refuse(Reason::invalid_date);
  const auto at = parse_rfc3339(text);
  if (at.has_error()) return refuse(Reason::invalid_date);
  return DateRead{.date = date, .precision = Precision::second, .begin = at.value(), .end = at.value() + seconds{1}};
}

}  // namespace

Read<DateRead> parse_date(std::string_view text) {
  const auto bad = [] { return refuse(Reason::invalid_date); };
  const int written_year = digits_at(text, 0, 4);
  if (written_year < 1) return bad();
  const auto from = [](year_month_day date) { return Moment{sys_days{date}}; };
  const year y{written_year};
  if (text.size() == 4) {
    return DateRead{.date = {.year = written_year},
                    .precision = Precision::year,
                    .begin = from(y / 1 / 1),
                    .end = from((y + std::chrono::years{1}) / 1 / 1)};
  }
  const int written_month = digits_at(text, 5, 2);
  if (text[4] != '-' || written_month < 1 || written_month > 12) return bad();
  const month m{static_cast<unsigned>(written_month)};
  if (text.size() == 7) {
    const auto next = std::chrono::year_month{y, m} + std::chrono::months{1};
    return DateRead{.date = {.year = written_year, .month = static_cast<unsigned>(written_month)},
                    .precision = Precision::month,
                    .begin = from(y / m / 1),
                    .end = from(next / 1)};
  }
  const int written_day = digits_at(text, 8, 2);
  if (text[7] != '-' || written_day < 1) return bad();
  const year_month_day whole{y, m, day{static_cast<unsigned>(written_day)}};
  if (!whole.ok()) return bad();
  const PartialDate date{
      .year = written_year, .month = static_cast<unsigned>(written_month), .day = static_cast<unsigned>(written_day)};
  if (text.size() > date_size) return parse_moment(text, date);
  return DateRead{.date = date,
                  .precision = Precision::day,
                  .begin = from(whole),
                  .end = Moment{sys_days{whole} + std::chrono::days{1}}};
}

Read<Moment> fact_moment(std::string_view text, Moment now) {
  TRY(read, parse_date(text));
  if (read.precision < Precision::day) return refuse(Reason::imprecise_date);
  if (read.begin < Moment{}) return refuse(Reason::date_too_early);
  const auto begins = read.precision == Precision::day ? read.begin - earliest_zone : read.begin;
  if (begins > now + clock_tolerance) return refuse(Reason::date_in_future);
  return read.begin;
}

Read<Moment> end_moment(std::string_view text) {
  TRY(read, parse_date(text));
  if (read.precision < Precision::day) return refuse(Reason::imprecise_date);
  if (read.begin < Moment{}) return refuse(Reason::date_too_early);
  return read.end;
}

}  // namespace lindung::domain::fhir
