// What a rule set is told before anybody's colour follows it: types, rules that can never decide, branches.
#include "domain/rule_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "domain/derive.h"
#include "domain/rule_document.h"
#include "domain/rule_set.h"
#include "embedded/rules_id_2021_json.h"

namespace lindung::domain {
namespace {

json::value built_in() { return parse_rule_json(embedded::rules_id_2021_json).value(); }

// The built-in document with these conditions as its rules, and `true` behind them.
json::value with_rules(const std::vector<std::string>& logics) {
  auto document = built_in();
  const json::value last = document.at("colours").as_array().back();
  json::array rules;
  for (std::size_t i = 0; i < logics.size(); ++i) {
    auto rule = last.as_object();
    rule["id"] = "rule-" + std::to_string(i);
    rule["logic"] = json::parse(logics[i]);
    rules.emplace_back(std::move(rule));
  }
  rules.push_back(last);
  document.as_object()["colours"] = std::move(rules);
  document.as_object()["cases"] = json::array{};
  return document;
}

std::vector<std::string> types_of(const std::string& logic) {
  const auto document = with_rules({logic});
  EXPECT_TRUE(RuleSet::parse(json::serialize(document))) << logic;
  std::vector<std::string> told;
  for (const auto& finding : type_findings(document)) told.push_back(finding.pointer + ": " + finding.message);
  return told;
}

std::vector<std::string> dead(const std::vector<std::string>& logics) {
  std::vector<std::string> told;
  for (const auto& finding : dead_rules(with_rules(logics))) told.push_back(finding.message);
  return told;
}

// A reduction over the tests whose match is this.
std::string any_test(const std::string& match) {
  return R"({"===":[{"reduce":[{"var":"payload.tests"},{"if":[{"===":[{"var":"accumulator"},true]},true,{"if":[)" +
         match + R"(,true,{"var":"accumulator"}]}]},{"var":"external.validationClock"}]},true]})";
}
const std::string in_match = "/colours/0/logic/===/0/reduce/1/if/2/if/0";

TEST(RuleCheck, TheBuiltInRulesHaveNoFinding) {
  EXPECT_TRUE(type_findings(built_in()).empty());
  EXPECT_TRUE(dead_rules(built_in()).empty());
}

TEST(RuleTypes, OperandsThatCanNeverFitAreNamedWithTheirPlace) {
  using Told = std::vector<std::string>;
  EXPECT_EQ(types_of(R"({"before":[{"plusTime":[{"var":"external.validationClock"},0,"day"]},"2021-01-01"]})"),
            Told{"/colours/0/logic/before/1: a date-time is needed, and this is always the text \"2021-01-01\""});
  EXPECT_EQ(types_of(R"({">":[{"var":"payload.tests"},1]})"),
            Told{"/colours/0/logic/>/0: a number is needed, and this is always a list"});
  EXPECT_EQ(types_of(R"({">":[{"+":[{"var":"derived.contact"},1]},0]})"),
            Told{"/colours/0/logic/>/0/+/0: a number is needed, and this is always true or false"});
  EXPECT_EQ(types_of(R"({"in":["naat","naat"]})"),
            Told{"/colours/0/logic/in/1: a list is needed, and this is always the text \"naat\""});
  EXPECT_EQ(types_of(R"({"reduce":[{"var":"external.validationClock"},true,false]})"),
            Told{"/colours/0/logic/reduce/0: a list is needed, and this is always the text of a time"});
  EXPECT_EQ(types_of(R"({"!":[{"plusTime":["2021-01-01",0,"day"]}]})"),
            Told{"/colours/0/logic/!/0: the operand is a date-time, which is neither true nor false"});
  EXPECT_EQ(types_of(R"({"before":[{"plusTime":["soon",0,"day"]},{"plusTime":["2021-01-01",0,"day"]}]})"),
            Told{"/colours/0/logic/before/0/plusTime/0: this is no date or date-time"});
}

TEST(RuleTypes, FieldsThatNoRecordHasAreNamedInsideReductions) {
  const auto told = types_of(any_test(R"({"===":[{"var":"current.colour"},"positive"]})"));
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0], in_match + "/===/0/var: there is never a \"colour\" in one of the tests");
  EXPECT_EQ(types_of(any_test(R"({">=":[{"var":"current.dose"},1]})")).front(),
            in_match + "/>=/0/var: there is never a \"dose\" in one of the tests");
  EXPECT_EQ(types_of(any_test(R"({"var":"external.validationClock"})")).front(),
            in_match + "/var: inside a reduction there are accumulator and current only, not external.validationClock");
  EXPECT_EQ(types_of(R"({"===":[{"var":"payload.tests.at"},"x"]})").size(), 2U);
}

