// Route rules: the draft's own cases, what a document must not be, and what a broken rule does.
#include "domain/route_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "domain/journey.h"

namespace lindung::domain {
namespace {

using ::testing::IsEmpty;

std::string with(std::string_view from, std::string_view to) {
  std::string text{RouteRules::built_in_text()};
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(RouteRules, TheDraftSaysThatItIsOneAndItsOwnCasesHold) {
  const auto rules = RouteRules::built_in();
  ASSERT_TRUE(rules.has_value()) << rules.error().text();
  EXPECT_TRUE(rules.value().is_draft());
  EXPECT_EQ(rules.value().name(), "routes-id-2021@0.1.0");
  EXPECT_GE(rules.value().cases().size(), 15U);
  EXPECT_THAT(failing_cases(rules.value()), IsEmpty());
}

TEST(RouteRules, ACaseThatComesOutOtherwiseIsNamed) {
  const auto rules =
      RouteRules::parse(with(R"("answer": "fit", "rules": ["fit"])", R"("answer": "not_fit", "rules": ["fit"])"));
  ASSERT_TRUE(rules.has_value()) << rules.error().text();
  const auto failing = failing_cases(rules.value());
  ASSERT_EQ(failing.size(), 1U);
  EXPECT_EQ(failing[0], "complete by air: gives fit fit, not not_fit");
}

TEST(RouteRules, ADocumentThatCouldSurpriseAtABorderIsRefused) {
  const auto refused = [](const std::string& text) {
    const auto rules = RouteRules::parse(text);
    EXPECT_TRUE(rules.has_error());
    return rules.has_error() ? rules.error().text() : std::string{};
  };
  EXPECT_EQ(refused(with(R"("id": "dom-symptoms")", R"("id": "dom-positive")")),
            "malformed: domestic[1].id is taken, or no name");
  EXPECT_EQ(refused(with(R"("answer": "not_fit")", R"("answer": "fit")")),
            "malformed: domestic[0].answer is what is said when no rule holds");
  EXPECT_EQ(refused(with(R"({"var": "derived.positive_test"})", R"({"var": "payload.name"})")),
            R"(malformed: domestic[0].logic reads "payload.name", which there is not)");
  EXPECT_EQ(refused(with(R"("arrivalTo": "2022-01-12")", R"("arrivalTo": "2021-01-12")")),
            "malformed: international[2].arrivalTo is before arrivalFrom");
  EXPECT_EQ(refused(with(R"("origins": ["*"])", R"("origins": ["idn"])")),
            R"(malformed: international[0].origins are not states, or "*")");
  EXPECT_EQ(refused(with(R"("draft": true)", R"("draft": "no")")), "malformed: draft is neither true nor false");
  EXPECT_EQ(refused(with("1.3.3", "9.9.9")), "unsupported: route rules: another engine than CERTLOGIC 1.3.3");
}

TEST(RouteRules, ARuleThatCannotBeEvaluatedLetsNobodyTravel) {
  const auto rules = RouteRules::parse(with(R"("logic": {"var": "derived.positive_test"})",
                                            R"("logic": {"<": [{"var": "payload.traveller.category"}, 3]})"));
  ASSERT_TRUE(rules.has_value()) << rules.error().text();
  const auto& complete = rules.value().cases().front();
  const auto answer = rules.value().judge(complete.question);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer.value().fitness, Fitness::not_fit);
  EXPECT_EQ(answer.value().reasons.front().rule, "dom-positive");
}

TEST(RouteRules, OutsideOfTheirTimeTheyAnswerNothing) {
  const auto rules = RouteRules::built_in().value();
  auto question = rules.cases().front().question;
  question.departure = lindung::moment_of(1'600'000'000);
  const auto answer = rules.judge(question);
  ASSERT_TRUE(answer.has_error());
  EXPECT_EQ(answer.error().code, Errc::unavailable);
  question = rules.cases().front().question;
  question.origin = "ZZZ";
  EXPECT_EQ(rules.judge(question).error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace lindung::domain
