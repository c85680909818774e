#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "domain/syndrome.h"
#include "service/surveillance.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

constexpr std::size_t date_size = 10;
constexpr std::uint64_t standard_epsilon_milli = 500;

std::string text_of(Day day) { return rfc3339(start_of(day)).substr(0, date_size); }

Result<Day> day_in(const Arguments& arguments, std::string_view name) {
  TRY(text, arguments.text(name));
  TRY(moment, parse_rfc3339(text + "T00:00:00Z"));
  return day_of(moment);
}

struct Range {
  Day first;
  Day last;
};

Result<Range> range_in(const Arguments& arguments) {
  TRY(first, day_in(arguments, "from"));
  TRY(last, day_in(arguments, "to"));
  return Range{.first = first, .last = last};
}

Result<json::value> counts(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"from", "to", "district", "by_province"}));
  TRY(range, range_in(arguments));
  TRY(read, service::read_counts(at.platform, range.first, range.last));
  if (arguments.has("by_province")) read = service::by_province(read);
  const auto wanted = arguments.text_or("district", "");
  json::array rows;
  for (const auto& [cell, series] : read.series) {
    if (!cell.first.starts_with(wanted)) continue;
    for (std::uint32_t i = 0; i < series.size(); ++i) {
      if (series[i] == 0) continue;
      rows.emplace_back(Object{{"day", text_of({range.first.number + i})},
                               {"place", cell.first},
                               {"syndrome", domain::name_of(cell.second)},
                               {"reports", series[i]}});
    }
  }
  return Object{{"counts", std::move(rows)}};
}

Result<json::value> alarms(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"day"}));
  auto day = day_of(at.platform.clock.now());
  if (arguments.has("day")) {
    TRY(said, day_in(arguments, "day"));
    day = said;
  }
  TRY(found, service::find_alarms(at.platform, day));
  json::array rows;
  for (const auto& alarm : found) {
    rows.emplace_back(Object{{"place", alarm.place},
                             {"syndrome", domain::name_of(alarm.syndrome)},
                             {"method", alarm.method},
                             {"value", alarm.value},
                             {"reports", alarm.count}});
  }
  return Object{{"day", text_of(day)}, {"alarms", std::move(rows)}};
}

Result<json::value> publish(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"day", "epsilon_milli"}));
  TRY(day, day_in(arguments, "day"));
  TRY(published, service::publish_figures(at.platform, day,
                                          arguments.number_or("epsilon_milli", standard_epsilon_milli), at.command));
  return codec::parse_json(published.body);
}

Result<json::value> figures(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"from", "to"}));
  TRY(range, range_in(arguments));
  TRY(days, service::list_figures(at.platform, range.first, range.last));
  json::array out;
  for (const auto& each : days) {
    TRY(body, codec::parse_json(each.body));
    out.emplace_back(std::move(body));
  }
  return Object{{"figures", std::move(out)}};
}

Result<json::value> budget(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"from", "to"}));
  TRY(range, range_in(arguments));
  TRY(days, service::list_figures(at.platform, range.first, range.last));
  json::array rows;
  std::uint64_t spent = 0;
  for (const auto& each : days) {
    spent += each.epsilon_milli;
    rows.emplace_back(Object{{"day", text_of(each.day)},
                             {"epsilon_milli", each.epsilon_milli},
                             {"spent_milli", spent},
                             {"published_at", rfc3339(each.published_at)}});
  }
  return Object{{"budget", std::move(rows)},
                {"most_a_day_milli", service::most_epsilon_milli_a_day},
                {"most_in_30_days_milli", service::most_epsilon_milli_a_month}};
}

}  // namespace

std::vector<AdminCommand> surveillance_commands() {
  return {{.name = "surveillance/counts", .officers = 1, .run = counts},
          {.name = "surveillance/alarms", .officers = 1, .run = alarms},
          {.name = "surveillance/publish", .officers = 1, .run = publish},
          {.name = "surveillance/figures", .officers = 0, .run = figures},
          {.name = "surveillance/budget", .officers = 0, .run = budget}};
}

}  // namespace lindung::api
