// What we issue, read by our own verification as somebody else's would read it.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/certificate_draft.h"
#include "cert/cose_sign1.h"
#include "cert/cwt.h"
#include "cert/dcc_revocations.h"
#include "cert/hc1.h"
#include "cert/hc1_issue.h"
#include "cert/issuer.h"
#include "cert/reason.h"
#include "cert/shc_issue.h"
#include "cert/shc_text.h"
#include "cert/signed_text.h"
#include "cert/step.h"
#include "cert/trust_reader.h"
#include "cert/trust_store.h"
#include "cert/vaccine_codes.h"
#include "cert/verdict.h"
#include "cert/verify.h"
#include "codec/cbor_tree.h"
#include "crypto/digest.h"
#include "crypto/ecdsa.h"
#include "domain/code_map.h"
#include "domain/record.h"

namespace lindung::cert {
namespace {

using std::chrono::days;
using testing::dose_of;
using testing::draft_of;
using testing::issuing_day;
using testing::record_of;

Statement certified(const domain::Fact& fact, Format format = Format::hc1) {
  const std::vector records{record_of(fact)};
  auto made = statement_of(records, records.front(), format);
  EXPECT_TRUE(made.has_value()) << made.error().text();
  return std::move(made).value();
}

std::string issued(const testing::TestIssuer& issuer, const CertificateDraft& draft) {
  const auto made = make_hc1(draft, issuer.kid());
  return text_of(made, issuer.key().sign(to_be_signed(made)).value());
}

struct CardIssuer {
  crypto::Es256PrivateKey key{crypto::Es256PrivateKey::generate().value()};
  [[nodiscard]] std::string kid() const { return card_kid(key.public_point()); }
  [[nodiscard]] std::string issue(const CertificateDraft& draft) const {
    const auto made = make_shc(draft, kid());
    return text_of(made, key.sign(to_be_signed(made)).value());
  }
  [[nodiscard]] TrustStore trust(std::string_view issuer) const {
    TrustStore trust;
    trust.add_list({});
    TrustReader reader{trust};
    const boost::json::object set{
        {std::string{issuer}, boost::json::object{{"keys", boost::json::array{card_jwk(key.public_point())}}}}};
    EXPECT_TRUE(reader.add_jwks(set, 0).has_value());
    EXPECT_EQ(reader.passed_over(), 0U);
    reader.finish();
    return trust;
  }
};

const domain::Test negative{
    .at = issuing_day - days{1}, .kind = domain::TestKind::naat, .result = domain::TestResult::negative};

TEST(Issue, EveryKindOfFactVerifiesAsHc1UnderItsSigner) {
  const testing::TestIssuer issuer;
  const auto trust = issuer.trust();
  const std::vector<std::pair<domain::Fact, std::string>> facts{
      {dose_of("coronavac", "covid-19-two-dose", 2), "vaccination"},
      {negative, "test"},
      {domain::Test{.at = issuing_day, .kind = domain::TestKind::antigen, .result = domain::TestResult::positive},
       "test"},
      {domain::Recovery{.at = issuing_day - days{40}, .until = {}}, "recovery"},
      {domain::Recovery{.at = issuing_day - days{40}, .until = issuing_day + days{100}}, "recovery"}};
  for (const auto& [fact, word] : facts) {
    const auto verdict = verify(issued(issuer, draft_of(certified(fact))), trust, issuing_day);
    EXPECT_EQ(verdict.outcome, Outcome::valid) << word << " " << verdict.detail;
    EXPECT_EQ(verdict.content, word);
    EXPECT_EQ(verdict.issuer, "ID");
    EXPECT_EQ(verdict.subject_initials, "S");
  }
}

TEST(Issue, EveryProductOfOursStandsInTheValueSetsOrOutsideOfTheirCodes) {
  const testing::TestIssuer issuer;
  const auto trust = issuer.trust();
  std::size_t products = 0;
  for (const auto& vaccine : domain::built_in_codes().vaccines()) {
    if (vaccine.vagueness != 0 || domain::built_in_codes().disease_of(vaccine) != "covid-19") continue;
    ASSERT_NE(codes_of_vaccine(vaccine.code), nullptr) << vaccine.code;
    const auto text = issued(issuer, draft_of(certified(dose_of(vaccine.code, vaccine.series, 1))));
    EXPECT_EQ(verify(text, trust, issuing_day).outcome, Outcome::valid) << vaccine.code;
    ++products;
  }
  EXPECT_GE(products, 20U);
}

TEST(Issue, ASignerThatIsNotTrustedAnExpiredOneAndAForgedOneAreRefused) {
  const testing::TestIssuer issuer;
  const testing::TestIssuer other;
  const auto draft = draft_of(certified(negative));
  const auto text = issued(issuer, draft);
  EXPECT_EQ(verify(text, other.trust(), issuing_day).reason, Reason::untrusted_signer);
  EXPECT_EQ(verify(text, issuer.trust(), draft.expires + seconds{1}).reason, Reason::expired);
  const auto made = make_hc1(draft, issuer.kid());
  const auto forged = text_of(made, other.key().sign(to_be_signed(made)).value());
  EXPECT_EQ(verify(forged, issuer.trust(), issuing_day).reason, Reason::signature);
}

TEST(Issue, NamesStandAsTheyAreWrittenAndInTheLettersOfTravelDocuments) {
  const testing::TestIssuer issuer;
  const auto text = issued(issuer, draft_of(certified(negative)));
  const auto message = hc1_message(hc1_bytes(without_hc1_prefix(text).value()).value()).value();
  const auto cose = CoseSign1::read(message).value();
  const auto claims = Cwt::read(cose.payload(), Step::cose).value();
  const auto name = claims.claims().find(-260)->find(1)->find("nam");
  EXPECT_EQ(name->find("fn")->text(), "Siti Nur'aini Łukasz-Ötürk");
  EXPECT_EQ(name->find("fnt")->text(), "SITI<NURAINI<LUKASZ<OETUERK");
}

TEST(Issue, ANameThatIsLongerThanTheSchemaTakesIsCutBetweenLetters) {
  const testing::TestIssuer issuer;
  auto draft = draft_of(certified(negative));
  draft.holder.name.clear();
  for (int i = 0; i < 100; ++i) draft.holder.name += "é";
  draft.holder.birth_date.clear();
  EXPECT_EQ(verify(issued(issuer, draft), issuer.trust(), issuing_day).outcome, Outcome::valid);
}

TEST(Issue, DosesCountAsTheEuCountsThem) {
  const auto counted = [](std::string series, std::uint32_t written) {
    const auto made = certified(dose_of("coronavac", std::move(series), written));
    return std::pair{made.dose, made.doses};
  };
  EXPECT_EQ(counted("covid-19-two-dose", 1), (std::pair{1U, 2U}));
  EXPECT_EQ(counted("covid-19-two-dose", 2), (std::pair{2U, 2U}));
  EXPECT_EQ(counted("covid-19-two-dose", 3), (std::pair{3U, 3U}));
  EXPECT_EQ(counted("covid-19-one-dose", 1), (std::pair{1U, 1U}));
  EXPECT_EQ(counted("covid-19-one-dose", 2), (std::pair{2U, 1U}));
  // Where nobody wrote a number, the days count.
  const std::vector records{record_of(dose_of("coronavac", "covid-19-two-dose", 0, issuing_day - days{60}), 1),
                            record_of(dose_of("comirnaty", "covid-19-two-dose", 0, issuing_day - days{30}), 2),
                            record_of(dose_of("coronavac", "covid-19-two-dose", 0, issuing_day - days{30}), 3)};
  EXPECT_EQ(statement_of(records, records[0], Format::hc1).value().dose, 1U);
  EXPECT_EQ(statement_of(records, records[1], Format::hc1).value().dose, 2U);
  EXPECT_EQ(statement_of(records, records[2], Format::hc1).value().dose, 2U);
}

TEST(Issue, WhatNoCertificateSaysIsRefused) {
  const auto refused = [](const domain::Fact& fact, Format format) {
    const std::vector records{record_of(fact)};
    const auto made = statement_of(records, records.front(), format);
    return made.has_error() ? made.error().code : Errc::io;
  };
  using domain::Test;
  using domain::TestKind;
  using domain::TestResult;
  for (const auto format : {Format::hc1, Format::shc}) {
    EXPECT_EQ(refused(domain::Contact{.at = issuing_day}, format), Errc::unsupported);
    EXPECT_EQ(refused(domain::Exemption{.at = issuing_day, .until = {}}, format), Errc::unsupported);
    EXPECT_EQ(refused(Test{.at = issuing_day, .kind = TestKind::antibody, .result = TestResult::positive}, format),
              Errc::unsupported);
    EXPECT_EQ(refused(Test{.at = issuing_day, .kind = TestKind::naat, .result = TestResult::indeterminate}, format),
              Errc::unsupported);
    EXPECT_EQ(refused(dose_of("covid-19-mrna", "covid-19-two-dose", 1), format), Errc::unsupported);
    EXPECT_EQ(refused(dose_of("jynneos", "mpox-two-dose", 1), format), Errc::unsupported);
  }
  EXPECT_EQ(refused(domain::Recovery{.at = issuing_day, .until = {}}, Format::shc), Errc::unsupported);
}

TEST(Issue, HealthCardsVerifyUnderTheirKeySetAndFitIntoOneCode) {
  const CardIssuer issuer;
  const std::vector<domain::Fact> facts{dose_of("coronavac", "covid-19-two-dose", 2),
                                        dose_of("indovac", "covid-19-two-dose", 1), negative};
  for (const auto& fact : facts) {
    const auto draft = draft_of(certified(fact, Format::shc), Format::shc);
    const auto text = issuer.issue(draft);
    const auto verdict = verify(text, issuer.trust(draft.address), issuing_day);
    EXPECT_EQ(verdict.outcome, Outcome::valid) << verdict.detail;
    EXPECT_EQ(verdict.format, Format::shc);
    EXPECT_EQ(verdict.issuer, draft.address);
    constexpr std::size_t longest_single_card = 1195;  // letters of the JWS, by the framework
    EXPECT_LE(card_messages(text).value().front().size(), longest_single_card);
    EXPECT_EQ(verify(text, issuer.trust("https://elsewhere.example"), issuing_day).reason, Reason::untrusted_signer);
    EXPECT_EQ(verify(text, CardIssuer{}.trust(draft.address), issuing_day).reason, Reason::untrusted_signer);
  }
}

TEST(Issue, WhatWasSignedIsFoundAgainFromTheText) {
  const testing::TestIssuer issuer;
  const auto draft = draft_of(certified(negative));
  const auto made = make_hc1(draft, issuer.kid());
  const auto read = read_signed_text(text_of(made, issuer.key().sign(to_be_signed(made)).value())).value();
  EXPECT_EQ(read.signed_bytes, to_be_signed(made));
  EXPECT_EQ(read.kid, issuer.kid());
  EXPECT_EQ(read.name, draft.identifier);

  const CardIssuer cards;
  const auto card_draft = draft_of(certified(negative, Format::shc), Format::shc);
  const auto card = make_shc(card_draft, cards.kid());
  const auto card_read = read_signed_text(text_of(card, cards.key.sign(to_be_signed(card)).value())).value();
  EXPECT_EQ(card_read.signed_bytes, to_be_signed(card));
  EXPECT_EQ(as_text(card_read.kid), cards.kid());
  EXPECT_EQ(card_read.name, card_draft.identifier);

  const auto none = read_signed_text("NZCP:/1/ABC");
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().reason, Reason::unsupported_format);
  EXPECT_EQ(read_signed_text("HC1:" + std::string(longest_text, 'A')).error().reason, Reason::too_long);
}

TEST(Issue, ARevokedIdentifierIsRefusedWithTheBatchThatWePublish) {
  const testing::TestIssuer issuer;
  const auto draft = draft_of(certified(negative));
  const auto text = issued(issuer, draft);
  auto trust = issuer.trust();
  RevocationBatches batches;
  const auto hash = take<revocation_hash_size>(crypto::sha256(as_bytes(draft.identifier)));
  batches.put(
      {.id = "1", .country = "ID", .kid = {}, .kind = RevocationHash::uci, .expires = draft.expires, .hashes = {hash}},
      issuing_day);
  trust.set_revocations(DccRevocations{batches});
  EXPECT_EQ(verify(text, trust, issuing_day).reason, Reason::revoked);
}

TEST(Issue, IdentifiersCarryAllRandomBits) {
  ByteArray<16> one{};
  ByteArray<16> other{};
  other.back() = 1;
  EXPECT_NE(make_uvci("ID", one), make_uvci("ID", other));
  EXPECT_NE(make_rid(one), make_rid(other));
  EXPECT_EQ(make_uvci("ID", one), "URN:UVCI:01:ID:AAAAAAAAAAAAAAAAAAAAAAAAAA");
  constexpr std::size_t longest_rid = 24;
  EXPECT_LE(make_rid(other).size(), longest_rid);
}

}  // namespace
}  // namespace lindung::cert
