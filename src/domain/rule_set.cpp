#include "domain/rule_set.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/colour_reason.h"
#include "domain/derive.h"
#include "embedded/rules_id_2021_json.h"

namespace lindung::domain {

namespace {

std::string doors_text(std::uint16_t doors) {
  std::string text;
  for (const auto category : all_categories) {
    if (((doors >> static_cast<unsigned>(category)) & 1U) == 0) continue;
    text += (text.empty() ? "" : ", ") + std::string{name_of(category)};
  }
  return text.empty() ? "no door" : text;
}

}  // namespace

Result<RuleSet> RuleSet::built_in(std::string_view id) {
  if (id == "id-2021") return parse(embedded::rules_id_2021_json);
  return fail(Errc::not_found, "no built-in rule set of this id");
}

std::vector<std::string> failing_cases(const RuleSet& rules) {
  std::vector<std::string> failures;
  Assessor assessor{rules};
  for (const auto& each : rules.cases()) {
    assessor.load(each.payload);
    const auto assessed = assessor.at(each.at);
    if (!assessed) {
      failures.push_back(each.name + ": " + assessed.error().text());
      continue;
    }
    const auto& got = assessed.value();
    const auto reason = reason_of(rules, got.rule);
    const std::string rule{reason.has_value() ? reason.value().id : "no rule"};
    if (got.colour == each.colour && rule == each.rule && got.doors == each.doors) continue;
    failures.push_back(each.name + ": gives " + std::string{name_of(got.colour)} + " by " + rule + " and opens " +
                       doors_text(got.doors) + ", not " + std::string{name_of(each.colour)} + " by " + each.rule +
                       " and " + doors_text(each.doors));
  }
  return failures;
}

}  // namespace lindung::domain
