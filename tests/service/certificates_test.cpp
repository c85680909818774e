// Issuing and taking back, over a real store, judged by the verification that everybody has.
#include "service/certificates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/certificate_draft.h"
#include "cert/dcc_revocations.h"
#include "cert/reason.h"
#include "cert/signed_text.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "cert/verify.h"
#include "crypto/digest.h"
#include "domain/record.h"
#include "log/entry.h"
#include "service/authority.h"
#include "service/certificate_revocation.h"
#include "service/certificate_rows.h"
#include "service/certificates_world.h"
#include "service/issued_certificates.h"
#include "service/notices.h"
#include "service/person_rows.h"
#include "service/reissue.h"
#include "service/signers.h"
#include "store/database.h"

namespace lindung::service {
namespace {

using std::chrono::days;

class CertificatesTest : public testing::CertificatesTest {
 protected:
  void SetUp() override {
    testing::CertificatesTest::SetUp();
    if (!IsSkipped()) make_authority();
  }
};

TEST_P(CertificatesTest, VerifyOfflineUnderThePublishedSigners) {
  const auto made = issue(siti_);
  const auto verdict = cert::verify(made.text(), trust(), now());
  EXPECT_EQ(verdict.outcome, cert::Outcome::valid) << verdict.detail;
  EXPECT_EQ(verdict.content, "vaccination");
  EXPECT_EQ(made.state, CertificateState::issued);
  EXPECT_EQ(find_certificate(platform(), made.name).value().text(), made.text());
}

TEST_P(CertificatesTest, AreInTheLogBeforeTheKeySigns) {
  const auto prepared = prepare_certificate(platform(), {.citizen = siti_}).value();
  EXPECT_EQ(prepared.certificate.text(), "") << "nobody has signed";
  const auto entries = officer_entries("certificate.signed");
  ASSERT_EQ(entries.size(), 1U);
  const auto digest = crypto::sha256(cert::to_be_signed(prepared.certificate.content));
  EXPECT_EQ(entries.front().case_digest, digest);
  EXPECT_EQ(entries.front().officer_key_digest, public_key_digest(prepared.signer.public_point).value());
  const auto found = find_signature(platform(), digest).value();
  EXPECT_EQ(found.index, prepared.certificate.log_index);
  EXPECT_EQ(std::get<log::OfficerEntry>(log::decode(found.leaf).value()).case_digest, digest);
  auto other = digest;
  other.front() ^= 1U;
  const auto missing = find_signature(platform(), other);
  ASSERT_TRUE(missing.has_error());
  EXPECT_EQ(missing.error().code, Errc::not_found);
}

TEST_P(CertificatesTest, ThatWereInterruptedAreFinishedWithTheirIdentifier) {
  const auto prepared = prepare_certificate(platform(), {.citizen = siti_}).value().certificate;
  const auto made = issue(siti_);
  EXPECT_EQ(made.name, prepared.name);
  EXPECT_EQ(made.log_index, prepared.log_index);
  EXPECT_EQ(officer_entries("certificate.signed").size(), 1U);
  EXPECT_EQ(cert::read_signed_text(made.text()).value().signed_bytes, cert::to_be_signed(prepared.content));
}

TEST_P(CertificatesTest, ThatWereInterruptedAndLostTheirKeyAreLoggedAndSignedUnderAnother) {
  const auto prepared = prepare_certificate(platform(), {.citizen = siti_}).value();
  world_->clock.advance(days{7});
  ASSERT_EQ(end_old_signers(platform()).value(), 1U);
  const auto late = sign_certificate(platform(), siti_, prepared);
  ASSERT_TRUE(late.has_error());
  EXPECT_EQ(late.error().code, Errc::denied) << "the key is gone";
  const auto made = issue(siti_);
  EXPECT_EQ(made.name, prepared.certificate.name);
  EXPECT_NE(made.kid, prepared.certificate.kid);
  EXPECT_EQ(officer_entries("certificate.signed").size(), 2U);
  EXPECT_EQ(cert::verify(made.text(), trust(), now()).outcome, cert::Outcome::valid);
  EXPECT_EQ(list_certificates(platform(), siti_).value().certificates.size(), 1U);
  EXPECT_EQ(count(store::Sql{"SELECT COUNT(*) FROM certificate_of_key"}), 1);
}

TEST_P(CertificatesTest, OfOneRecordInOneFormAreOneUntilTheyExpire) {
  const auto first = issue(siti_);
  EXPECT_EQ(issue(siti_).text(), first.text());
  const auto listed = list_certificates(platform(), siti_).value();
  EXPECT_EQ(listed.certificates.size(), 1U);
  ASSERT_EQ(listed.records.size(), 3U);
  const auto older = issue_certificate(platform(), {.citizen = siti_, .record = listed.records.front().id}).value();
  EXPECT_NE(older.name, first.name);
  world_->clock.set(first.expires);
  const auto next = issue(siti_);
  EXPECT_NE(next.name, first.name);
  EXPECT_EQ(cert::verify(next.text(), trust(), now()).outcome, cert::Outcome::valid);
}

TEST_P(CertificatesTest, OnHealthCardsAreAnotherForm) {
  const auto card = issue(siti_, cert::Format::shc);
  EXPECT_TRUE(card.text().starts_with("shc:/"));
  EXPECT_EQ(issue(siti_, cert::Format::shc).text(), card.text());
  EXPECT_NE(issue(siti_).name, card.name);
  EXPECT_FALSE(is_revoked(platform(), card.text()).value());
  ASSERT_TRUE(revoke_certificate(platform(), card.name).has_value());
  EXPECT_TRUE(is_revoked(platform(), card.text()).value());
  EXPECT_EQ(revoked_cards(platform(), as_text(card.kid)).value(), std::vector{card.name});
  EXPECT_TRUE(revoked_certificates(platform()).value().hashes.empty()) << "that list is of the other form";
}

TEST_P(CertificatesTest, ThatCannotBeAreRefusedAndLeaveNothing) {
  const auto log_before = world_->log_entries().size();
  const auto records = list_certificates(platform(), siti_).value().records;
  EXPECT_EQ(refused({.citizen = CitizenRef{{1}}}), Errc::not_found);
  EXPECT_EQ(refused({.citizen = siti_, .record = domain::RecordId{{7}}}), Errc::not_found);
  EXPECT_EQ(refused({.citizen = siti_, .record = records.back().id}), Errc::unsupported) << "a contact";
  EXPECT_EQ(refused({.citizen = add_person("3174056103900002", "")}), Errc::conflict) << "nameless";
  EXPECT_EQ(officer_entries("certificate.signed").size(), 0U);
  EXPECT_EQ(count(store::Sql{"SELECT COUNT(*) FROM certificate"}), 0);
  EXPECT_EQ(world_->log_entries().size(), log_before + 1) << "of the signer's key only";
}

TEST_P(CertificatesTest, ThatAreTakenBackAreRefusedAtOnceAndByThePublishedList) {
  const auto made = issue(siti_);
  EXPECT_FALSE(is_revoked(platform(), made.text()).value());
  const auto revoked = revoke_certificate(platform(), made.name).value();
  EXPECT_TRUE(is_revoked(platform(), made.text()).value());
  EXPECT_EQ(find_certificate(platform(), made.name).value().state, CertificateState::revoked);
  const auto entries = officer_entries("certificate.revoked");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries.front().case_digest,
            crypto::sha256({as_bytes("lindung certificate revoked v1"), ByteArray<1>{}, as_bytes(made.name)}));