TEST(RuleTypes, AWordThatAFieldNeverIsIsNamed) {
  EXPECT_EQ(types_of(any_test(R"({"===":[{"var":"current.kind"},"pcr"]})")),
            std::vector<std::string>{in_match + R"(/===: never equal: one is the text "antibody", "antigen", "naat", )"
                                                R"(the other the text "pcr")"});
  EXPECT_EQ(types_of(any_test(R"({"===":[{"var":"current.at"},"positive"]})")).size(), 1U);
  EXPECT_EQ(types_of(any_test(R"({"in":[{"var":"current.result"},["good","bad"]]})")).size(), 1U);
}

TEST(RuleTypes, SoundLogicHasNoFinding) {
  for (const std::string_view logic : {
           R"({"===":[{"var":"current.kind"},"naat"]})",
           R"({"in":[{"var":"current.result"},["negative","bad"]]})",
           R"({"before":[{"plusTime":[{"var":"current.at"},1,"month"]},{"plusTime":[{"var":"accumulator"},0,"day"]}]})",
           R"({"if":[{"var":"current.id"},{"===":[{"var":"current.at"},"2021-01-01T00:00:00Z"]},false]})",
       }) {
    EXPECT_EQ(types_of(any_test(std::string{logic})), std::vector<std::string>{}) << logic;
  }
  for (
      const std::string_view logic : {
          // Counts; an accumulator that is a state; one that changes its kind; one that grows.
          R"({">=":[{"reduce":[{"var":"payload.tests"},{"+":[{"var":"accumulator"},1]},0]},2]})",
          R"({"===":[{"reduce":[{"var":"payload.tests"},{"if":[{"===":[{"var":"accumulator"},"none"]},"one","more"]},
                "none"]},"more"]})",
          R"({"in":["naat",{"reduce":[{"var":"payload.tests"},[{"var":"current.kind"},{"var":"accumulator.0"}],[]]}]})",
          R"({"reduce":[{"var":"payload.tests"},[{"var":"accumulator"}],[]]})",
          R"({"===":[{"var":"payload.tests.0.kind"},"naat"]})",
          R"({"in":["covid-19-one-dose",{"var":"external.valueSets.covid-19-series-of-1"}]})",
      }) {
    EXPECT_EQ(types_of(std::string{logic}), std::vector<std::string>{}) << logic;
  }
}

TEST(RuleReach, ARuleThatAnotherHidesOrThatContradictsItselfCanNeverDecide) {
  using Told = std::vector<std::string>;
  const std::string contact = R"({"var":"derived.contact"})";
  const std::string exemption = R"({"var":"derived.exemption"})";
  EXPECT_EQ(dead({contact, contact}), Told{"rule-1 can never decide: rule-0 before it applies wherever it would"});
  EXPECT_EQ(dead({contact, R"({"and":[)" + exemption + "," + contact + "]}"}).size(), 1U);
  EXPECT_EQ(dead({R"({"and":[)" + contact + R"(,{"!":[)" + contact + "]}]}"}),
            Told{"rule-0 can never decide: its condition contradicts itself"});
  EXPECT_EQ(dead({R"({"===":[1,2]})"}).size(), 1U);
  EXPECT_EQ(dead({contact, R"({"!":[)" + contact + "]}", exemption}),
            Told{"rule-2 can never decide: the rules before it together apply wherever it would"});
  EXPECT_EQ(dead({R"({"===":[)" + contact + ",true]}", R"({"if":[)" + contact + ",true,false]}"}).size(), 1U);
}

