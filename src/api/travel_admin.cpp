#include "api/travel_admin.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/answer.h"
#include "api/arguments.h"
#include "api/borrow.h"
#include "api/desk_json.h"
#include "api/problem.h"
#include "api/travel_ground.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "domain/travel_card.h"
#include "http/message.h"
#include "http/router.h"
#include "travel/border_intake.h"
#include "travel/border_lists.h"
#include "travel/carriers.h"
#include "travel/day_keys.h"
#include "travel/decisions.h"
#include "travel/devices.h"
#include "travel/rules.h"
#include "travel/sick.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::size_t body_limit = 4UL * 1024 * 1024;
constexpr std::chrono::minutes deadline{10};

using Run = std::function<Result<json::value>(const TravelAccess&, const json::object&)>;

json::value moment_json(const std::optional<Moment>& at) { return at ? json::value(rfc3339(*at)) : json::value{}; }

Result<json::value> status(const TravelAccess& access, const json::object& /*arguments*/) {
  TRY(log, access.publisher.status());
  TRY(days, travel::day_status(access.ground));
  json::array reasons;
  for (const auto& reason : access.gate.reasons()) reasons.emplace_back(reason);
  const auto rules = access.ground.rules.get();
  return json::object{{"answering", access.gate.is_open()},
                      {"closed_by", std::move(reasons)},
                      {"rules", rules ? rules->name() : ""},
                      {"rules_are_draft", rules && rules->is_draft()},
                      {"log_size", log.checkpoint.size},
                      {"log_origin", log.checkpoint.origin},
                      {"days_with_keys", days.days},
                      {"first_day", rfc3339(start_of(Day{days.first}))},
                      {"last_day", rfc3339(start_of(Day{days.last}))}};
}

Result<json::value> retention(const TravelAccess& access, const json::object& /*arguments*/) {
  TRY(report, travel::forget_old_days(access.ground));
  json::array days;
  for (const auto day : report.days) days.emplace_back(rfc3339(start_of(Day{day})).substr(0, 10));
  return json::object{
      {"days_destroyed", std::move(days)}, {"cards", report.cards}, {"cards_readable", report.cards_readable}};
}

json::object rules_json(const travel::RulesRow& row) {
  return {{"rules", row.id + "@" + row.version},
          {"digest", codec::hex(row.digest)},
          {"active", row.is_active},
          {"changed_at", rfc3339(row.changed_at)}};
}

Result<json::value> rules_list(const TravelAccess& access, const json::object& /*arguments*/) {
  TRY(rows, travel::list_rules(access.ground));
  json::array out;
  for (const auto& row : rows) out.emplace_back(rules_json(row));
  return json::object{{"rules", std::move(out)}};
}

Result<json::value> rules_activate(const TravelAccess& access, const json::object& given) {
  TRY(arguments, Arguments::read(given, {"document"}));
  TRY(document, arguments.text("document"));
  TRY(row, travel::activate_rules(access.ground, document));
  return rules_json(row);
}

Result<json::value> officer_add(const TravelAccess& access, const json::object& given) {
  TRY(arguments, Arguments::read(given, {"officer", "public_key"}));
  TRY(id, arguments.text("officer"));
  TRY(key, arguments.bytes<32>("public_key"));
  TRYV(travel::add_officer(access.ground, id, key));
  return json::object{{"officer", id}};
}

Result<json::value> device_add(const TravelAccess& access, const json::object& given) {
  TRY(arguments, Arguments::read(given, {"device", "port", "public_key"}));
  TRY(id, arguments.text("device"));
  TRY(port, arguments.text("port"));
  TRY(key, arguments.bytes<32>("public_key"));
  TRYV(travel::add_device(access.ground, id, port, key));
  return json::object{{"device", id}, {"port", port}};
}

Result<json::value> device_revoke(const TravelAccess& access, const json::object& given) {
  TRY(arguments, Arguments::read(given, {"device"}));
  TRY(id, arguments.text("device"));
  TRYV(travel::revoke_device(access.ground, id));
  return json::object{{"device", id}, {"revoked", true}};
}

