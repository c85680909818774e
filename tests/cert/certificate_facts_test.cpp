#include "cert/certificate_facts.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/hc1_maker.h"
#include "cert/reason.h"
#include "cert/verdict.h"
#include "cert/verified_certificate.h"
#include "codec/cbor.h"
#include "domain/import.h"
#include "domain/record.h"

namespace lindung::cert {
namespace {

class CertificateFactsTest : public ::testing::Test {
 protected:
  Result<CertificateFacts> facts(const std::string& text) {
    const auto examined = examine(text, trusting({&signer_}), now);
    EXPECT_EQ(examined.verdict.outcome, Outcome::valid) << examined.verdict.detail;
    if (!examined.certificate) return fail(Errc::not_found, "no certificate");
    return facts_of(*examined.certificate, now);
  }
  TestSigner signer_{"DE"};
};

TEST_F(CertificateFactsTest, a_dose_has_product_number_and_day) {
  const auto read = facts(make_hc1(signer_));
  ASSERT_TRUE(read) << read.error().text();
  const auto& found = read.value();
  EXPECT_EQ(found.name.family, "MUSTERMANN");
  EXPECT_EQ(found.name.given, "ERIKA");
  EXPECT_EQ(found.birth, (domain::PartialDate{.year = 1964, .month = 8, .day = 12}));
  EXPECT_EQ(found.identifier, "URN:UVCI:01:DE:1");
  ASSERT_EQ(found.facts.size(), 1U);
  EXPECT_EQ(found.facts.front(), (domain::Fact{domain::Vaccination{.at = parse_rfc3339("2021-08-01T00:00:00Z").value(),
                                                                   .vaccine = "comirnaty",
                                                                   .series = "covid-19-two-dose",
                                                                   .dose = 2,
                                                                   .lot = {}}}));
}

TEST_F(CertificateFactsTest, a_test_has_its_kind_result_and_moment) {
  const auto read = facts(make_hc1(signer_, {.entry = Hc1Entry::positive_test}));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read.value().facts.front(), (domain::Fact{domain::Test{.at = parse_rfc3339("2021-08-20T10:03:12Z").value(),
                                                                   .kind = domain::TestKind::naat,
                                                                   .result = domain::TestResult::positive}}));
}

TEST_F(CertificateFactsTest, a_recovery_counts_from_its_first_to_its_last_day) {
  const auto read = facts(make_hc1(signer_, {.entry = Hc1Entry::recovery}));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read.value().facts.front(),
            (domain::Fact{domain::Recovery{.at = parse_rfc3339("2021-06-01T00:00:00Z").value(),
                                           .until = parse_rfc3339("2021-12-01T00:00:00Z").value()}}));
}

TEST_F(CertificateFactsTest, a_part_of_a_birth_date_stays_a_part) {
  const auto read = facts(make_hc1(signer_, {.birth = "1964-08"}));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read.value().birth, (domain::PartialDate{.year = 1964, .month = 8}));
}

TEST_F(CertificateFactsTest, a_product_that_we_do_not_know_is_refused_by_its_field) {
  const auto read = facts(make_hc1(signer_, {.product = "Some-Vaccine", .prophylaxis = "other"}));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::unsupported);
  EXPECT_EQ(read.error().detail, "mp");
}

// Claims of an issuer with a map of claim -260 that holds one sub-claim.
codec::CborWriter who_claims(std::int64_t subclaim) {
  codec::CborWriter w;
  w.map(3).integer(1).text("XB").integer(6).integer(issued_at.time_since_epoch().count());
  w.integer(-260).map(1).integer(subclaim);
  return w;
}

TEST_F(CertificateFactsTest, a_core_data_set_gives_its_holder_and_dose) {
  const TestSigner signer{"XB"};
  auto w = who_claims(3);
  w.map(6).text("name").text("Eddie Murphy").text("birthDate").text("1986-09-19").text("hcid").text("US111");
  w.text("vaccine").map(2).text("system").text("http://id.who.int/icd/release/11/mms").text("code").text("XM8NQ0");
  w.text("date").text("2021-07-08").text("dose").integer(1);
  const auto examined = examine(sign_hc1(signer, w.view()), trusting({&signer}), now);
  ASSERT_TRUE(examined.certificate.has_value()) << examined.verdict.detail;
  const auto read = facts_of(*examined.certificate, now);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read.value().name.given, "EDDIE<MURPHY");
  EXPECT_EQ(read.value().birth, (domain::PartialDate{.year = 1986, .month = 9, .day = 19}));
  EXPECT_EQ(read.value().identifier, "US111");
  EXPECT_EQ(read.value().facts.front(),
            (domain::Fact{domain::Vaccination{.at = parse_rfc3339("2021-07-08T00:00:00Z").value(),
                                              .vaccine = "comirnaty",
                                              .series = "covid-19-two-dose",
                                              .dose = 1,
                                              .lot = {}}}));
}

TEST_F(CertificateFactsTest, a_vaccination_certificate_of_the_who_gives_its_dose_or_says_what_it_has_no_word_for) {
  const TestSigner signer{"XB"};
  for (const auto& [vaccine, is_known] : {std::pair{"XM3DT5", true}, std::pair{"XM0N24", false}}) {
    auto w = who_claims(-6);
    w.map(3).text("n").text("Aulo Agerio").text("dob").text("1985-08-23").text("v").map(3);
    w.text("dt").text("2021-08-23").text("vp").text(vaccine).text("dn").text("Primary");
    const auto examined = examine(sign_hc1(signer, w.view()), trusting({&signer}), now);
    ASSERT_TRUE(examined.certificate.has_value()) << examined.verdict.detail;
    const auto read = facts_of(*examined.certificate, now);
    ASSERT_EQ(read.has_value(), is_known);
    if (!is_known) {
      EXPECT_EQ(read.error().code, Errc::unsupported);
      continue;
    }
    const auto& dose = std::get<domain::Vaccination>(read.value().facts.front());
    EXPECT_EQ(dose.vaccine, "spikevax");
    EXPECT_EQ(dose.dose, 0U);
  }
}

TEST_F(CertificateFactsTest, nothing_comes_out_of_a_certificate_that_is_not_valid) {
  const TestSigner other{"DE"};
  const auto examined = examine(make_hc1(other), trusting({&signer_}), now);
  EXPECT_EQ(examined.verdict.reason, Reason::signature);
  EXPECT_FALSE(examined.certificate.has_value());
  const auto expired = examine(make_hc1(signer_), trusting({&signer_}), expires_at + seconds{1});
  EXPECT_EQ(expired.verdict.reason, Reason::expired);
  EXPECT_FALSE(expired.certificate.has_value());
}

}  // namespace
}  // namespace lindung::cert
