#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/answer.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/record.h"
#include "domain/rule_set.h"
#include "gateway/proven_answer.h"
#include "service/explain.h"
#include "service/hand_rows.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

Object both(const domain::Text& text) { return {{"id", text.id}, {"en", text.en}}; }

// Parentheses: with braces Boost.JSON would make a list of one.
json::value moment_or_null(const std::optional<Moment>& at) {
  return at ? json::value(rfc3339(*at)) : json::value(nullptr);
}

Object describe(const service::ExplainedFact& fact) {
  Object out{{"kind", domain::name_of(domain::kind_of(fact.record.fact))},
             {"at", rfc3339(domain::moment_of(fact.record.fact))},
             {"decides", fact.decides},
             {"issuer", fact.record.issuer.value()},
             {"import_id", fact.import_id},
             {"key_id", fact.key.value()},
             {"entered_at", rfc3339(fact.record.entered_at)},
             {"id", codec::hex(fact.record.id.bytes())}};
  if (const auto* dose = std::get_if<domain::Vaccination>(&fact.record.fact)) {
    out["vaccine"] = dose->vaccine;
    out["series"] = dose->series;
    out["dose"] = dose->dose;
  } else if (const auto* test = std::get_if<domain::Test>(&fact.record.fact)) {
    out["test"] = domain::name_of(test->kind);
    out["result"] = domain::name_of(test->result);
  } else if (const auto* recovery = std::get_if<domain::Recovery>(&fact.record.fact)) {
    out["until"] = moment_or_null(recovery->until);
  } else if (const auto* exemption = std::get_if<domain::Exemption>(&fact.record.fact)) {
    out["until"] = moment_or_null(exemption->until);
  }
  return out;
}

Object describe(const CitizenRef& citizen, const service::Explanation& explanation) {
  json::array facts;
  for (const auto& fact : explanation.facts) facts.emplace_back(describe(fact));
  json::array doors;
  for (const auto& door : explanation.doors) {
    doors.emplace_back(
        Object{{"category", domain::name_of(door.category)}, {"opens", door.opens}, {"policy", both(door.policy)}});
  }
  json::value hand;
  if (explanation.hand) {
    hand = Object{{"kind", service::name_of(explanation.hand->kind)},
                  {"from", rfc3339(explanation.hand->from)},
                  {"until", rfc3339(explanation.hand->until)},
                  {"basis", both(explanation.hand->basis)}};
  }
  return {{"citizen", codec::hex(citizen.bytes())},
          {"at", rfc3339(explanation.at)},
          {"colour", domain::name_of(explanation.colour)},
          {"until", moment_or_null(explanation.until)},
          {"rules", explanation.rules},
          {"rule", explanation.rule},
          {"reason", both(explanation.reason)},
          {"hand", std::move(hand)},
          {"facts", std::move(facts)},
          {"doors", std::move(doors)},
          {"log_size", explanation.position}};
}

// Of an answer in the past: what it said is proven by its entry in the log, then derived again.
Result<json::value> why_answer(const AdminGround& at, const CitizenRef& citizen, std::uint64_t index) {
  TRY(proven, gateway::prove_answer(at.platform, index));
  if (proven.citizen != citizen) return fail(Errc::not_found, "this answer was not about this citizen");
  const auto& answer = proven.answer;
  TRY(explanation, service::explain(at.platform, citizen, answer.answered_at, index));
  auto out = describe(citizen, explanation);
  // A profile without colours, and answers that are about the place, tell none.
  const bool tells_colour = answer.colour != domain::Colour::none;
  out["answer"] = Object{{"log_index", index},
                         {"partner", proven.partner.value()},
                         {"answered_at", rfc3339(answer.answered_at)},
                         {"outcome", domain::name_of(answer.outcome)},
                         {"colour", tells_colour ? json::value(domain::name_of(answer.colour)) : json::value(nullptr)},
                         {"proven_by_log", true},
                         {"derived_again", !tells_colour || answer.colour == explanation.colour}};
  return out;
}

Result<json::value> why(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen", "at", "answer"}));
  TRY(bytes, arguments.bytes<16>("citizen"));
  const CitizenRef citizen{bytes};
  if (arguments.has("answer")) {
    TRY(index, arguments.number("answer"));
    return why_answer(at, citizen, index);
  }
  auto moment = at.platform.clock.now();
  if (arguments.has("at")) {
    TRY(text, arguments.text("at"));
    TRY(parsed, parse_rfc3339(text));
    moment = parsed;
  }
  TRY(explanation, service::explain(at.platform, citizen, moment));
  return describe(citizen, explanation);
}

}  // namespace

std::vector<AdminCommand> why_commands() { return {{.name = "why", .officers = 1, .run = why}}; }

}  // namespace lindung::api
