#include "service/surveillance.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "domain/aberration.h"
#include "domain/figures.h"
#include "domain/nik.h"
#include "domain/syndrome.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "service/report_keys.h"
#include "service/report_rows.h"
#include "store/database.h"
#include "store/period_table.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

namespace json = boost::json;

constexpr std::uint32_t most_days = 400;
constexpr std::size_t province_size = 2;
constexpr std::size_t date_size = 10;
constexpr std::uint64_t seconds_a_day = 86'400;

std::string text_of(Day day) { return rfc3339(start_of(day)).substr(0, date_size); }

// Empty for a day without reports, or one whose key is gone.
Result<Tally> read_day(store::Transaction& transaction, const store::KeyRing& ring,
                       const std::vector<std::uint64_t>& there, Day day) {
  if (!std::ranges::binary_search(there, day.number)) return Tally{};
  const auto key = find_report_day_key(ring, day);
  if (key.has_error()) {
    if (key.error().code == Errc::sealed) return key.error();
    return Tally{};
  }
  return read_tally(transaction, key.value(), day);
}

Result<Counts> read_counts(store::Transaction& transaction, const store::KeyRing& ring, Day first, Day last) {
  if (last < first || last.number - first.number >= most_days) {
    return fail(Errc::invalid_argument, "days: at most 400, the first one first");
  }
  Counts counts{.first = first, .last = last, .series = {}};
  const std::size_t size = last.number - first.number + 1;
  TRY(there, store::list_periods(transaction, store::PeriodTable::report_tally));
  for (std::uint32_t i = 0; i < size; ++i) {
    TRY(tally, read_day(transaction, ring, there, {first.number + i}));
    for (const auto& [cell, count] : tally) {
      auto& series = counts.series[cell];
      series.resize(size);
      series[i] = count;
    }
  }
  return counts;
}

void add_alarms(std::vector<Alarm>& alarms, const Counts& counts) {
  for (const auto& [cell, series] : counts.series) {
    const auto add = [&](std::string_view method, double value) {
      alarms.push_back(
          {.place = cell.first, .syndrome = cell.second, .method = method, .value = value, .count = series.back()});
    };
    const auto last = domain::ears(series).back();
    if (last.is_c1_alarm()) add("C1", *last.c1);
    if (last.is_c2_alarm()) add("C2", *last.c2);
    if (last.is_c3_alarm()) add("C3", *last.c3);
    const auto sums = domain::count_cusum(series);
    if (!sums.empty() && sums.back().is_alarm) add("CUSUM", sums.back().upper);
  }
}

std::uint64_t random_bits() { return get_be<std::uint64_t>(crypto::random_bytes<sizeof(std::uint64_t)>()); }

// All cells there can be, whether anybody was reported there or not: which are shown must tell nothing either.
json::object make_figures(const Counts& counts, Day day, std::uint64_t epsilon_milli) {
  const auto provinces = domain::provinces();
  json::object syndromes;
  for (const auto& syndrome : domain::syndromes()) {
    std::vector<std::uint64_t> cells;
    for (const auto& province : provinces) {
      const auto found = counts.series.find({province.code, syndrome.syndrome});
      cells.push_back(found == counts.series.end() ? 0 : found->second.back());
    }
    const auto row = domain::publishable(cells, epsilon_milli, random_bits);
    json::object by_province;
    for (std::size_t i = 0; i < provinces.size(); ++i) {
      by_province[provinces[i].code] = row.cells[i] ? json::value(*row.cells[i]) : json::value();
    }
    syndromes[syndrome.id] = json::object{{"name", json::object{{"id", syndrome.name_id}, {"en", syndrome.name_en}}},
                                          {"provinces", std::move(by_province)},
                                          {"total", row.total ? json::value(*row.total) : json::value()}};
  }
  return {{"day", text_of(day)},
          {"unit", "reports of suspected cases"},
          {"epsilon_milli", epsilon_milli},
          {"figures_a_report", domain::figures_a_report},
          {"mechanism", "discrete Laplace, exact (Canonne, Kamath, Steinke 2020)"},
          {"hidden_below", domain::fewest_shown},
          {"syndromes", std::move(syndromes)}};
}

constexpr std::string_view select_figures =
    "SELECT day, epsilon_milli, published_at, body FROM report_figure WHERE day >= $1 AND day <= $2 ORDER BY day";

