// The ledger and the end of a system over a real store: what is recorded, in which order, and who signs it.
#include "service/ledger.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/closing_certificate.h"
#include "domain/ledger.h"
#include "log/entry.h"
#include "service/closing.h"
#include "service/officers.h"
#include "service/own_parts.h"
#include "store/database.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service {
namespace {

using domain::ClosingStep;
using domain::LedgerEntry;
using domain::LedgerKind;

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z

LedgerEntry entry_of(const std::string& name, LedgerKind kind, const std::string& system = {},
                     std::map<std::string, std::string> places = {}) {
  return {.name = name,
          .kind = kind,
          .system = system,
          .owner = "Port health",
          .purpose = "travel cards",
          .retention = "until closed",
          .successor = {},
          .places = std::move(places)};
}

class LedgerTest : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    world_ = std::make_unique<test::World>(moment_of(noon), GetParam());
  }
  [[nodiscard]] const Platform& platform() const { return *world_->platform; }

  void add(const LedgerEntry& entry) const {
    const auto added = add_ledger_entry(platform(), entry);
    ASSERT_TRUE(added.has_value()) << added.error().text();
  }
  Errc refused(const LedgerEntry& entry) const {
    const auto added = add_ledger_entry(platform(), entry);
    EXPECT_TRUE(added.has_error());
    return added.has_error() ? added.error().code : Errc::io;
  }
  void record(ClosingStep step, const domain::Findings& findings = {}) const {
    const auto done = record_step(platform(), "old", step, findings);
    ASSERT_TRUE(done.has_value()) << done.error().text();
  }
  void record_all() const {
    for (const auto step : domain::closing_steps) record(step, {{"address/old", "127.0.0.1:9200"}});
  }
  crypto::Ed25519PrivateKey officer(const std::string& name) const {
    auto key = crypto::Ed25519PrivateKey::generate();
    EXPECT_TRUE(add_officer(platform(), OfficerId{name}, key.public_key(), {}).has_value());
    return key;
  }
  Result<ClosingState> sign(const std::string& name, const crypto::Ed25519PrivateKey& key) const {
    TRY(state, find_closing(platform(), "old"));
    return sign_closing(platform(), "old", OfficerId{name},
                        key.sign(domain::signed_message(state.certificate.canonical)));
  }

  std::unique_ptr<test::World> world_;
};

TEST_P(LedgerTest, KeepsEntriesAndTakesTheSameOneAgain) {
  const auto service = entry_of("old", LedgerKind::service, "", {{"listener", "127.0.0.1:9200"}});
  add(service);
  add(service);
  add(entry_of("old-ring", LedgerKind::key, "old", {{"ring", "/srv/old/ring"}}));
  const auto kept = list_ledger(platform());
  ASSERT_TRUE(kept.has_value());
  ASSERT_EQ(kept.value().size(), 2U);
  EXPECT_EQ(kept.value()[0].entry, service);
  EXPECT_EQ(kept.value()[0].added_at, world_->clock.now());
  EXPECT_EQ(kept.value()[1].entry.places.at("ring"), "/srv/old/ring");
  auto other = service;
  other.owner = "Somebody else";
  EXPECT_EQ(refused(other), Errc::conflict);
  EXPECT_EQ(refused(entry_of("part", LedgerKind::store, "nothing")), Errc::not_found);
  EXPECT_EQ(refused(entry_of("part", LedgerKind::store, "old-ring")), Errc::not_found) << "a key has no parts";
  EXPECT_EQ(refused(entry_of("Part", LedgerKind::store)), Errc::invalid_argument);
  EXPECT_EQ(refused(entry_of("part", LedgerKind::store, "", {{"anywhere", "x"}})), Errc::invalid_argument);
  EXPECT_EQ(refused(entry_of("part", LedgerKind::domain, "", {{"registered-until", "soon"}})), Errc::invalid_argument);
}