Result<json::value> device_list(const TravelAccess& access, const json::object& /*arguments*/) {
  TRY(devices, travel::list_devices(access.ground));
  json::array out;
  for (const auto& each : devices) {
    out.emplace_back(json::object{{"device", each.id},
                                  {"port", each.port},
                                  {"public_key", codec::hex(each.key.bytes())},
                                  {"added_at", rfc3339(each.added_at)},
                                  {"revoked_at", moment_json(each.revoked_at)}});
  }
  return json::object{{"devices", std::move(out)}};
}

Result<json::value> device_pack(const TravelAccess& access, const json::object& given) {
  TRY(arguments, Arguments::read(given, {"device", "sealing_key"}));
  TRY(id, arguments.text("device"));
  TRY(key, arguments.bytes<32>("sealing_key"));
  TRY(device, travel::find_device(access.ground, id));
  TRY(sealed, travel::border_list_for(access.ground, device, key));
  return json::object{{"device", id}, {"list", codec::base64(sealed)}};
}

Result<json::value> conflicts(const TravelAccess& access, const json::object& given) {
  TRY(arguments, Arguments::read(given, {"port"}));
  TRY(port, arguments.text("port"));
  TRY(rows, travel::list_conflicts(access.ground, port));
  json::array out;
  for (const auto& row : rows) out.emplace_back(desk_conflict_json(row));
  return json::object{{"port", port}, {"conflicts", std::move(out)}};
}

Result<json::value> carrier_add(const TravelAccess& access, const json::object& given) {
  TRY(arguments, Arguments::read(given, {"carrier", "name", "public_key"}));
  TRY(id, arguments.text("carrier"));
  TRY(name, arguments.text("name"));
  TRY(key, arguments.bytes<32>("public_key"));
  TRYV(travel::add_carrier(access.ground, id, name, key));
  return json::object{{"carrier", id}};
}

Result<json::value> carrier_revoke(const TravelAccess& access, const json::object& given) {
  TRY(arguments, Arguments::read(given, {"carrier"}));
  TRY(id, arguments.text("carrier"));
  TRYV(travel::revoke_carrier(access.ground, id));
  return json::object{{"carrier", id}, {"revoked", true}};
}

Result<json::value> carrier_key_add(const TravelAccess& access, const json::object& given) {
  TRY(arguments, Arguments::read(given, {"carrier", "public_key"}));
  TRY(id, arguments.text("carrier"));
  TRY(key, arguments.bytes<32>("public_key"));
  TRY(name, travel::add_carrier_key(access.ground, id, key));
  return json::object{{"carrier", id}, {"key", name}};
}

Result<json::value> carrier_key_revoke(const TravelAccess& access, const json::object& given) {
  TRY(arguments, Arguments::read(given, {"key"}));
  TRY(key, arguments.text("key"));
  TRYV(travel::revoke_carrier_key(access.ground, key));
  return json::object{{"key", key}, {"revoked", true}};
}

Result<json::value> carrier_list(const TravelAccess& access, const json::object& /*arguments*/) {
  TRY(carriers, travel::list_carriers(access.ground));
  json::array out;
  for (const auto& each : carriers) {
    TRY(keys, travel::list_carrier_keys(access.ground, each.id));
    json::array shown;
    for (const auto& key : keys) {
      shown.emplace_back(json::object{
          {"key", key.id}, {"added_at", rfc3339(key.added_at)}, {"revoked_at", moment_json(key.revoked_at)}});
    }
    out.emplace_back(json::object{{"carrier", each.id},
                                  {"name", each.name},
                                  {"keys", std::move(shown)},
                                  {"added_at", rfc3339(each.added_at)},
                                  {"revoked_at", moment_json(each.revoked_at)}});
  }
  return json::object{{"carriers", std::move(out)}};
}

// "2026-11-22"
Result<Day> day_argument(const Arguments& arguments) {
  TRY(text, arguments.text("day"));
  const auto at = parse_rfc3339(text + "T00:00:00Z");
  if (at.has_error()) return fail(Errc::invalid_argument, "day: a date like 2026-11-22 is needed");
  return day_of(at.value());
}

