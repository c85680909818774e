// The authority and the keys under it, from their first use to their end.
#include "service/signers.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/x509_certificate.h"
#include "log/entry.h"
#include "service/authority.h"
#include "service/certificates_world.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {
namespace {

using std::chrono::days;

class SignersTest : public testing::CertificatesTest {
 protected:
  KeptSigner current(std::string_view region = "31", SignerKind kind = SignerKind::document) {
    auto signer = current_signer(platform(), kind, region);
    EXPECT_TRUE(signer.has_value()) << signer.error().text();
    return signer.has_value() ? std::move(signer).value() : KeptSigner{};
  }
  [[nodiscard]] std::vector<std::string> key_entries() const {
    std::vector<std::string> out;
    for (const auto& entry : world_->log_entries()) {
      const auto* key = std::get_if<log::KeyEntry>(&entry);
      if (key != nullptr && key->owner == "pki") out.push_back(key->use + (key->added ? " added" : " revoked"));
    }
    return out;
  }
};

TEST_P(SignersTest, NeedAnAuthorityWhichIsMadeOnce) {
  const auto early = current_signer(platform(), SignerKind::document, "31");
  ASSERT_TRUE(early.has_error());
  EXPECT_EQ(early.error().code, Errc::conflict);
  make_authority();
  const auto authority = find_authority(platform()).value();
  EXPECT_TRUE(authority.certificate.is_authority());
  const auto again = service::make_authority(platform(), {.country = "ID", .organisation = "X", .card_issuer = ""});
  ASSERT_TRUE(again.has_error());
  EXPECT_EQ(again.error().code, Errc::conflict);
  EXPECT_EQ(find_authority(platform()).value().certificate.fingerprint(), authority.certificate.fingerprint());
  EXPECT_EQ(key_entries(), std::vector<std::string>{"authority added"});
}

TEST_P(SignersTest, OfAnAuthorityOfAWrongNameOrAddressAreNone) {
  const auto refused = [&](const AuthorityNames& names) {
    const auto made = service::make_authority(platform(), names);
    return made.has_error() ? made.error().code : Errc::io;
  };
  EXPECT_EQ(refused({.country = "IDN", .organisation = "X", .card_issuer = ""}), Errc::invalid_argument);
  EXPECT_EQ(refused({.country = "ID", .organisation = "", .card_issuer = ""}), Errc::invalid_argument);
  EXPECT_EQ(refused({.country = "ID", .organisation = "X", .card_issuer = "http://x.example"}), Errc::invalid_argument);
  EXPECT_EQ(refused({.country = "ID", .organisation = "X", .card_issuer = "https://x/"}), Errc::invalid_argument);
  EXPECT_TRUE(key_entries().empty());
}

TEST_P(SignersTest, AreOneForEachRegionAndWeek) {
  make_authority();
  const auto jakarta = current("31");
  EXPECT_EQ(current("31").kid, jakarta.kid);
  EXPECT_NE(current("35").kid, jakarta.kid);
  EXPECT_EQ(jakarta.use.until, moment_of(1'795'392'000)) << "Monday 2026-11-23";
  const auto certificate = crypto::X509Certificate::from_der(jakarta.certificate).value();
  EXPECT_TRUE(certificate.is_signed_by(find_authority(platform()).value().certificate));
  EXPECT_GE(certificate.not_after(), jakarta.use.until + days{365});
  world_->clock.set(jakarta.use.until - seconds{1});
  EXPECT_EQ(current("31").kid, jakarta.kid);
  world_->clock.set(jakarta.use.until);
  EXPECT_NE(current("31").kid, jakarta.kid);
  EXPECT_EQ(list_signers(platform()).value().size(), 3U);
}

TEST_P(SignersTest, AreDestroyedAtTheEndOfTheirWeekWithATraceAndTheirCertificateStays) {
  make_authority();
  const auto old = current();
  const auto card = current("31", SignerKind::card);
  world_->clock.set(old.use.until - seconds{1});
  EXPECT_EQ(end_old_signers(platform()).value(), 0U);
  world_->clock.set(old.use.until);
  const auto next = current();
  EXPECT_EQ(end_old_signers(platform()).value(), 1U);
  EXPECT_EQ(end_old_signers(platform()).value(), 0U);
  const auto late = sign_with(*world_->ring, old, as_bytes("x"));
  ASSERT_TRUE(late.has_error());
  EXPECT_EQ(late.error().code, Errc::denied);
  EXPECT_TRUE(sign_with(*world_->ring, next, as_bytes("x")).has_value());
  EXPECT_TRUE(sign_with(*world_->ring, card, as_bytes("x")).has_value()) << "its year goes on";
  const auto entries = world_->log_entries();
  const auto* retention = std::get_if<log::RetentionEntry>(&entries.back());
  ASSERT_NE(retention, nullptr);
  EXPECT_EQ(retention->what, "document-signers");
  EXPECT_EQ(retention->period, week_of(old.use.from));
  EXPECT_EQ(list_signers(platform()).value().size(), 3U) << "what it signed is verified for a year";
}

TEST_P(SignersTest, ThatAreTakenBackAreFollowedByOthersOfTheSameRegionAndWeek) {
  make_authority();
  const auto first = current();
  EXPECT_TRUE(revoke_signer(platform(), first.kid).value().revoked_at.has_value());
  EXPECT_TRUE(revoke_signer(platform(), first.kid).has_value()) << "twice is once";
  const auto second = current();
  EXPECT_EQ(second.place.scope, "31-2");
  EXPECT_TRUE(sign_with(*world_->ring, first, as_bytes("x")).has_error());
  ASSERT_TRUE(revoke_signer(platform(), second.kid).has_value());
  EXPECT_EQ(current().place.scope, "31-3");
  EXPECT_EQ(key_entries(),
            (std::vector<std::string>{"authority added", "document-signer added", "document-signer revoked",
                                      "document-signer added", "document-signer revoked", "document-signer added"}));
  const auto unknown = revoke_signer(platform(), as_bytes("12345678"));
  ASSERT_TRUE(unknown.has_error());
  EXPECT_EQ(unknown.error().code, Errc::not_found);
}

TEST_P(SignersTest, WhoseKeyCameWithoutItsRowGetTheRowAtTheNextUse) {
  make_authority();
  // Killed in between: the ring has the key, the database nothing.
  ASSERT_TRUE(
      ensure_signing_key(*world_->ring,
                         {.name = {.cls = store::KeyClass::document_signer, .scope = "31", .epoch = week_of(now())},
                          .number = 0,
                          .not_before = now(),
                          .not_after = now() + days{7}})
          .has_value());
  const auto point =
      signing_key(*world_->ring, {.cls = store::KeyClass::document_signer, .scope = "31", .epoch = week_of(now())})
          .value()
          ->public_point();
  EXPECT_EQ(current().public_point, point);
  EXPECT_EQ(key_entries().size(), 2U);
}

TEST_P(SignersTest, OfAnotherRowAreNoSigners) {
  make_authority();
  const auto jakarta = current("31");
  const auto surabaya = current("35");
  ASSERT_NE(jakarta.kid, surabaya.kid);
  ASSERT_TRUE(world_->database
                  ->write([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run(store::Sql{"UPDATE signer SET sealed = (SELECT sealed FROM signer AS other "
                                                    "WHERE other.scope = '35') WHERE scope = '31'"},
                                         {}));
                    return ok();
                  })
                  .has_value());
  const auto listed = list_signers(platform());
  ASSERT_TRUE(listed.has_error());
  EXPECT_EQ(listed.error().code, Errc::corrupt);
}

TEST_P(SignersTest, OfHealthCardsAreOneForAllAndAYear) {
  make_authority();
  const auto card = current("31", SignerKind::card);
  EXPECT_EQ(current("35", SignerKind::card).kid, card.kid);
  EXPECT_EQ(card.kid.size(), 43U);
  EXPECT_EQ(card.use.until, moment_of(1'798'761'600)) << "2027-01-01";
}

TEST(Weeks, BeginOnMondays) {
  EXPECT_EQ(start_of_week(week_of(moment_of(1'795'262'400))), moment_of(1'794'787'200));  // 2026-11-16
  EXPECT_EQ(week_of(moment_of(1'794'787'200 - 1)) + 1, week_of(moment_of(1'794'787'200)));
}

TEST(Regions, AreProvincesAndZeroForWhoHasNoNik) {
  EXPECT_EQ(region_of({.nik = "3174056103900001", .passport = "", .name = "", .birth = {}}), "31");
  EXPECT_EQ(region_of({.nik = "", .passport = "X1234567", .name = "", .birth = {}}), "00");
}

INSTANTIATE_TEST_SUITE_P(Engines, SignersTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         testing::certificate_engine);

}  // namespace
}  // namespace lindung::service