TEST(RuleReach, ComparisonsOfOneOperandThatContradictEachOtherAreFound) {
  const std::string count = R"({"reduce":[{"var":"payload.tests"},{"+":[{"var":"accumulator"},1]},0]})";
  const auto both = [](const std::string& a, const std::string& b) { return R"({"and":[)" + a + "," + b + "]}"; };
  const auto compare = [&](const std::string& op, int n) {
    return "{\"" + op + "\":[" + count + "," + std::to_string(n) + "]}";
  };
  EXPECT_EQ(dead({both(compare("<", 1), compare(">", 2))}).size(), 1U);
  EXPECT_EQ(dead({both(compare("<", 2), compare(">", 1))}).size(), 1U) << "no whole number is between";
  EXPECT_EQ(dead({both(compare("<=", 2), compare(">=", 2))}).size(), 0U);
  EXPECT_EQ(dead({both(compare("===", 3), compare("<", 3))}).size(), 1U);
  EXPECT_EQ(dead({compare(">", 1), compare(">", 2)}).size(), 1U);
  EXPECT_EQ(dead({compare(">", 2), compare(">", 1)}).size(), 0U);
  EXPECT_EQ(dead({"{\"<\":[1," + count + "]}", compare(">=", 2)}).size(), 1U);
  const auto clock = [](int amount, const std::string& unit) {
    return R"({"plusTime":[{"var":"external.validationClock"},)" + std::to_string(amount) + ",\"" + unit + "\"]}";
  };
  const std::string fixed = R"({"plusTime":["2021-06-01",0,"day"]})";
  const auto before = [&](const std::string& a, const std::string& b) { return R"({"before":[)" + a + "," + b + "]}"; };
  EXPECT_EQ(dead({both(before(clock(0, "day"), fixed), before(fixed, clock(-1, "hour")))}).size(), 1U);
  EXPECT_EQ(dead({both(before(clock(0, "day"), fixed), before(fixed, clock(1, "hour")))}).size(), 0U);
  EXPECT_EQ(dead({both(before(clock(0, "day"), fixed), before(fixed, clock(1, "month")))}).size(), 0U);
  EXPECT_EQ(dead({R"({"in":[{"var":"payload.tests.0.kind"},["naat","antigen"]]})",
                  R"({"===":[{"var":"payload.tests.0.kind"},"naat"]})"})
                .size(),
            1U);
}

// Random conditions over a few atoms: whatever is called dead decides for no records.
class RandomLogic {
 public:
  explicit RandomLogic(std::uint64_t seed) : engine_{seed} {}
  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>{0, limit - 1}(engine_); }
  std::string logic(std::size_t depth) {
    switch (depth == 0 ? 4 + below(4) : below(8)) {
      case 0: return R"({"and":[)" + logic(depth - 1) + "," + logic(depth - 1) + "]}";
      case 1: return R"({"!":[)" + logic(depth - 1) + "]}";
      case 2: return R"({"if":[)" + logic(depth - 1) + "," + logic(depth - 1) + "," + logic(depth - 1) + "]}";
      case 3: return R"({"and":[)" + logic(depth - 1) + R"(,{"!":[)" + logic(depth - 1) + "]}]}";
      case 4: return R"({"var":"payload.)" + std::string{below(2) == 0 ? "contacts" : "exemptions"} + "\"}";
      case 5: {
        const std::string dose = R"({"var":"payload.vaccinations.0.dose"})";
        static constexpr std::string_view operators[] = {"<", ">", "<=", ">=", "==="};
        const std::string number = std::to_string(below(4));
        const std::string op{operators[below(5)]};
        return below(3) == 0 ? "{\"" + op + "\":[" + number + "," + dose + "]}"
                             : "{\"" + op + "\":[" + dose + "," + number + "]}";
      }
      case 6: {
        static constexpr std::string_view kinds[] = {"naat", "antigen", "antibody"};
        const std::string kind = R"({"var":"payload.tests.0.kind"})";
        if (below(2) == 0) return R"({"===":[)" + kind + ",\"" + std::string{kinds[below(3)]} + "\"]}";
        return R"({"in":[)" + kind + ",[\"" + std::string{kinds[below(3)]} + "\",\"" + std::string{kinds[below(3)]} +
               "\"]]}";
      }
      default: {
        static constexpr std::string_view operators[] = {"before", "after", "not-before", "not-after"};
        const std::string clock =
            R"({"plusTime":[{"var":"external.validationClock"},)" + std::to_string(below(3)) + R"(,"day"]})";
        const std::string at =
            R"({"plusTime":[{"var":"payload.tests.0.at"},)" + std::to_string(below(3)) + R"(,"day"]})";
        const std::string op{operators[below(4)]};
        return below(2) == 0 ? "{\"" + op + "\":[" + clock + "," + at + "]}"
                             : "{\"" + op + "\":[" + at + "," + clock + "]}";
      }
    }
  }
  json::value payload() {
    const auto some = [&](json::array records) { return below(2) == 0 ? std::move(records) : json::array{}; };
    static constexpr std::string_view kinds[] = {"naat", "antigen", "antibody"};
    return json::object{
        {"contacts", some({json::object{{"at", "2021-06-01T00:00:00Z"}}})},
        {"exemptions", some({json::object{{"at", "2021-06-01T00:00:00Z"}}})},
        {"vaccinations", json::array{json::object{{"at", "2021-06-01T00:00:00Z"}, {"dose", below(5)}}}},
        {"tests", json::array{json::object{{"at", "2021-06-0" + std::to_string(1 + below(6)) + "T00:00:00Z"},
                                           {"kind", kinds[below(3)]}}}}};
  }

 private:
  std::mt19937_64 engine_;
};