  const auto list = revoked_certificates(platform()).value();
  cert::RevocationBatches batches;
  batches.put({.id = "1",
               .country = "ID",
               .kid = {},
               .kind = cert::RevocationHash::uci,
               .expires = list.expires,
               .hashes = list.hashes},
              now());
  auto told = trust();
  told.set_revocations(cert::DccRevocations{batches});
  EXPECT_EQ(cert::verify(made.text(), told, now()).reason, cert::Reason::revoked);

  world_->clock.advance(days{1});
  const auto again = revoke_certificate(platform(), made.name).value();
  EXPECT_EQ(again.at, revoked.at);
  EXPECT_EQ(again.log_index, revoked.log_index);
  EXPECT_EQ(officer_entries("certificate.revoked").size(), 1U);
  const auto told_citizen = list_notices(platform(), siti_).value();
  ASSERT_EQ(std::ranges::count(told_citizen, NoticeKind::certificate_taken_back,
                               [](const KeptNotice& each) { return each.notice.kind; }),
            1)
      << "told once, whatever is repeated";
  const auto unknown = revoke_certificate(platform(), "URN:UVCI:01:ID:NOBODY");
  ASSERT_TRUE(unknown.has_error());
  EXPECT_EQ(unknown.error().code, Errc::not_found);
  // The record is still true: it gets a certificate of another identifier.
  EXPECT_NE(issue(siti_).name, made.name);
  world_->clock.set(made.expires + seconds{1});
  EXPECT_TRUE(revoked_certificates(platform()).value().hashes.empty()) << "it says nothing any more by itself";
}

TEST_P(CertificatesTest, ThatWereTakenBackWhileTheyWereSignedDoNotCount) {
  const auto prepared = prepare_certificate(platform(), {.citizen = siti_}).value();
  ASSERT_TRUE(revoke_certificate(platform(), prepared.certificate.name).has_value());
  const auto late = sign_certificate(platform(), siti_, prepared);
  ASSERT_TRUE(late.has_error());
  EXPECT_EQ(late.error().code, Errc::conflict);
}

TEST_P(CertificatesTest, OfErasedCitizensCanStillBeTakenBack) {
  const auto made = issue(siti_);
  ASSERT_TRUE(world_->database
                  ->write([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run(store::Sql{"DELETE FROM citizen WHERE citizen_ref = $1"}, {siti_.bytes()}));
                    return ok();
                  })
                  .has_value());
  ASSERT_TRUE(revoke_certificate(platform(), made.name).has_value());
  EXPECT_TRUE(is_revoked(platform(), made.text()).value());
}