TEST_P(LedgerTest, StandsInTheDatabaseOnlySealed) {
  add(entry_of("old", LedgerKind::service, "", {{"listener", "planted-listener"}}));
  std::size_t rows = 0;
  ASSERT_TRUE(world_->database
                  ->read([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run(store::Sql{"SELECT sealed FROM ledger"}, {}, [&](const store::Row& row) {
                      ++rows;
                      EXPECT_EQ(as_text(row.bytes(0)).find("planted-listener"), std::string::npos);
                    }));
                    return ok();
                  })
                  .has_value());
  EXPECT_EQ(rows, 1U);
}

TEST_P(LedgerTest, ARowInAnothersPlaceIsNoEntry) {
  add(entry_of("old", LedgerKind::service));
  add(entry_of("older", LedgerKind::service));
  ASSERT_TRUE(world_->database
                  ->write([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run(store::Sql{"UPDATE ledger SET sealed = (SELECT o.sealed FROM ledger AS o "
                                                    "WHERE o.name = 'older') WHERE name = 'old'"},
                                         {}));
                    return ok();
                  })
                  .has_value());
  const auto found = find_system(platform(), "old");
  ASSERT_TRUE(found.has_error());
  EXPECT_EQ(found.error().code, Errc::corrupt);
}

TEST_P(LedgerTest, StepsAreRecordedInTheirOrderEachOnce) {
  add(entry_of("old", LedgerKind::service));
  const auto early = record_step(platform(), "old", ClosingStep::keys_destroyed, {});
  ASSERT_TRUE(early.has_error());
  EXPECT_EQ(early.error().code, Errc::conflict);
  EXPECT_NE(early.error().detail.find("listeners-closed"), std::string::npos);
  record(ClosingStep::listeners_closed, {{"address/old", "127.0.0.1:9200"}});
  world_->clock.advance(seconds{60});
  const auto again = record_step(platform(), "old", ClosingStep::listeners_closed, {{"address/old", "other"}});
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again.value().findings.at("address/old"), "127.0.0.1:9200") << "the first record stands";
  EXPECT_EQ(again.value().at, moment_of(noon));
  EXPECT_EQ(refused(entry_of("late", LedgerKind::key, "old")), Errc::conflict) << "its closing has begun";
  const auto wrong = record_step(platform(), "old", ClosingStep::routes_gone, {{"a", "b\nc"}});
  ASSERT_TRUE(wrong.has_error());
  EXPECT_EQ(wrong.error().code, Errc::invalid_argument);
}

TEST_P(LedgerTest, ASystemIsClosedByTwoOfficersAndTheLogSaysSo) {
  add(entry_of("old", LedgerKind::service));
  const auto too_early = find_closing(platform(), "old");
  ASSERT_TRUE(too_early.has_error());
  EXPECT_EQ(too_early.error().code, Errc::conflict);
  record_all();
  const auto siti = officer("siti");
  const auto budi = officer("budi");
  const auto before = world_->log_entries().size();

  const auto stranger = sign("siti", budi);
  ASSERT_TRUE(stranger.has_error());
  EXPECT_EQ(stranger.error().code, Errc::denied);
  ASSERT_TRUE(sign("siti", siti).has_value());
  const auto twice = sign("siti", siti);
  ASSERT_TRUE(twice.has_value());
  EXPECT_FALSE(twice.value().is_closed);
  EXPECT_EQ(world_->log_entries().size(), before) << "one officer closes nothing";

  const auto closed = sign("budi", budi);
  ASSERT_TRUE(closed.has_value()) << closed.error().text();
  EXPECT_TRUE(closed.value().is_closed);
  EXPECT_TRUE(closed.value().certificate.check_signatures().has_value());
  const auto entries = world_->log_entries();
  ASSERT_EQ(entries.size(), before + 2);
  EXPECT_EQ(closed.value().certificate.log_index, before);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto* entry = std::get_if<log::OfficerEntry>(&entries[before + i]);
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->action, "system.closed");
    EXPECT_EQ(entry->officer_key_digest, crypto::sha256((i == 0 ? siti : budi).public_key().bytes()));
    EXPECT_EQ(entry->case_digest, domain::digest_of(closed.value().certificate.canonical));
  }
  const auto third = sign("third", officer("third"));
  ASSERT_TRUE(third.has_error());
  EXPECT_EQ(third.error().code, Errc::conflict);
}

