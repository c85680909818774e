#include "cert/acceptance.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/country.h"
#include "cert/dcc_content.h"
#include "cert/jwk.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/step.h"
#include "codec/json.h"
#include "domain/certlogic.h"
#include "embedded/travel_ID_2021_json.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;
namespace certlogic = domain::certlogic;

std::vector<std::uint32_t> version_of(std::string_view text) {
  std::vector<std::uint32_t> out;
  while (!text.empty()) {
    std::uint32_t part = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), part);
    if (error != std::errc{}) return {};
    out.push_back(part);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with('.')) text.remove_prefix(1);
  }
  return out;
}

// The rule's words in English, else in whatever language comes first; Indonesian ones follow.
std::string words_of_rule(const json::object& rule) {
  const auto* descriptions = array_member(rule, "Description");
  std::string out;
  std::string english;
  std::string indonesian;
  for (const auto& each : descriptions == nullptr ? json::array{} : *descriptions) {
    const auto* description = each.if_object();
    if (description == nullptr) continue;
    const auto language = text_member(*description, "lang");
    const auto words = text_member(*description, "desc");
    if (out.empty()) out = words;
    if (language == "en") english = words;
    if (language == "id") indonesian = words;
  }
  if (!english.empty()) out = std::move(english);
  if (!indonesian.empty() && indonesian != out) out += " / " + indonesian;
  return out;
}

// {"vaccines-covid-19-names": ["EU/1/20/1528", …], …}
bool is_map_of_value_sets(const json::object& object) {
  return !object.empty() && std::ranges::all_of(object, [](const auto& member) {
    const auto* codes = member.value().if_array();
    return codes != nullptr && std::ranges::all_of(*codes, [](const json::value& code) { return code.is_string(); });
  });
}

std::string_view certificate_name(EntryKind kind) {
  switch (kind) {
    case EntryKind::vaccination: return "Vaccination";
    case EntryKind::test: return "Test";
    case EntryKind::recovery: break;
  }
  return "Recovery";
}

}  // namespace

Result<void> AcceptanceRules::add(const json::value& document) {
  if (const auto* rules = document.if_array()) {
    for (const auto& each : *rules) {
      const auto* rule = each.if_object();
      if (rule == nullptr) return fail(Errc::malformed, "no rule of acceptance");
      TRYV(add_rule(*rule));
    }
    return ok();
  }
  const auto* object = document.if_object();
  if (object == nullptr) return fail(Errc::malformed, "no rule of acceptance");
  if (const auto* codes = object_member(*object, "valueSetValues")) {
    json::array names;
    for (const auto& code : *codes) names.emplace_back(code.key());
    value_sets_[text_member(*object, "valueSetId")] = std::move(names);
    return ok();
  }
  if (is_map_of_value_sets(*object)) {
    for (const auto& set : *object) value_sets_[set.key()] = set.value();
    return ok();
  }
  return add_rule(*object);
}

Result<void> AcceptanceRules::add_rule(const json::object& rule) {
  const auto* logic = rule.if_contains("Logic");
  const auto id = text_member(rule, "Identifier");
  const auto type = text_member(rule, "Type");
  if (logic == nullptr || id.empty() || text_member(rule, "Engine") != "CERTLOGIC") {
    return fail(Errc::malformed, "no rule of acceptance");
  }
  if (type != "Acceptance" && type != "Invalidation") return fail(Errc::malformed, "a rule of an unknown type");
  TRY(from, parse_rfc3339(text_member(rule, "ValidFrom")));
  TRY(to, parse_rfc3339(text_member(rule, "ValidTo")));
  TRY(expression, certlogic::Expression::compile(*logic));
  rules_.push_back({.id = std::string{id},
                    .country = country_of(text_member(rule, "Country")),
                    .version = version_of(text_member(rule, "Version")),
                    .invalidation = type == "Invalidation",
                    .certificate = std::string{text_member(rule, "CertificateType")},
                    .from = from,
                    .to = to,
                    .words = words_of_rule(rule),
                    .logic = std::move(expression)});
  std::ranges::sort(rules_, {}, [](const Rule& each) { return std::tie(each.id, each.version); });
  return ok();
}

bool AcceptanceRules::applies(const Rule& rule, const AcceptanceCase& one) {
  return rule.country == (rule.invalidation ? one.issuer : one.arrival) && rule.from <= one.at && one.at < rule.to &&
         (rule.certificate == "General" || rule.certificate == certificate_name(one.kind));
}

std::vector<RuleFinding> AcceptanceRules::judge(const AcceptanceCase& one) const {
  const json::value data{{"payload", one.dcc},
                         {"external",
                          {{"validationClock", rfc3339(one.at)},
                           {"valueSets", value_sets_},
                           {"countryCode", one.arrival},
                           {"issuerCountryCode", one.issuer},
                           {"iat", rfc3339(one.issued)},
                           {"exp", rfc3339(one.expires)}}}};
  std::vector<RuleFinding> out;
  for (auto rule = rules_.begin(); rule != rules_.end(); ++rule) {
    if (!applies(*rule, one)) continue;
    const bool superseded = std::any_of(std::next(rule), rules_.end(), [&](const Rule& later) {
      return later.id == rule->id && later.version > rule->version && applies(later, one);
    });
    if (superseded) continue;
    const auto held = certlogic::holds(rule->logic, data);
    const auto outcome = !held          ? RuleFinding::Outcome::open
                         : held.value() ? RuleFinding::Outcome::passed
                                        : RuleFinding::Outcome::failed;
    out.push_back({.rule = rule->id, .outcome = outcome, .words = rule->words});
  }
  return out;
}

const Travel& own_travel() {
  static const Travel own = [] {
    Travel out{.rules = {}, .arrival = "ID"};
    const auto rules = codec::parse_json(embedded::travel_ID_2021_json, {.bytes = std::size_t{1} << 20U, .depth = 32});
    if (rules) static_cast<void>(out.rules.add(rules.value()));  // held to its number of rules by a test
    return out;
  }();
  return own;
}

Checked<void> check_acceptance(const AcceptanceRules& rules, const AcceptanceCase& one) {
  for (const auto& finding : rules.judge(one)) {
    if (finding.outcome == RuleFinding::Outcome::passed) continue;
    const bool open = finding.outcome == RuleFinding::Outcome::open;
    return refuse(Step::rules, Reason::rule, finding.rule + (open ? " cannot be evaluated: " : ": ") + finding.words);
  }
  return outcome::success();
}

}  // namespace lindung::cert