TEST_P(CertificatesTest, OfAKeyThatIsTakenBackAreRefusedAndIssuedAnewAllOfThemOnce) {
  std::vector<CitizenRef> people{siti_};
  for (int i = 1; i < 7; ++i) {
    people.push_back(add_person("317405610390010" + std::to_string(i), "Orang " + std::to_string(i)));
  }
  const auto elsewhere = issue(add_person("3573056103900001", "Budi"));
  std::vector<KeptCertificate> old;
  for (const auto& each : people) old.push_back(issue(each));
  const auto kid = old.front().kid;
  ASSERT_TRUE(std::ranges::all_of(old, [&](const KeptCertificate& each) { return each.kid == kid; }));

  const auto early = reissue(platform(), kid, {}, 2);
  ASSERT_TRUE(early.has_error());
  EXPECT_EQ(early.error().code, Errc::conflict);
  ASSERT_TRUE(revoke_signer(platform(), kid).has_value());
  for (const auto& each : old) {
    EXPECT_TRUE(is_revoked(platform(), each.text()).value());
    EXPECT_EQ(cert::verify(each.text(), trust(), now()).reason, cert::Reason::untrusted_signer);
  }
  EXPECT_FALSE(is_revoked(platform(), elsewhere.text()).value()) << "one province, one key";

  // Interrupted behind the first page, and once more in the middle of a certificate.
  const auto first = reissue(platform(), kid, {}, 2).value();
  EXPECT_EQ(first.reissued, 2U);
  EXPECT_EQ(first.left, 5U);
  ASSERT_TRUE(first.behind.has_value());
  for (const auto& each : people) {
    ASSERT_TRUE(prepare_certificate(platform(), {.citizen = each}).has_value());
  }
  std::uint64_t reissued = first.reissued;
  std::optional<ReissuePlace> behind;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = reissue(platform(), kid, behind, 2).value();
    reissued += page.reissued;
    behind = page.behind;
    if (!behind) {
      EXPECT_EQ(page.left, 0U);
      break;
    }
  }
  EXPECT_EQ(reissued, people.size());
  EXPECT_EQ(officer_entries("certificate.signed").size(), 1 + (2 * people.size())) << "each of them once more";
  for (std::size_t i = 0; i < people.size(); ++i) {
    const auto now_there = list_certificates(platform(), people[i]).value().certificates;
    ASSERT_EQ(now_there.size(), 2U);
    EXPECT_EQ(now_there.front().state, CertificateState::replaced);
    EXPECT_EQ(now_there.back().state, CertificateState::issued);
    EXPECT_EQ(now_there.back().record, old[i].record);
    EXPECT_EQ(cert::verify(now_there.back().text(), trust(), now()).outcome, cert::Outcome::valid);
    EXPECT_EQ(issue(people[i]).text(), now_there.back().text());
  }
}

