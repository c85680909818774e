#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/closing_certificate.h"
#include "domain/ledger.h"
#include "service/closing.h"
#include "service/ledger.h"
#include "service/own_parts.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

Result<std::map<std::string, std::string>> texts_of(const Object& object, std::string_view name) {
  std::map<std::string, std::string> texts;
  const auto* member = object.if_contains(name);
  if (member == nullptr) return texts;
  if (!member->is_object()) return fail(Errc::invalid_argument, std::string{name} + ": an object is needed");
  for (const auto& each : member->get_object()) {
    if (!each.value().is_string()) return fail(Errc::invalid_argument, std::string{name} + ": texts are needed");
    texts.emplace(each.key(), std::string{each.value().get_string()});
  }
  return texts;
}

Object texts_json(const std::map<std::string, std::string>& texts) {
  Object out;
  for (const auto& [name, value] : texts) out[name] = value;
  return out;
}

Object describe(const domain::LedgerEntry& entry) {
  Object out{{"name", entry.name},          {"kind", domain::name_of(entry.kind)},
             {"system", entry.system},      {"owner", entry.owner},
             {"purpose", entry.purpose},    {"retention", entry.retention},
             {"successor", entry.successor}};
  if (!entry.places.empty()) out["places"] = texts_json(entry.places);
  return out;
}

Object describe(const service::KeptEntry& kept) {
  auto out = describe(kept.entry);
  out["added_at"] = rfc3339(kept.added_at);
  if (kept.due_at) out["due_at"] = rfc3339(*kept.due_at);
  return out;
}

Object describe(const domain::StepRecord& record) {
  return {
      {"step", domain::name_of(record.step)}, {"at", rfc3339(record.at)}, {"findings", texts_json(record.findings)}};
}

Object describe(const service::ClosingState& state) {
  Object out{{"closed", state.is_closed},
             {"canonical", state.certificate.canonical},
             {"digest", codec::hex(domain::digest_of(state.certificate.canonical))},
             {"signatures", state.certificate.signatures.size()}};
  if (!state.is_closed) return out;
  out["log_index"] = state.certificate.log_index;
  out["certificate"] = state.certificate.text();
  return out;
}

Result<json::value> add_entry(const AdminGround& at, const Object& object) {
  TRY(arguments,
      Arguments::read(object, {"name", "kind", "system", "owner", "purpose", "retention", "successor", "places"}));
  domain::LedgerEntry entry;
  BOOST_OUTCOME_TRY(entry.name, arguments.text("name"));
  TRY(kind, arguments.text("kind"));
  BOOST_OUTCOME_TRY(entry.kind, domain::parse_ledger_kind(kind));
  BOOST_OUTCOME_TRY(entry.owner, arguments.text("owner"));
  BOOST_OUTCOME_TRY(entry.purpose, arguments.text("purpose"));
  BOOST_OUTCOME_TRY(entry.retention, arguments.text("retention"));
  entry.system = arguments.text_or("system", "");
  entry.successor = arguments.text_or("successor", "");
  BOOST_OUTCOME_TRY(entry.places, texts_of(object, "places"));
  TRYV(service::add_ledger_entry(at.platform, entry));
  return describe(entry);
}

Result<json::value> list_entries(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(own, service::own_parts(at.platform));
  TRY(kept, service::list_ledger(at.platform));
  json::array out;
  for (const auto& part : own) {
    auto row = describe(part.entry);
    row["now"] = part.now;
    out.emplace_back(std::move(row));
  }
  for (const auto& entry : kept) out.emplace_back(describe(entry));
  return Object{{"ledger", std::move(out)}};
}

Result<json::value> show_system(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"name"}));
  TRY(name, arguments.text("name"));
  TRY(system, service::find_system(at.platform, name));
  json::array parts;
  for (const auto& part : system.parts) parts.emplace_back(describe(part));
  json::array steps;
  for (const auto& step : system.steps) steps.emplace_back(describe(step));
  return Object{{"service", describe(system.service)}, {"parts", std::move(parts)}, {"steps", std::move(steps)}};
}

Result<json::value> record_step(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"name", "step", "findings"}));
  TRY(name, arguments.text("name"));
  TRY(word, arguments.text("step"));
  TRY(step, domain::parse_closing_step(word));
  TRY(findings, texts_of(object, "findings"));
  TRY(record, service::record_step(at.platform, name, step, findings));
  return describe(record);
}

Result<json::value> show_certificate(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"name"}));
  TRY(name, arguments.text("name"));
  TRY(state, service::find_closing(at.platform, name));
  return describe(state);
}

// The signature is the officer's own over the certificate: it says more than one over the command would.
Result<json::value> sign_certificate(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"name", "officer", "signature"}));
  TRY(name, arguments.text("name"));
  TRY(officer, arguments.text("officer"));
  TRY(signature, arguments.bytes<64>("signature"));
  TRY(state, service::sign_closing(at.platform, name, OfficerId{officer}, signature));
  return describe(state);
}

Result<json::value> list_reminders(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(due, service::due_reminders(at.platform));
  json::array out;
  for (const auto& entry : due) out.emplace_back(describe(entry));
  return Object{{"due", std::move(out)}};
}

Result<json::value> renew(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"name", "until"}));
  TRY(name, arguments.text("name"));
  TRY(text, arguments.text("until"));
  TRY(until, domain::parse_day(text));
  TRY(entry, service::renew_domain(at.platform, name, until));
  return describe(entry);
}

}  // namespace

std::vector<AdminCommand> ledger_commands() {
  return {{.name = "decommission/add", .officers = 1, .run = add_entry},
          {.name = "decommission/list", .officers = 0, .run = list_entries},
          {.name = "decommission/show", .officers = 0, .run = show_system},
          {.name = "decommission/record", .officers = 1, .run = record_step},
          {.name = "decommission/certificate", .officers = 0, .run = show_certificate},
          {.name = "decommission/sign", .officers = 1, .run = sign_certificate},
          {.name = "decommission/reminders", .officers = 0, .run = list_reminders},
          {.name = "decommission/renew", .officers = 1, .run = renew}};
}

}  // namespace lindung::api