Result<json::value> figures(const TravelAccess& access, const json::object& given) {
  TRY(arguments, Arguments::read(given, {"port", "day"}));
  TRY(port, arguments.text("port"));
  TRY(day, day_argument(arguments));
  const auto from = hour_of(start_of(day));
  TRY(rows, travel::port_figures(access.ground, port, from, Hour{from.number + 24}));
  TRY(expected, travel::expected_people(access.ground, port, day));
  json::array passed;
  for (const auto& row : rows) {
    passed.emplace_back(json::object{
        {"hour", rfc3339(start_of(Hour{row.hour}))}, {"outcome", name_of(row.outcome)}, {"people", row.people}});
  }
  json::array coming;
  for (const auto& row : expected) {
    coming.emplace_back(
        json::object{{"hour", rfc3339(start_of(Hour{row.hour}))}, {"cards", row.cards}, {"people", row.people}});
  }
  return json::object{{"port", port}, {"passed", std::move(passed)}, {"expected", std::move(coming)}};
}

Result<json::value> sick_list(const TravelAccess& access, const json::object& given) {
  TRY(arguments, Arguments::read(given, {"port"}));
  TRY(port, arguments.text("port"));
  TRY(rows, travel::list_sick(access.ground, port));
  json::array out;
  for (const auto& row : rows) {
    out.emplace_back(json::object{
        {"report", codec::hex(row.id)}, {"taken_in", rfc3339(row.taken_in)}, {"seen_at", moment_json(row.seen_at)}});
  }
  return json::object{{"port", port}, {"reports", std::move(out)}};
}

Result<json::value> sick_take(const TravelAccess& access, const json::object& given) {
  TRY(arguments, Arguments::read(given, {"port", "report"}));
  TRY(port, arguments.text("port"));
  std::optional<travel::SickReportId> id;
  if (arguments.has("report")) {
    BOOST_OUTCOME_TRY(id, arguments.bytes<16>("report"));
  }
  TRY(report, travel::take_sick(access.ground, port, id));
  json::array symptoms;
  for (const auto symptom : report.symptoms) symptoms.emplace_back(domain::name_of(symptom));
  return json::object{{"report", codec::hex(report.id)}, {"card", codec::hex(report.card.bytes())},
                      {"place", report.place},           {"at", rfc3339(report.at)},
                      {"symptoms", std::move(symptoms)}, {"note", report.note}};
}

Result<json::object> arguments_of(const http::Request& request) {
  if (request.body.empty()) return json::object{};
  TRY(value, codec::parse_json(as_text(request.body), {.bytes = body_limit, .depth = 8}));
  if (!value.is_object()) return fail(Errc::malformed, "a JSON object is needed");
  const auto* arguments = value.get_object().if_contains("arguments");
  if (arguments == nullptr) return json::object{};
  if (!arguments->is_object()) return fail(Errc::malformed, "arguments: an object is needed");
  return arguments->get_object();
}

http::Route route(const std::string& name, const TravelSource& source, Run run) {
  return borrowing_route(
      {.method = "POST",
       .path = "/admin/travel/" + name,
       .access = http::Access::operator_only,
       .body_limit = body_limit,
       .deadline = deadline},
      source,
      [run = std::move(run)](const TravelAccess& access, const http::Request& request) -> Result<http::Response> {
        TRY(arguments, arguments_of(request));
        TRY(value, run(access, arguments));
        return private_json(value);
      },
      operator_problem);
}

}  // namespace

std::vector<http::Route> travel_admin_routes(const TravelSource& source) {
  std::vector<http::Route> routes;
  const auto add = [&](const std::string& name, Run run) { routes.push_back(route(name, source, std::move(run))); };
  add("status", status);
  add("retention", retention);
  add("rules/list", rules_list);
  add("rules/activate", rules_activate);
  add("officer/add", officer_add);
  add("device/add", device_add);
  add("device/revoke", device_revoke);
  add("device/list", device_list);
  add("device/pack", device_pack);
  add("conflicts", conflicts);
  add("carrier/add", carrier_add);
  add("carrier/revoke", carrier_revoke);
  add("carrier/key/add", carrier_key_add);
  add("carrier/key/revoke", carrier_key_revoke);
  add("carrier/list", carrier_list);
  add("figures", figures);
  add("sick/list", sick_list);
  add("sick/take", sick_take);
  return routes;
}

}  // namespace lindung::api
