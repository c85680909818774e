#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "domain/issuer_terms.h"
#include "service/held_reports.h"
#include "service/report_keys.h"
#include "service/report_offices.h"
#include "service/reporters.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;
using service::ReporterId;
using service::ReporterState;

Result<ReporterId> reporter_in(const Arguments& arguments) {
  TRY(id, arguments.text("reporter"));
  return ReporterId{id};
}

Result<json::value> add(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"reporter", "name", "per_day", "per_minute"}));
  TRY(id, reporter_in(arguments));
  const service::ReporterLimits standard;
  TRYV(service::add_reporter(at.platform, id, arguments.text_or("name", id.value()),
                             {.per_day = arguments.number_or("per_day", standard.per_day),
                              .per_minute = arguments.number_or("per_minute", standard.per_minute)},
                             at.command));
  TRYV(service::keep_report_keys(at.platform.database, at.platform.ring, at.platform.clock));
  return Object{{"reporter", id.value()}};
}

template <ReporterState State>
Result<json::value> set_state(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"reporter"}));
  TRY(id, reporter_in(arguments));
  TRYV(service::set_reporter_state(at.platform, id, State, at.command));
  return Object{{"reporter", id.value()}, {"state", service::name_of(State)}};
}

Result<json::value> set_limits(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"reporter", "per_day", "per_minute"}));
  TRY(id, reporter_in(arguments));
  TRY(per_day, arguments.number("per_day"));
  TRY(per_minute, arguments.number("per_minute"));
  TRYV(service::set_reporter_limits(at.platform, id, {.per_day = per_day, .per_minute = per_minute}));
  return Object{{"reporter", id.value()}, {"per_day", per_day}, {"per_minute", per_minute}};
}

Result<json::value> list(const AdminGround& at, const Object& object) {
  TRYV(Arguments::read(object, {}));
  TRY(reporters, service::list_reporters(at.platform));
  json::array rows;
  for (const auto& each : reporters) {
    rows.emplace_back(Object{{"reporter", each.id.value()},
                             {"name", each.name},
                             {"state", service::name_of(each.state)},
                             {"per_day", each.limits.per_day},
                             {"per_minute", each.limits.per_minute},
                             {"keys", each.keys.size()},
                             {"today", each.today},
                             {"held_today", each.held_today}});
  }
  return Object{{"reporters", std::move(rows)}};
}

Result<json::value> add_key(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"reporter", "key_id", "public_key", "districts", "syndromes"}));
  TRY(id, reporter_in(arguments));
  TRY(key_id, arguments.text("key_id"));
  TRY(bytes, arguments.bytes<32>("public_key"));
  TRY(key, crypto::Ed25519PublicKey::from_bytes(bytes));
  TRY(scope, service::parse_scope(arguments.text_or("districts", ""), arguments.text_or("syndromes", "")));
  TRYV(service::add_reporter_key(at.platform, id, KeyId{key_id}, key, scope));
  return Object{{"reporter", id.value()}, {"key_id", key_id}};
}

Result<json::value> revoke_key(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"reporter", "key_id"}));
  TRY(id, reporter_in(arguments));
  TRY(key_id, arguments.text("key_id"));
  TRYV(service::revoke_reporter_key(at.platform, id, KeyId{key_id}));
  return Object{{"reporter", id.value()}, {"key_id", key_id}, {"revoked", true}};
}

Result<json::value> list_keys(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"reporter"}));
  TRY(id, reporter_in(arguments));
  TRY(reporters, service::list_reporters(at.platform));
  for (const auto& each : reporters) {
    if (each.id != id) continue;
    json::array rows;
    for (const auto& key : each.keys) {
      rows.emplace_back(Object{{"key_id", key.id.value()},
                               {"districts", key.districts},
                               {"syndromes", key.syndromes},
                               {"added_at", rfc3339(key.added_at)},
                               {"revoked_at", key.revoked_at ? json::value(rfc3339(*key.revoked_at)) : json::value()}});
    }
    return Object{{"keys", std::move(rows)}};
  }
  return fail(Errc::not_found, "no such reporter");
}

