// Rule sets: what is built in gives the colours that it promises, and a document that could surprise is refused.
#include "domain/rule_set.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "domain/colour.h"
#include "domain/hand.h"
#include "embedded/codes_vaccines_json.h"
#include "embedded/rules_id_2021_json.h"

namespace lindung::domain {
namespace {

json::object document() {
  json::parse_options options;
  options.max_depth = 256;
  return json::parse(embedded::rules_id_2021_json, {}, options).get_object();
}

Errc refusal(const json::object& changed) {
  const auto rules = RuleSet::parse(json::serialize(changed));
  EXPECT_FALSE(rules.has_value());
  return rules ? Errc::io : rules.error().code;
}

std::string refusal_text(const json::object& changed) {
  const auto rules = RuleSet::parse(json::serialize(changed));
  return rules ? "accepted" : rules.error().detail;
}

TEST(RuleSet, the_built_in_set_passes_its_own_cases) {
  const auto rules = RuleSet::built_in();
  ASSERT_TRUE(rules) << rules.error().text();
  EXPECT_EQ(rules.value().name(), "id-2021@1.0.0");
  EXPECT_EQ(rules.value().digest(), crypto::sha256(as_bytes(embedded::rules_id_2021_json)));
  EXPECT_GT(rules.value().cases().size(), 30U);
  EXPECT_EQ(failing_cases(rules.value()), std::vector<std::string>{});
}

// The built-in document with so many more rules in front of the last one.
json::object with_more_rules(std::size_t more, const std::string& name) {
  auto changed = document();
  auto& colours = changed["colours"].as_array();
  const json::value last = colours.back();
  colours.pop_back();
  for (std::size_t i = 0; i < more; ++i) {
    auto rule = colours.front();
    rule.as_object()["id"] = more == 1 ? name : name + std::to_string(i);
    colours.push_back(rule);
  }
  colours.push_back(last);
  return changed;
}

TEST(RuleSet, more_than_250_colour_rules_or_one_that_is_called_like_a_hand_are_refused) {
  const auto built_in = document()["colours"].as_array().size();
  EXPECT_EQ(refusal_text(with_more_rules(most_colour_rules - built_in, "more-")), "accepted");
  EXPECT_EQ(refusal(with_more_rules(most_colour_rules - built_in + 1, "more-")), Errc::malformed);
  EXPECT_EQ(refusal(with_more_rules(1, "override")), Errc::malformed);
  EXPECT_EQ(refusal(with_more_rules(1, "dispute")), Errc::malformed);
  EXPECT_EQ(refusal_text(with_more_rules(1, "disputed")), "accepted");
}

TEST(RuleSet, every_colour_rule_of_the_built_in_set_decides_one_of_its_cases) {
  const auto rules = RuleSet::built_in();
  ASSERT_TRUE(rules);
  std::set<std::string> decided;
  for (const auto& each : rules.value().cases()) decided.insert(each.rule);
  for (const auto& rule : rules.value().colours()) EXPECT_TRUE(decided.contains(rule.id)) << rule.id;
}

TEST(RuleSet, the_doses_of_every_covid_series_are_those_of_the_vaccine_file) {
  const auto rules = RuleSet::built_in();
  ASSERT_TRUE(rules);
  std::set<std::string> expected;
  const auto file = codec::parse_json(embedded::codes_vaccines_json);
  ASSERT_TRUE(file);
  for (const auto& series : file.value().at("series").as_array()) {
    if (series.at("disease").as_string() != "covid-19") continue;
    expected.insert(std::to_string(series.at("doses").as_int64()) + " " + std::string{series.at("id").as_string()});
  }
  std::set<std::string> stated;
  for (const auto& set : rules.value().value_sets().as_object()) {
    constexpr std::string_view prefix = "covid-19-series-of-";
    const std::string_view key = set.key();
    ASSERT_TRUE(key.starts_with(prefix));
    for (const auto& id : set.value().as_array()) {
      stated.insert(std::string{key.substr(prefix.size())} + " " + std::string{id.as_string()});
    }
  }
  EXPECT_EQ(stated, expected);
  EXPECT_FALSE(stated.empty());
}

TEST(RuleSet, a_case_that_fails_is_named_with_what_came_out) {
  auto changed = document();
  changed["cases"].as_array()[0].as_object()["colour"] = "green";
  const auto rules = RuleSet::parse(json::serialize(changed));
  ASSERT_TRUE(rules) << rules.error().text();
  const auto failures = failing_cases(rules.value());
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0],
            "nothing on record: gives red by red-otherwise and opens no door, not green by red-otherwise and no door");
}

TEST(RuleSet, an_unknown_built_in_set_is_not_found) {
  const auto rules = RuleSet::built_in("id-1945");
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().code, Errc::not_found);
}