TEST(RuleReachProperty, NothingThatIsCalledDeadEverDecides) {
  const char* wanted = std::getenv("LINDUNG_PROPERTY_CASES");  // NOLINT(concurrency-mt-unsafe): before any thread
  const std::size_t rounds = (wanted == nullptr ? 10'000 : std::strtoul(wanted, nullptr, 10)) / 20;
  RandomLogic random{4711};
  std::size_t found = 0;
  std::size_t decided = 0;
  for (std::size_t i = 0; i < rounds; ++i) {
    std::vector<std::string> logics;
    for (std::size_t rule = 0; rule < 4; ++rule) logics.push_back(random.logic(1 + random.below(3)));
    const auto document = with_rules(logics);
    const auto rules = RuleSet::parse(json::serialize(document));
    if (!rules) continue;  // a rule that is plainly true or false
    std::vector<bool> is_dead(logics.size());
    for (const auto& finding : dead_rules(document)) {
      is_dead[static_cast<std::size_t>(finding.pointer.back() - '0')] = true;
      ++found;
    }
    Assessor assessor{rules.value()};
    for (int person = 0; person < 40; ++person) {
      const auto payload = random.payload();
      assessor.load(payload);
      const auto at = parse_rfc3339("2021-06-0" + std::to_string(1 + random.below(8)) + "T00:00:00Z").value();
      const auto assessed = assessor.at(at);
      ASSERT_TRUE(assessed) << assessed.error().text();
      if (assessed.value().rule == logics.size()) continue;
      ++decided;
      ASSERT_FALSE(is_dead[assessed.value().rule])
          << json::serialize(document.at("colours")) << json::serialize(payload);
    }
  }
  EXPECT_GT(found, rounds / 4);
  EXPECT_GT(decided, rounds);
}

TEST(RuleCoverage, EachOutcomeOfEachConditionIsCounted) {
  auto document = built_in();
  const auto all = case_coverage(RuleSet::built_in().value(), document);
  const auto count = [&](std::string_view pointer, bool outcome) {
    const auto found = std::ranges::find_if(
        all, [&](const Branch& branch) { return branch.pointer == pointer && branch.outcome == outcome; });
    return found == all.end() ? std::uint64_t{999} : found->taken;
  };
  EXPECT_EQ(count("/colours/0/logic", true) + count("/colours/0/logic", false), document.at("cases").as_array().size())
      << "asked first, by every case";
  EXPECT_EQ(count("/policies/0/logic/===", true), 999U) << "the comparison is the logic";
  EXPECT_GT(count("/policies/0/logic", true), 0U);
  EXPECT_EQ(count("/colours/6/logic", true), 999U) << "true decides nothing";
  EXPECT_EQ(count("/definitions/0/logic/===/0/reduce/1/if/2/if/0/and/0", true),
            count("/definitions/0/logic/===/0/reduce/1/if/2/if/0/and/1", true) +
                count("/definitions/0/logic/===/0/reduce/1/if/2/if/0/and/1", false))
      << "the second operand is asked where the first holds";
}

TEST(RuleCoverage, TheBuiltInCasesTakeEveryBranchThatCanBeTaken) {
  auto document = built_in();
  std::vector<std::string> missing;
  for (const auto& branch : case_coverage(RuleSet::built_in().value(), document)) {
    if (branch.taken == 0) missing.push_back(std::string{branch.pointer} + (branch.outcome ? " true" : " false"));
  }
  // Whoever has a dose was yellow by the rule before.
  EXPECT_EQ(missing, std::vector<std::string>{"/colours/5/logic/and/1/!/0 true"});
}

TEST(RuleCoverage, WithoutCasesNothingIsCovered) {
  auto document = built_in();
  document.as_object()["cases"] = json::array{};
  const auto all = case_coverage(RuleSet::parse(json::serialize(document)).value(), document);
  EXPECT_GT(all.size(), 100U);
  EXPECT_TRUE(std::ranges::all_of(all, [](const Branch& branch) { return branch.taken == 0; }));
}

}  // namespace
}  // namespace lindung::domain
