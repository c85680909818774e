#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/surveillance_svg.h"
#include "domain/syndrome.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr double thousand = 1'000;

struct SurveillanceArguments {
  std::string day;
  std::string from;
  std::string to;
  std::string district;
  std::string syndrome;
  std::string language{"id"};
  std::string output;
  double epsilon{0.5};
  bool by_province{};
};
using Shared = std::shared_ptr<SurveillanceArguments>;

void add_range(CLI::App& command, const Shared& arguments) {
  command.add_option("--from", arguments->from, "first day (UTC): 2026-11-01")->required();
  command.add_option("--to", arguments->to, "last day")->required();
}

json::object range_of(const SurveillanceArguments& arguments) {
  return {{"from", arguments.from}, {"to", arguments.to}};
}

Result<json::value> draw(const Context& context, const SurveillanceArguments& arguments, bool is_map) {
  TRY(syndrome, domain::parse_syndrome(arguments.syndrome));
  const auto& info = domain::info_of(syndrome);
  const auto language = arguments.language == "en" ? Language::english : Language::indonesian;
  const auto range = is_map ? json::object{{"from", arguments.day}, {"to", arguments.day}} : range_of(arguments);
  TRY(answer, call_server(context, "surveillance/figures", range));
  const auto& days = answer.at("figures").as_array();
  if (days.empty()) return fail(Errc::not_found, "nothing is published of that: lindung surveillance publish");
  TRY(svg, is_map ? province_map_svg(days.front(), info, language) : series_svg(days, info, language));
  TRYV(store::replace_file(arguments.output, as_bytes(svg)));
  return json::object{{"file", arguments.output}, {"days", days.size()}, {"syndrome", info.id}};
}

void add_drawing(CLI::App& command, Context& context, const Shared& arguments, bool is_map) {
  command.add_option("--syndrome", arguments->syndrome, "ili, sari, fever-rash, haemorrhagic, diarrhoea, …")
      ->required();
  command.add_option("--language", arguments->language, "id or en")
      ->check(CLI::IsMember({"id", "en"}))
      ->capture_default_str();
  command.add_option("--output", arguments->output, "SVG file")->required();
  command.callback([&context, arguments, is_map] { finish(context, draw(context, *arguments, is_map)); });
}

}  // namespace

void add_surveillance_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("surveillance", "counts of reports, alarms, published figures");
  group->require_subcommand(1);
  const auto arguments = std::make_shared<SurveillanceArguments>();

  auto* counts =
      add_command(*group, context, "counts", "reports by day, district and syndrome, as they are: for offices",
                  "lindung surveillance counts --from 2026-11-01 --to 2026-11-22 --district 31");
  add_range(*counts, arguments);
  counts->add_option("--district", arguments->district, "2 or 4 digits; all unless given");
  counts->add_flag("--by-province", arguments->by_province, "districts added up to provinces");
  counts->callback([&context, arguments] {
    auto call = range_of(*arguments);
    if (!arguments->district.empty()) call["district"] = arguments->district;
    if (arguments->by_province) call["by_province"] = true;
    finish(context, call_server(context, "surveillance/counts", call));
  });

  auto* alarms = add_command(*group, context, "alarms", "where a day has more than its days before say (EARS, CUSUM)",
                             "lindung surveillance alarms --day 2026-11-22");
  alarms->add_option("--day", arguments->day, "day (UTC); today unless given");
  alarms->callback([&context, arguments] {
    json::object call;
    if (!arguments->day.empty()) call["day"] = arguments->day;
    finish(context, call_server(context, "surveillance/alarms", call));
  });

  auto* publish = add_command(*group, context, "publish", "publish the figures of a day that is over, once",
                              "lindung surveillance publish --day 2026-11-21 --epsilon 0.5");
  publish->add_option("--day", arguments->day, "day (UTC)")->required();
  publish->add_option("--epsilon", arguments->epsilon, "what it costs of the privacy budget: at most 1")
      ->check(CLI::Range(0.001, 1.0))
      ->capture_default_str();
  publish->callback([&context, arguments] {
    finish(context,
           call_server(context, "surveillance/publish",
                       {{"day", arguments->day},
                        {"epsilon_milli", static_cast<std::uint64_t>(std::llround(arguments->epsilon * thousand))}}));
  });

  auto* budget = add_command(*group, context, "budget", "what was published, and what it cost",
                             "lindung surveillance budget --from 2026-11-01 --to 2026-11-30");
  add_range(*budget, arguments);
  budget->callback(
      [&context, arguments] { finish(context, call_server(context, "surveillance/budget", range_of(*arguments))); });

  auto* map = add_command(*group, context, "map", "published figures of a day on a map of the provinces, as SVG",
                          "lindung surveillance map --day 2026-11-21 --syndrome ili --output ili.svg");
  map->add_option("--day", arguments->day, "day (UTC)")->required();
  add_drawing(*map, context, arguments, true);

  auto* series = add_command(*group, context, "series", "published figures of some days as a time series, as SVG",
                             "lindung surveillance series --from 2026-11-01 --to 2026-11-21 --syndrome ili --output "
                             "ili.svg");
  add_range(*series, arguments);
  add_drawing(*series, context, arguments, false);
}

}  // namespace lindung::cli