TEST(RuleSet, what_is_no_document_is_malformed) {
  for (const std::string_view text : {"", "[]", "{}", "{\"id\":", "null"}) {
    const auto rules = RuleSet::parse(text);
    ASSERT_FALSE(rules) << text;
    EXPECT_EQ(rules.error().code, Errc::malformed) << text;
  }
}

TEST(RuleSet, a_missing_and_an_unknown_member_are_refused_by_name) {
  auto without = document();
  without.erase("policies");
  EXPECT_EQ(refusal_text(without), "rule set: the document has no \"policies\"");
  auto with = document();
  with["policy"] = 1;
  EXPECT_EQ(refusal_text(with), "rule set: the document has an unknown member \"policy\"");
}

TEST(RuleSet, another_engine_or_language_version_is_unsupported) {
  auto engine = document();
  engine["engine"] = "DROOLS";
  EXPECT_EQ(refusal(engine), Errc::unsupported);
  auto version = document();
  version["engineVersion"] = "2.0.0";
  EXPECT_EQ(refusal(version), Errc::unsupported);
}

TEST(RuleSet, a_set_under_which_somebody_has_no_colour_is_refused) {
  auto changed = document();
  changed["colours"].as_array().pop_back();
  EXPECT_EQ(refusal_text(changed), "rule set: colours[5].logic must be true: somebody would have no colour");
}

TEST(RuleSet, a_rule_that_hides_those_behind_it_is_refused) {
  auto changed = document();
  changed["colours"].as_array()[0].as_object()["logic"] = true;
  EXPECT_EQ(refusal_text(changed), "rule set: colours[0].logic hides the rules behind it");
}

TEST(RuleSet, a_rule_that_can_never_apply_is_refused) {
  auto changed = document();
  changed["colours"].as_array()[1].as_object()["logic"] = false;
  EXPECT_EQ(refusal_text(changed), "rule set: colours[1].logic never applies");
}

TEST(RuleSet, two_rules_of_one_id_are_refused) {
  auto changed = document();
  changed["colours"].as_array()[1].as_object()["id"] = "black-positive-test";
  EXPECT_EQ(refusal_text(changed), "rule set: colours[1].id is taken");
}

TEST(RuleSet, logic_that_reads_what_there_is_not_is_refused) {
  for (const std::string_view path :
       {"payload.vaccination", "external.valueSets.nothing", "derived.later", "derived.colour", "nik"}) {
    auto changed = document();
    changed["colours"].as_array()[0].as_object()["logic"] = json::object{{"var", path}};
    EXPECT_EQ(refusal_text(changed),
              "rule set: colours[0].logic reads \"" + std::string{path} + "\", which there is not");
  }
}

TEST(RuleSet, invalid_logic_is_refused_with_its_place) {
  auto changed = document();
  changed["colours"].as_array()[0].as_object()["logic"] = json::object{{"xor", json::array{true, false}}};
  EXPECT_EQ(refusal(changed), Errc::malformed);
  EXPECT_EQ(refusal_text(changed), "rule set: colours[0]: CertLogic: unrecognised operator: \"xor\"");
}

TEST(RuleSet, surplus_operands_are_refused_in_our_own_rules) {
  auto changed = document();
  changed["colours"].as_array()[0].as_object()["logic"] = json::object{{"if", json::array{true, true, false, 1}}};
  EXPECT_EQ(refusal(changed), Errc::malformed);
}

TEST(RuleSet, logic_of_hostile_depth_is_refused_by_a_named_error) {
  json::value deep = true;
  for (int i = 0; i < 65; ++i) deep = json::object{{"!", json::array{std::move(deep)}}};
  auto changed = document();
  changed["colours"].as_array()[0].as_object()["logic"] = deep;
  EXPECT_EQ(refusal(changed), Errc::too_large);
}

TEST(RuleSet, a_category_without_a_policy_or_with_two_is_refused) {
  auto without = document();
  without["policies"].as_array()[0].as_object()["categories"] = json::array{};
  EXPECT_EQ(refusal_text(without), "rule set: the document.policies leave out general");
  auto twice = document();
  twice["policies"].as_array()[1].as_object()["categories"] = json::array{"general"};
  EXPECT_EQ(refusal_text(twice), "rule set: policies[1].categories names a category that has a policy");
  auto unknown = document();
  unknown["policies"].as_array()[0].as_object()["categories"] = json::array{"bar"};
  EXPECT_EQ(refusal_text(unknown), "rule set: policies[0].categories names an unknown category");
}

TEST(RuleSet, a_validity_that_ends_before_it_begins_is_refused) {
  auto changed = document();
  changed["validTo"] = "2021-01-01T00:00:00Z";
  EXPECT_EQ(refusal_text(changed), "rule set: the document.validTo is not after validFrom");
}

}  // namespace
}  // namespace lindung::domain