Result<json::value> add_office(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"office", "name", "role", "districts", "public_key"}));
  TRY(id, arguments.text("office"));
  TRY(role_text, arguments.text("role"));
  TRY(role, service::parse_office_role(role_text));
  TRY(key, arguments.bytes<32>("public_key"));
  service::Office office{.id = service::OfficeId{id},
                         .name = arguments.text_or("name", id),
                         .role = role,
                         .districts = {},
                         .public_key = key};
  if (const auto districts = arguments.text_or("districts", ""); !districts.empty()) {
    TRY(parsed, domain::parse_districts(districts));
    office.districts = std::move(parsed);
  }
  TRYV(service::add_office(at.platform, office));
  return Object{{"office", id}, {"key_id", codec::hex(office.key_id())}};
}

Result<json::value> list_offices(const AdminGround& at, const Object& object) {
  TRYV(Arguments::read(object, {}));
  TRY(offices, service::list_offices(at.platform));
  json::array rows;
  for (const auto& each : offices) {
    json::array districts;
    for (const auto& district : each.districts) districts.emplace_back(district);
    rows.emplace_back(Object{{"office", each.id.value()},
                             {"name", each.name},
                             {"role", service::name_of(each.role)},
                             {"districts", std::move(districts)},
                             {"key_id", codec::hex(each.key_id())}});
  }
  return Object{{"offices", std::move(rows)}};
}

std::string text_of(Day day) { return rfc3339(start_of(day)).substr(0, std::string_view{"2026-11-22"}.size()); }

Result<json::value> list_held(const AdminGround& at, const Object& object) {
  TRYV(Arguments::read(object, {}));
  TRY(held, service::list_held_reports(at.platform));
  json::array rows;
  for (const auto& each : held) {
    rows.emplace_back(
        Object{{"reporter", each.reporter.value()}, {"day", text_of(each.day)}, {"reports", each.reports}});
  }
  return Object{{"held", std::move(rows)}};
}

using Decide = Result<std::uint64_t> (*)(const service::Platform&, const ReporterId&, Day, const Hash&);

template <Decide Decision>
Result<json::value> decide_held(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"reporter", "day"}));
  TRY(id, reporter_in(arguments));
  TRY(text, arguments.text("day"));
  TRY(moment, parse_rfc3339(text + "T00:00:00Z"));
  TRY(reports, Decision(at.platform, id, day_of(moment), at.command));
  return Object{{"reporter", id.value()}, {"day", text}, {"reports", reports}};
}

}  // namespace

std::vector<AdminCommand> reporter_commands() {
  return {{.name = "reporter/add", .officers = 2, .run = add},
          {.name = "reporter/list", .officers = 0, .run = list},
          {.name = "reporter/suspend", .officers = 1, .run = set_state<ReporterState::suspended>},
          {.name = "reporter/resume", .officers = 2, .run = set_state<ReporterState::active>},
          {.name = "reporter/cut", .officers = 1, .run = set_state<ReporterState::cut>},
          {.name = "reporter/limits", .officers = 1, .run = set_limits},
          {.name = "reporter/key-add", .officers = 2, .run = add_key},
          {.name = "reporter/key-list", .officers = 0, .run = list_keys},
          {.name = "reporter/key-revoke", .officers = 1, .run = revoke_key},
          {.name = "report-office/add", .officers = 2, .run = add_office},
          {.name = "report-office/list", .officers = 0, .run = list_offices},
          {.name = "report-held/list", .officers = 0, .run = list_held},
          {.name = "report-held/release", .officers = 2, .run = decide_held<service::release_held_reports>},
          {.name = "report-held/refuse", .officers = 2, .run = decide_held<service::refuse_held_reports>}};
}

}  // namespace lindung::api
