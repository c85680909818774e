#include "cert/acceptance.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cstdint>
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
#include "domain/certlogic.h"

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

std::string words_of_rule(const json::object& rule) {
  const auto* descriptions = array_member(rule, "Description");
  std::string out;
  for (const auto& each : descriptions == nullptr ? json::array{} : *descriptions) {
    const auto* description = each.if_object();
    if (description == nullptr) continue;
    const bool english = text_member(*description, "lang") == "en";
    if (english || out.empty()) out = text_member(*description, "desc");
    if (english) break;
  }
  return out;
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
  const auto* object = document.if_object();
  if (object == nullptr) return fail(Errc::malformed, "no rule of acceptance");
  if (const auto* codes = object_member(*object, "valueSetValues")) {
    json::array names;
    for (const auto& code : *codes) names.emplace_back(code.key());
    value_sets_[text_member(*object, "valueSetId")] = std::move(names);
    return ok();
  }
  const auto* logic = object->if_contains("Logic");
  const auto id = text_member(*object, "Identifier");
  const auto type = text_member(*object, "Type");
  if (logic == nullptr || id.empty() || text_member(*object, "Engine") != "CERTLOGIC") {
    return fail(Errc::malformed, "no rule of acceptance");
  }
  if (type != "Acceptance" && type != "Invalidation") return fail(Errc::malformed, "a rule of an unknown type");
  TRY(from, parse_rfc3339(text_member(*object, "ValidFrom")));
  TRY(to, parse_rfc3339(text_member(*object, "ValidTo")));
  TRY(expression, certlogic::Expression::compile(*logic));
  rules_.push_back({.id = std::string{id},
                    .country = country_of(text_member(*object, "Country")),
                    .version = version_of(text_member(*object, "Version")),
                    .invalidation = type == "Invalidation",
                    .certificate = std::string{text_member(*object, "CertificateType")},
                    .from = from,
                    .to = to,
                    .words = words_of_rule(*object),
                    .logic = std::move(expression)});
  std::ranges::sort(rules_, {}, [](const Rule& rule) { return std::tie(rule.id, rule.version); });
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

Checked<void> check_acceptance(const AcceptanceRules& rules, const AcceptanceCase& one) {
  for (const auto& finding : rules.judge(one)) {
    if (finding.outcome == RuleFinding::Outcome::passed) continue;
    const bool open = finding.outcome == RuleFinding::Outcome::open;
    return refuse(Step::rules, Reason::rule, finding.rule + (open ? " cannot be evaluated: " : ": ") + finding.words);
  }
  return outcome::success();
}

}  // namespace lindung::cert
