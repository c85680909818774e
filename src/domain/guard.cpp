#include "domain/guard.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "domain/code_map.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/issuer_terms.h"
#include "domain/record.h"
#include "embedded/codes_guard_json.h"

namespace lindung::domain {

namespace {

namespace json = boost::json;

Result<std::uint64_t> number_at(const json::value& table, const char* pointer) {
  boost::system::error_code error;
  const auto* value = table.find_pointer(pointer, error);
  if (value == nullptr || !value->is_int64() || value->get_int64() < 0) {
    return fail(Errc::malformed, "guard table: no number at " + std::string{pointer});
  }
  return static_cast<std::uint64_t>(value->get_int64());
}

std::optional<std::chrono::days> shortest_interval(const GuardTable& table, std::string_view series) {
  const auto found = std::ranges::find(table.intervals, series, &GuardTable::Interval::series);
  if (found == table.intervals.end()) return std::nullopt;
  return found->shortest;
}

std::string_view disease_of(std::string_view series) {
  const auto all = built_in_codes().series();
  const auto found = std::ranges::find(all, series, &Series::id);
  return found == all.end() ? series : std::string_view{found->disease};
}

}  // namespace

Result<GuardTable> load_guard_table(std::string_view text) {
  TRY(table, codec::parse_json(text, {.bytes = text.size(), .depth = 8}));
  const auto* series = table.is_object() ? table.get_object().if_contains("series") : nullptr;
  if (series == nullptr || !series->is_array()) return fail(Errc::malformed, "guard table: no series");
  GuardTable loaded;
  for (const auto& each : series->get_array()) {
    const auto* id = each.is_object() ? each.get_object().if_contains("id") : nullptr;
    if (id == nullptr || !id->is_string()) return fail(Errc::malformed, "guard table: a series without an id");
    TRY(days, number_at(each, "/days"));
    loaded.intervals.push_back(
        {.series = std::string{id->get_string()}, .shortest = std::chrono::days{static_cast<std::int64_t>(days)}});
  }
  TRY(past, number_at(table, "/velocity/days"));
  TRY(active_days, number_at(table, "/velocity/active_days"));
  TRY(times, number_at(table, "/velocity/times"));
  TRY(at_least, number_at(table, "/velocity/at_least"));
  loaded.past = std::chrono::days{static_cast<std::int64_t>(past)};
  loaded.active_days = active_days;
  loaded.times = times;
  loaded.at_least = at_least;
  return loaded;
}

const GuardTable& built_in_guard() {
  static const GuardTable table = [] {
    auto loaded = load_guard_table(embedded::codes_guard_json);
    // The file is part of the program: a broken one is a broken build, which the first test shows.
    if (loaded.has_error()) std::abort();
    return std::move(loaded).value();
  }();
  return table;
}

std::optional<Reason> refused_by_terms(const IssuerTerms& terms, Moment entered_at, const Identity& person) {
  if (terms.hours && !terms.hours->is_open_at(entered_at)) return Reason::issuer_closed;
  if (!terms.covers(person.nik)) return Reason::outside_district;
  return std::nullopt;
}

std::optional<Reason> refused_by_terms(const IssuerTerms& terms, Moment entered_at, const Fact& fact) {
  if (!terms.allows(kind_of(fact))) return Reason::outside_scope;
  if (moment_of(fact) + terms.back_dating < entered_at) return Reason::back_dated;
  return std::nullopt;
}

bool is_impossible_beside(const Vaccination& dose, std::span<const Record> known, const GuardTable& table) {
  const auto shortest = shortest_interval(table, dose.series);
  if (!shortest) return false;
  const auto day = std::chrono::floor<std::chrono::days>(dose.at);
  return std::ranges::any_of(known, [&](const Record& record) {
    const auto* other = std::get_if<Vaccination>(&record.fact);
    if (other == nullptr) return false;
    const auto other_day = std::chrono::floor<std::chrono::days>(other->at);
    if (other->series != dose.series) {  // numbers of two schedules say nothing of each other
      return day != other_day && disease_of(other->series) == disease_of(dose.series) &&
             std::chrono::abs(day - other_day) < *shortest;
    }
    const bool is_numbered = dose.dose != 0 && other->dose != 0;
    if (day == other_day) return is_numbered && dose.dose != other->dose;
    if (std::chrono::abs(day - other_day) < *shortest) return true;
    return is_numbered && dose.dose != other->dose && (dose.dose < other->dose) != (day < other_day);
  });
}

std::optional<std::uint64_t> usual_rows(std::span<const std::uint64_t> past_days, const GuardTable& table) {
  if (past_days.size() < table.active_days) return std::nullopt;
  return std::max(table.at_least, table.times * std::ranges::max(past_days));
}

bool contradicts(const PartialDate& told, const PartialDate& known) noexcept {
  if (told.year != known.year) return true;
  if (told.month == 0 || known.month == 0) return false;
  if (told.month != known.month) return true;
  return told.day != 0 && known.day != 0 && told.day != known.day;
}

}  // namespace lindung::domain
