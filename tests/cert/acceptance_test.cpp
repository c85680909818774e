#include "cert/acceptance.h"

#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/dcc_content.h"
#include "cert/hc1_maker.h"
#include "cert/reason.h"
#include "cert/verdict.h"
#include "cert/verify.h"
#include "codec/json.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;

const Moment at = parse_rfc3339("2021-09-01T12:00:00Z").value();
const json::value doses = codec::parse_json(R"({"v":[{"dn":2,"sd":2,"dt":"2021-06-01","mp":"EU/1/20/1528"}]})").value();

json::value rule(std::string_view id, std::string_view logic, std::string_view version = "1.0.0",
                 std::string_view type = "Acceptance", std::string_view country = "DE") {
  return {{"Identifier", id},
          {"Type", type},
          {"Country", country},
          {"Version", version},
          {"Engine", "CERTLOGIC"},
          {"CertificateType", "Vaccination"},
          {"ValidFrom", "2021-07-01T00:00:00Z"},
          {"ValidTo", "2030-01-01T00:00:00Z"},
          {"Description", {{{"lang", "de"}, {"desc", "auf Deutsch"}}, {{"lang", "en"}, {"desc", "in English"}}}},
          {"Logic", codec::parse_json(logic).value()}};
}

constexpr std::string_view all_doses = R"({">=":[{"var":"payload.v.0.dn"},{"var":"payload.v.0.sd"}]})";
constexpr std::string_view never = R"({"===":[1,2]})";
constexpr std::string_view known_product =
    R"({"in":[{"var":"payload.v.0.mp"},{"var":"external.valueSets.vaccines-covid-19-names"}]})";

std::vector<RuleFinding> judge(const AcceptanceRules& rules, Moment when = at,
                               EntryKind kind = EntryKind::vaccination) {
  return rules.judge({.dcc = doses,
                      .kind = kind,
                      .issuer = "FR",
                      .arrival = "DE",
                      .at = when,
                      .issued = at,
                      .expires = at + std::chrono::days{100}});
}

TEST(Acceptance, rules_of_the_country_of_arrival_decide_and_say_so_in_words) {
  AcceptanceRules rules;
  ASSERT_TRUE(rules.add(rule("VR-DE-1", all_doses)));
  ASSERT_TRUE(rules.add(rule("VR-DE-2", never)));
  ASSERT_TRUE(rules.add(rule("VR-AT-1", never, "1.0.0", "Acceptance", "AT")));
  const auto findings = judge(rules);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].outcome, RuleFinding::Outcome::passed);
  EXPECT_EQ(findings[1].rule, "VR-DE-2");
  EXPECT_EQ(findings[1].outcome, RuleFinding::Outcome::failed);
  EXPECT_EQ(findings[1].words, "in English");
}

TEST(Acceptance, the_latest_version_counts_and_the_issuers_country_invalidates) {
  AcceptanceRules rules;
  ASSERT_TRUE(rules.add(rule("VR-DE-1", all_doses, "1.10.0")));
  ASSERT_TRUE(rules.add(rule("VR-DE-1", never, "1.9.0")));
  ASSERT_TRUE(rules.add(rule("IR-FR-1", never, "1.0.0", "Invalidation", "FR")));
  ASSERT_TRUE(rules.add(rule("IR-DE-1", never, "1.0.0", "Invalidation", "DE")));
  const auto findings = judge(rules);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].rule, "IR-FR-1");
  EXPECT_EQ(findings[0].outcome, RuleFinding::Outcome::failed);
  EXPECT_EQ(findings[1].outcome, RuleFinding::Outcome::passed);
}

TEST(Acceptance, rules_out_of_force_and_of_other_certificates_do_not_apply) {
  AcceptanceRules rules;
  ASSERT_TRUE(rules.add(rule("VR-DE-1", all_doses)));
  EXPECT_TRUE(judge(rules, parse_rfc3339("2021-06-30T23:59:59Z").value()).empty());
  EXPECT_TRUE(judge(rules, at, EntryKind::test).empty());
}