TEST_P(LedgerTest, ACertificateIsReadBackAsItWasWrittenAndHoldsForTheseBytesOnly) {
  add(entry_of("old", LedgerKind::service));
  add(entry_of("old-domain", LedgerKind::domain, "old", {{"domain", "old.example"}}));
  record_all();
  ASSERT_TRUE(sign("siti", officer("siti")).has_value());
  const auto closed = sign("budi", officer("budi"));
  ASSERT_TRUE(closed.has_value());
  const auto text = closed.value().certificate.text();
  const auto read = domain::ClosingCertificate::read(text);
  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(read.value().closing, closed.value().certificate.closing);
  EXPECT_EQ(read.value().text(), text);
  EXPECT_TRUE(read.value().check_signatures().has_value());
  EXPECT_EQ(text.find("old.example"), std::string::npos) << "places are the operator's, findings are everybody's";

  auto other = read.value();
  other.closing.steps.front().findings["address/old"] = "127.0.0.1:9201";
  other.canonical = domain::canonical_text(other.closing);
  ASSERT_TRUE(other.check_signatures().has_error());
  EXPECT_EQ(other.check_signatures().error().code, Errc::bad_signature);
}

TEST_P(LedgerTest, ADomainComesUpBeforeItsRegistrationEndsForTenYears) {
  add(entry_of("old", LedgerKind::service));
  add(entry_of("old-domain", LedgerKind::domain, "old",
               {{"domain", "old.example"}, {"registered-until", "2027-06-01"}}));
  record_all();
  const auto due = [&] { return due_reminders(platform()).value().size(); };
  EXPECT_EQ(due(), 0U);
  world_->clock.set(domain::parse_day("2027-04-01").value());
  EXPECT_EQ(due(), 0U);
  world_->clock.set(domain::parse_day("2027-04-03").value());
  EXPECT_EQ(due(), 1U);
  const auto over = renew_domain(platform(), "old-domain", domain::parse_day("2027-04-02").value());
  ASSERT_TRUE(over.has_error());
  EXPECT_EQ(over.error().code, Errc::invalid_argument);
  ASSERT_TRUE(renew_domain(platform(), "old-domain", domain::parse_day("2032-06-01").value()).has_value());
  EXPECT_EQ(due(), 0U);
  world_->clock.set(domain::parse_day("2032-04-03").value());
  EXPECT_EQ(due(), 1U);
  ASSERT_TRUE(renew_domain(platform(), "old-domain", domain::parse_day("2037-06-01").value()).has_value());
  world_->clock.set(domain::parse_day("2040-01-01").value());
  EXPECT_EQ(due(), 0U) << "behind its ten years nobody is reminded";
  const auto no_domain = renew_domain(platform(), "old", domain::parse_day("2050-01-01").value());
  ASSERT_TRUE(no_domain.has_error());
  EXPECT_EQ(no_domain.error().code, Errc::conflict);
}

TEST_P(LedgerTest, TheInstallationsOwnPartsAreThereByThemselves) {
  const auto parts = own_parts(platform());
  ASSERT_TRUE(parts.has_value()) << parts.error().text();
  std::vector<std::string> names;
  for (const auto& part : parts.value()) {
    names.push_back(part.entry.name);
    EXPECT_TRUE(domain::check(part.entry).has_value()) << part.entry.name;
  }
  for (const auto* wanted : {"own.store", "own.log", "own.key.row", "own.key.citizen-wrap", "own.key.directory"}) {
    EXPECT_NE(std::ranges::find(names, wanted), names.end()) << wanted;
  }
  ASSERT_TRUE(note_backup(platform(), "/srv/backup/today").has_value());
  ASSERT_TRUE(note_backup(platform(), "/srv/backup/" + std::string(400, 'x')).has_value());
  const auto kept = list_ledger(platform());
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept.value().size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Engines, LedgerTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& engine) {
                           return engine.param == store::Engine::sqlite ? "Sqlite" : "Postgres";
                         });

}  // namespace
}  // namespace lindung::service