TEST_P(CertificatesTest, OfRecordsThatDoNotCountAnyMoreHaveNoSuccessor) {
  const auto made = issue(siti_);
  ASSERT_TRUE(world_->database
                  ->write([&](store::Transaction& transaction) -> Result<void> {
                    TRY(person, lock_person(transaction, *world_->ring, siti_));
                    return end_record(transaction, person, made.record, 1);
                  })
                  .has_value());
  ASSERT_TRUE(revoke_signer(platform(), made.kid).has_value());
  const auto page = reissue(platform(), made.kid, {}, 10).value();
  EXPECT_EQ(page.reissued, 0U);
  EXPECT_EQ(page.ended, 1U);
  EXPECT_EQ(page.left, 0U);
}

TEST_P(CertificatesTest, OfRecordsThatEndAreTakenBackAndNoOthers) {
  const auto newest = issue(siti_);
  const auto records = list_certificates(platform(), siti_).value().records;
  const auto older = issue_certificate(platform(), {.citizen = siti_, .record = records.front().id}).value();
  EXPECT_EQ(revoke_unfounded(platform(), siti_).value(), 0U);
  ASSERT_TRUE(world_->database
                  ->write([&](store::Transaction& transaction) -> Result<void> {
                    TRY(person, lock_person(transaction, *world_->ring, siti_));
                    return end_record(transaction, person, newest.record, 1);
                  })
                  .has_value());
  EXPECT_EQ(revoke_unfounded(platform(), siti_).value(), 1U);
  EXPECT_TRUE(is_revoked(platform(), newest.text()).value());
  EXPECT_FALSE(is_revoked(platform(), older.text()).value());
  EXPECT_EQ(revoke_unfounded(platform(), siti_).value(), 0U);
  EXPECT_EQ(officer_entries("certificate.revoked").size(), 1U);
}

TEST_P(CertificatesTest, OfOneRecordThatManyAskForAtOnceAreOne) {
  constexpr std::size_t threads = 4;
  std::vector<std::string> texts(threads);
  {
    std::vector<std::jthread> running;
    for (std::size_t i = 0; i < threads; ++i) {
      running.emplace_back([&, i] {
        const auto made = issue_certificate(platform(), {.citizen = siti_});
        if (made.has_value()) texts[i] = made.value().text();
      });
    }
  }
  EXPECT_FALSE(texts.front().empty());
  EXPECT_EQ(std::ranges::count(texts, texts.front()), static_cast<std::ptrdiff_t>(threads));
  EXPECT_EQ(officer_entries("certificate.signed").size(), 1U);
  EXPECT_EQ(list_signers(platform()).value().size(), 1U);
}

TEST_P(CertificatesTest, StandInTheDatabaseOnlySealed) {
  const auto made = issue(siti_);
  Bytes everything;
  ASSERT_TRUE(world_->database
                  ->read([&](store::Transaction& transaction) -> Result<void> {
                    const auto take_all = [&](const store::Row& row) {
                      const auto bytes = row.bytes(0);
                      everything.insert(everything.end(), bytes.begin(), bytes.end());
                    };
                    TRYV(transaction.run(store::Sql{"SELECT sealed FROM certificate"}, {}, take_all));
                    TRYV(transaction.run(store::Sql{"SELECT hash FROM certificate_name"}, {}, take_all));
                    TRYV(transaction.run(store::Sql{"SELECT leaf FROM log_entry"}, {}, take_all));
                    return ok();
                  })
                  .has_value());
  ASSERT_FALSE(everything.empty());
  EXPECT_EQ(as_text(everything).find("Siti"), std::string_view::npos);
  EXPECT_EQ(as_text(everything).find("SITI"), std::string_view::npos);
  EXPECT_EQ(as_text(everything).find(made.name), std::string_view::npos);
}

INSTANTIATE_TEST_SUITE_P(Engines, CertificatesTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         testing::certificate_engine);

}  // namespace
}  // namespace lindung::service