TEST(Acceptance, value_sets_are_what_was_given) {
  AcceptanceRules rules;
  ASSERT_TRUE(rules.add(rule("VR-DE-1", known_product)));
  ASSERT_TRUE(rules.add(
      {{"valueSetId", "vaccines-covid-19-names"}, {"valueSetValues", {{"EU/1/20/1528", {{"active", true}}}}}}));
  ASSERT_EQ(judge(rules).size(), 1U);
  EXPECT_EQ(judge(rules)[0].outcome, RuleFinding::Outcome::passed);
}

TEST(Acceptance, what_is_no_rule_is_refused) {
  AcceptanceRules rules;
  for (const auto& document : {json::value{}, json::value{{"Identifier", "X"}}, rule("X", R"({"unheard-of":[]})"),
                               rule("X", all_doses, "1.0.0", "Rumour")}) {
    const auto added = rules.add(document);
    ASSERT_TRUE(added.has_error());
    EXPECT_EQ(added.error().code, Errc::malformed);
  }
}

TEST(Acceptance, value_sets_may_come_by_their_names_and_rules_as_a_list) {
  AcceptanceRules rules;
  ASSERT_TRUE(rules.add(json::array{rule("VR-DE-1", known_product), rule("VR-DE-2", all_doses)}));
  ASSERT_TRUE(rules.add({{"vaccines-covid-19-names", {"EU/1/20/1528", "EU/1/20/1507"}}}));
  const auto findings = judge(rules);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].outcome, RuleFinding::Outcome::passed);
  EXPECT_EQ(rules.add(json::array{rule("VR-DE-1", all_doses), 5}).error().code, Errc::malformed);
}

// Indonesia's own rules: seven, in two languages.
class OwnTravel : public ::testing::Test {
 protected:
  // The first rule that is not met; empty: all are.
  static std::string failing(const TestSigner& signer, const Hc1Draft& draft, Moment when = now) {
    const auto verdict = verify(make_hc1(signer, draft), trusting({&signer}), when, &own_travel());
    if (verdict.outcome == Outcome::valid) return {};
    EXPECT_EQ(verdict.reason, Reason::rule) << verdict.detail;
    EXPECT_NE(verdict.detail.find(" / "), std::string::npos) << verdict.detail;
    return verdict.detail.substr(0, verdict.detail.find(':'));
  }
  TestSigner signer_{"DE"};
};

TEST_F(OwnTravel, a_complete_series_of_a_recognised_vaccine_opens_the_border_after_two_weeks) {
  EXPECT_EQ(own_travel().rules.size(), 7U);
  EXPECT_EQ(failing(signer_, {}), "");
  EXPECT_EQ(failing(signer_, {.product = "EpiVacCorona"}), "VR-ID-0001");
  EXPECT_EQ(failing(signer_, {.dose = 1}), "VR-ID-0002");
  const auto dose_day = parse_rfc3339("2021-12-01T00:00:00Z").value();
  const Hc1Draft fresh{.date = "2021-12-01"};
  EXPECT_EQ(failing(signer_, fresh, dose_day + std::chrono::hours{14 * 24 - 1}), "VR-ID-0003");
  EXPECT_EQ(failing(signer_, fresh, dose_day + std::chrono::hours{14 * 24}), "");
}

TEST_F(OwnTravel, a_positive_test_and_an_old_recovery_do_not) {
  const auto sampled = parse_rfc3339("2021-08-27T10:00:00Z").value();
  EXPECT_EQ(failing(signer_, {.entry = Hc1Entry::positive_test}, sampled), "TR-ID-0002");
  EXPECT_EQ(failing(signer_, {.entry = Hc1Entry::recovery}, issued_at + std::chrono::days{60}), "");
  EXPECT_EQ(failing(signer_, {.entry = Hc1Entry::recovery}), "RR-ID-0001");
}

}  // namespace
}  // namespace lindung::cert