Result<std::vector<PublishedDay>> read_figures(store::Transaction& transaction, Day first, Day last) {
  std::vector<PublishedDay> days;
  TRYV(transaction.run(store::Sql{select_figures}, {std::int64_t{first.number}, std::int64_t{last.number}},
                       [&](const store::Row& row) {
                         days.push_back({.day = {static_cast<std::uint32_t>(row.integer(0))},
                                         .epsilon_milli = static_cast<std::uint64_t>(row.integer(1)),
                                         .published_at = moment_of(static_cast<std::uint64_t>(row.integer(2))),
                                         .body = std::string{row.text(3)}});
                       }));
  return days;
}

// Every 30 days in a row that `day` would stand in.
Result<void> check_budget(const std::vector<PublishedDay>& around, Day day, std::uint64_t epsilon_milli) {
  for (std::uint32_t from = day.number - (budget_days - 1); from <= day.number; ++from) {
    std::uint64_t spent = epsilon_milli;
    for (const auto& each : around) {
      if (each.day.number >= from && each.day.number < from + budget_days) spent += each.epsilon_milli;
    }
    if (spent > most_epsilon_milli_a_month) {
      return Error{.code = Errc::quota, .detail = "the privacy budget of 30 days is spent", .number = seconds_a_day};
    }
  }
  return ok();
}

}  // namespace

Result<Counts> read_counts(const Platform& platform, Day first, Day last) {
  Counts counts;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(read, read_counts(transaction, platform.ring, first, last));
    counts = std::move(read);
    return ok();
  }));
  return counts;
}

Counts by_province(const Counts& counts) {
  Counts out{.first = counts.first, .last = counts.last, .series = {}};
  for (const auto& [cell, series] : counts.series) {
    auto& sum = out.series[{cell.first.substr(0, province_size), cell.second}];
    sum.resize(series.size());
    for (std::size_t i = 0; i < series.size(); ++i) sum[i] += series[i];
  }
  return out;
}

Result<std::vector<Alarm>> find_alarms(const Platform& platform, Day day) {
  // From the first day that is known: those before it had no reporter, which is not the same as nobody ill.
  auto first = day.number - static_cast<std::uint32_t>(surveillance_days);
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(there, store::list_periods(transaction, store::PeriodTable::report_tally));
    if (!there.empty()) first = std::min(day.number, std::max(first, static_cast<std::uint32_t>(there.front())));
    return ok();
  }));
  TRY(counts, read_counts(platform, {first}, day));
  std::vector<Alarm> alarms;
  add_alarms(alarms, counts);
  add_alarms(alarms, by_province(counts));
  return alarms;
}

Result<PublishedDay> publish_figures(const Platform& platform, Day day, std::uint64_t epsilon_milli,
                                     const Hash& command) {
  if (epsilon_milli == 0 || epsilon_milli > most_epsilon_milli_a_day) {
    return fail(Errc::invalid_argument, "epsilon: above 0, at most 1 a day");
  }
  const auto today = day_of(platform.clock.now());
  if (day >= today || day.number + static_cast<std::uint32_t>(reports_kept.count()) < today.number) {
    return fail(Errc::invalid_argument, "day: one that is over and is not forgotten");
  }
  PublishedDay published;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    TRY(around, read_figures(transaction, {day.number - budget_days}, {day.number + budget_days}));
    if (const auto known = std::ranges::find(around, day, &PublishedDay::day); known != around.end()) {
      published = *known;  // the same again: asking often averages nothing out
      return ok();
    }
    TRYV(check_budget(around, day, epsilon_milli));
    TRY(counts, read_counts(transaction, platform.ring, day, day));
    published = {.day = day,
                 .epsilon_milli = epsilon_milli,
                 .published_at = unit.now(),
                 .body = codec::to_text(make_figures(by_province(counts), day, epsilon_milli))};
    TRYV(transaction.run(store::Sql{"INSERT INTO report_figure (day, epsilon_milli, published_at, body) "
                                    "VALUES ($1, $2, $3, $4)"},
                         {std::int64_t{day.number}, static_cast<std::int64_t>(epsilon_milli),
                          static_cast<std::int64_t>(unix_seconds(unit.now())), std::string_view{published.body}}));
    TRYV(unit.log(log::OfficerEntry{.at = unit.now(),
                                    .action = "figures.published",
                                    .officer_key_digest = command,
                                    .case_digest = crypto::sha256(as_bytes(published.body))}));
    return ok();
  }));
  return published;
}

Result<PublishedDay> find_figures(const Platform& platform, Day day) {
  TRY(days, list_figures(platform, day, day));
  if (days.empty()) return fail(Errc::not_found, "nothing is published of that day");
  return std::move(days.front());
}

Result<std::vector<PublishedDay>> list_figures(const Platform& platform, Day first, Day last) {
  std::vector<PublishedDay> days;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(read, read_figures(transaction, first, last));
    days = std::move(read);
    return ok();
  }));
  return days;
}

}  // namespace lindung::service
