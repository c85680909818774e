// The rules that European states applied to certificates, with their tests: the same verdicts.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <map>
#include <string>

#include "domain/certlogic.h"
#include "domain/certlogic_time.h"
#include "vectors/vectors.h"

namespace lindung::vectors {
namespace {

namespace certlogic = domain::certlogic;

// {Identifier, Logic, ValidFrom, ValidTo, ...}
bool is_rule(const json::value& value) {
  return object_with(value, {"Identifier", "Engine", "Logic", "ValidFrom", "ValidTo"}) != nullptr;
}

// {name?, payload, external: {valueSets, validationClock?}, expected}, somewhere below the folder of its rule.
bool is_rule_test(const json::value& value) {
  const auto* test = object_with(value, {"payload", "external", "expected"});
  return test != nullptr && test->at("external").is_object();
}

const Format rule_format{"business-rules", is_rule};
const Format rule_test_format{"business-rule-tests", is_rule_test};

struct Rule {
  const json::object* document;
  certlogic::Expression logic;
};

// The rule of a test is the one in the nearest folder above it.
const Rule* rule_above(const std::map<std::filesystem::path, Rule>& rules, std::filesystem::path folder) {
  for (;; folder = folder.parent_path()) {
    if (const auto found = rules.find(folder); found != rules.end()) return &found->second;
    if (folder == Folder::get().root() || folder == folder.root_path()) return nullptr;
  }
}

bool is_valid_at(const Rule& rule, const json::value& clock) {
  const auto at = certlogic::parse_date_time(clock.get_string());
  const auto from = certlogic::parse_date_time(rule.document->at("ValidFrom").get_string());
  const auto to = certlogic::parse_date_time(rule.document->at("ValidTo").get_string());
  return at && from && to && *from <= *at && *at < *to;
}

void run_test(Balance& balance, const Rule& rule, const JsonFile& file) {
  const auto& test = file.value.get_object();
  const auto* clock = test.at("external").get_object().if_contains("validationClock");
  if (clock != nullptr && !is_valid_at(rule, *clock)) {
    return balance.judge(false, file.name, "the clock lies outside of the rule's validity");
  }
  const json::value data{{"payload", test.at("payload")}, {"external", test.at("external")}};
  const auto result = certlogic::evaluate(rule.logic, data);
  if (!result) return balance.judge(false, file.name, result.error().text());
  balance.judge(result.value() == test.at("expected"), file.name, "gives " + json::serialize(result.value()));
}

TEST(BusinessRulesVectors, every_rule_gives_the_expected_verdicts) {
  LINDUNG_NEEDS_VECTORS();
  std::map<std::filesystem::path, Rule> rules;
  Balance rule_balance{"business-rules"};
  Folder::get().for_each_json(is_rule, [&](const JsonFile& file) {
    const auto& document = file.value.get_object();
    auto logic = certlogic::Expression::compile(document.at("Logic"));
    rule_balance.judge(logic.has_value(), file.name, logic ? "" : logic.error().text());
    if (!logic) return;
    const auto folder = file.path.parent_path();
    const Rule rule{.document = &document, .logic = logic.value()};
    // A folder that a second rule strayed into is that of its namesake.
    if (document.at("Identifier") == json::value(folder.filename().string())) {
      rules.insert_or_assign(folder, rule);
    } else {
      rules.emplace(folder, rule);
    }
  });
  Balance test_balance{"business-rule-tests"};
  Folder::get().for_each_json(is_rule_test, [&](const JsonFile& file) {
    const Rule* rule = rule_above(rules, file.path.parent_path());
    if (rule == nullptr) return test_balance.skip("without a rule");
    run_test(test_balance, *rule, file);
  });
  if (rules.empty() && rule_balance.ran() == 0) GTEST_SKIP() << "no business rules in " << Folder::get().root();
  EXPECT_GT(test_balance.ran(), 0U);
}

}  // namespace
}  // namespace lindung::vectors
