// Reports over a real store: counted once, held apart, taken back, looked at, forgotten.
#include "service/reports.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "domain/report.h"
#include "domain/syndrome.h"
#include "log/entry.h"
#include "service/contact_cases.h"
#include "service/held_reports.h"
#include "service/notices.h"
#include "service/person_finder.h"
#include "service/platform.h"
#include "service/report_keys.h"
#include "service/report_offices.h"
#include "service/reporters.h"
#include "service/surveillance.h"
#include "service/triage.h"
#include "store/database.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service {
namespace {

using domain::Report;
using domain::ReportAnswer;
using domain::ReportOperation;
using domain::ReportOutcome;
using std::chrono::days;
using std::chrono::hours;

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z
const ReporterId halosehat{"halosehat"};
const KeyId key_id{"halosehat.1"};
const OfficeId office{"dinkes-3174"};
const OfficeId second{"ombudsman"};

class ReportsTest : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    world_ = std::make_unique<test::World>(moment_of(noon), GetParam());
    const auto added = add_reporter(platform(), halosehat, "Halo Sehat", {.per_day = 1'000, .per_minute = 1'000}, {});
    ASSERT_TRUE(added.has_value()) << added.error().text();
    ASSERT_TRUE(add_reporter_key(platform(), halosehat, key_id, key_.public_key(), {}).has_value());
    ASSERT_TRUE(add_office(platform(), {.id = office,
                                        .name = "Dinas Kesehatan",
                                        .role = OfficeRole::health,
                                        .districts = {"3174"},
                                        .public_key = health_.public_key()})
                    .has_value());
    ASSERT_TRUE(add_office(platform(), {.id = second,
                                        .name = "Ombudsman",
                                        .role = OfficeRole::second,
                                        .districts = {},
                                        .public_key = other_.public_key()})
                    .has_value());
  }

  [[nodiscard]] const Platform& platform() const { return *world_->platform; }
  [[nodiscard]] Day today() const { return day_of(world_->clock.now()); }
  [[nodiscard]] Report report(const std::string& code = "J11", const std::string& district = "3174") const {
    return {.operation = ReportOperation::create,
            .id = domain::ReportId{crypto::random_bytes<16>()},
            .receipt = {},
            .onset = today(),
            .age = domain::AgeBand::from_15,
            .district = district,
            .codes = {{.system = domain::CodeSystem::icd_10, .code = code}},
            .identity = {}};
  }
  [[nodiscard]] domain::SealedIdentity for_both() const {
    const auto id_of = [](const crypto::X25519PublicKey& key) {
      return Office{.id = {}, .name = {}, .role = {}, .districts = {}, .public_key = key}.key_id();
    };
    return {.first = id_of(health_.public_key()), .second = id_of(other_.public_key()), .sealed = {9}};
  }
  [[nodiscard]] Result<ReportAnswer> send(const Report& sent) const {
    return take_report(platform(), {.key = key_id, .content = crypto::sha256(domain::encode(sent))}, sent);
  }
  ReportAnswer taken(const Report& sent) const {
    const auto answer = send(sent);
    EXPECT_TRUE(answer.has_value()) << answer.error().text();
    return answer.has_value() ? answer.value() : ReportAnswer{};
  }
  [[nodiscard]] ReportAnswer follow(ReportOperation operation, const domain::Receipt& receipt,
                                    const std::string& code = "") const {
    Report sent{.operation = operation,
                .id = domain::ReportId{crypto::random_bytes<16>()},
                .receipt = receipt,
                .onset = {},
                .age = {},
                .district = {},
                .codes = {},
                .identity = {}};
    if (!code.empty()) sent.codes.push_back({.system = domain::CodeSystem::icd_10, .code = code});
    return taken(sent);
  }
  [[nodiscard]] std::uint64_t counted(domain::Syndrome syndrome, const std::string& district = "3174") const {
    const auto counts = read_counts(platform(), today(), today());
    EXPECT_TRUE(counts.has_value()) << counts.error().text();
    const auto found = counts.value().series.find({district, syndrome});
    return found == counts.value().series.end() ? 0 : found->second.back();
  }
  [[nodiscard]] std::vector<std::string> actions() const {
    std::vector<std::string> out;
    for (const auto& entry : world_->log_entries()) {
      if (const auto* act = std::get_if<log::OfficerEntry>(&entry)) out.push_back(act->action);
    }
    return out;
  }

  std::unique_ptr<test::World> world_;
  crypto::Ed25519PrivateKey key_ = crypto::Ed25519PrivateKey::generate();
  crypto::X25519PrivateKey health_ = crypto::X25519PrivateKey::generate();
  crypto::X25519PrivateKey other_ = crypto::X25519PrivateKey::generate();
};

TEST_P(ReportsTest, AReportCountsOnceInTwoCellsAtMostAndNotAtAllWhenItIsTakenBack) {
  auto sent = report();
  sent.codes.push_back({.system = domain::CodeSystem::icd_10, .code = "A09"});
  sent.codes.push_back({.system = domain::CodeSystem::icd_10, .code = "R17"});
  const auto first = taken(sent);
  EXPECT_EQ(first.outcome, ReportOutcome::accepted);
  EXPECT_EQ(taken(sent).outcome, ReportOutcome::duplicate);
  EXPECT_EQ(counted(domain::Syndrome::ili), 1U);
  EXPECT_EQ(counted(domain::Syndrome::diarrhoea), 1U);
  EXPECT_EQ(counted(domain::Syndrome::jaundice), 0U) << "what one report can change is bounded";
  EXPECT_EQ(follow(ReportOperation::withdraw, first.receipt).outcome, ReportOutcome::withdrawn);
  EXPECT_EQ(counted(domain::Syndrome::ili), 0U);
  EXPECT_EQ(counted(domain::Syndrome::diarrhoea), 0U);
}

TEST_P(ReportsTest, TheSameReportBehindMidnightIsStillTheSame) {
  world_->clock.advance(hours{11} + std::chrono::minutes{59});
  const auto sent = report();
  const auto first = taken(sent);
  world_->clock.advance(hours{1});
  const auto again = taken(sent);
  EXPECT_EQ(again.outcome, ReportOutcome::duplicate);
  EXPECT_EQ(again.receipt, first.receipt);
  EXPECT_EQ(counted(domain::Syndrome::ili), 0U) << "nothing was reported today";
}

TEST_P(ReportsTest, WhatIsAddedLaterCountsOnItsOwnDay) {
  const auto first = taken(report());
  world_->clock.advance(days{2});
  EXPECT_EQ(follow(ReportOperation::add, first.receipt, "J18.9").outcome, ReportOutcome::added);
  EXPECT_EQ(counted(domain::Syndrome::sari), 1U);
  EXPECT_EQ(follow(ReportOperation::withdraw, first.receipt).outcome, ReportOutcome::withdrawn);
  EXPECT_EQ(counted(domain::Syndrome::sari), 0U);
}

TEST_P(ReportsTest, AFloodIsHeldApartUntilItIsReleasedOnItsOwnDay) {
  for (int day = 0; day < 4; ++day) {
    for (int i = 0; i < 3; ++i) taken(report());
    world_->clock.advance(days{1});
  }
  for (int i = 0; i < 30; ++i) EXPECT_EQ(taken(report()).outcome, ReportOutcome::accepted) << "nothing tells";
  EXPECT_EQ(counted(domain::Syndrome::ili), 15U) << "a mean of 3, six deviations of 2, and 15 at least";
  const auto held = list_held_reports(platform());
  ASSERT_EQ(held.value().size(), 1U);
  EXPECT_EQ(held.value()[0].reports, 15U);
  const auto flooded = today();
  world_->clock.advance(days{1});
  const auto released = release_held_reports(platform(), halosehat, flooded, {});
  ASSERT_TRUE(released.has_value()) << released.error().text();
  EXPECT_EQ(released.value(), 15U);
  const auto counts = read_counts(platform(), flooded, flooded);
  EXPECT_EQ(counts.value().series.at({"3174", domain::Syndrome::ili}).back(), 30U);
  EXPECT_TRUE(list_held_reports(platform()).value().empty());
  EXPECT_EQ(release_held_reports(platform(), halosehat, flooded, {}).error().code, Errc::not_found);
}

TEST_P(ReportsTest, ARefusedFloodNeverCounts) {
  for (int i = 0; i < 55; ++i) taken(report("A91"));
  EXPECT_EQ(counted(domain::Syndrome::haemorrhagic), 50U);
  EXPECT_EQ(refuse_held_reports(platform(), halosehat, today(), {}).value(), 5U);
  EXPECT_EQ(counted(domain::Syndrome::haemorrhagic), 50U);
}

TEST_P(ReportsTest, ARefusedFloodDoesNotRaiseTheLimitOfTheDaysAfterIt) {
  for (int day = 0; day < 3; ++day) {
    taken(report("A91"));
    world_->clock.advance(days{1});
  }
  for (int i = 0; i < 100; ++i) taken(report("A91"));
  EXPECT_EQ(refuse_held_reports(platform(), halosehat, today(), {}).value(), 85U);
  world_->clock.advance(days{1});
  for (int i = 0; i < 40; ++i) taken(report("A91"));
  // 1, 1, 1 and 15: a mean of 4.5, six deviations of the root of 5.5.
  EXPECT_EQ(counted(domain::Syndrome::haemorrhagic), 18U);
}

TEST_P(ReportsTest, ReportersAreBoundedByTheMinuteAndTheDay) {
  ASSERT_TRUE(set_reporter_limits(platform(), halosehat, {.per_day = 3, .per_minute = 2}).has_value());
  taken(report());
  taken(report());
  const auto third = send(report());
  ASSERT_TRUE(third.has_error());
  EXPECT_EQ(third.error().code, Errc::quota);
  EXPECT_EQ(third.error().number, 60U);
  world_->clock.advance(seconds{60});
  taken(report());
  EXPECT_EQ(send(report()).error().detail, "reports a day");
}

TEST_P(ReportsTest, ACutReporterIsCutForEver) {
  ASSERT_TRUE(set_reporter_state(platform(), halosehat, ReporterState::cut, {}).has_value());
  EXPECT_EQ(send(report()).error().code, Errc::partner_cut);
  EXPECT_EQ(set_reporter_state(platform(), halosehat, ReporterState::active, {}).error().code, Errc::conflict);
}

TEST_P(ReportsTest, TheLogSaysThatAReportCameAndNeitherWhatNorToTheMinuteWhen) {
  world_->clock.advance(seconds{1'234});
  taken(report());
  const auto entries = world_->log_entries();
  const auto* entry = std::get_if<log::OfficerEntry>(&entries.back());
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->action, "report.accepted");
  EXPECT_EQ(entry->at, moment_of(noon));
  EXPECT_EQ(entry->officer_key_digest, crypto::sha256(key_.public_key().bytes()));
}

TEST_P(ReportsTest, AnOverdueReportGoesUpOnceAndOneThatWasTakenDoesNot) {
  taken(report("A98.4"));
  const auto taken_one = next_report(platform(), office).value();
  ASSERT_TRUE(taken_one.has_value());
  ASSERT_TRUE(take_up(platform(), office, taken_one->ref, "investigation", {}).has_value());
  taken(report("A98.4"));
  EXPECT_EQ(escalate_overdue(platform()).value(), 0U);
  world_->clock.advance(hours{24} + seconds{1});
  EXPECT_EQ(escalate_overdue(platform()).value(), 1U);
  EXPECT_EQ(escalate_overdue(platform()).value(), 0U);
  const auto queues = list_due(platform()).value();
  ASSERT_EQ(queues.size(), 1U);
  EXPECT_EQ(queues[0].overdue, 1U);
  EXPECT_EQ(queues[0].escalated, 1U);
  EXPECT_EQ(queues[0].taken, 1U);
  EXPECT_EQ(std::ranges::count(actions(), "report.overdue"), 1);
}

TEST_P(ReportsTest, AnIdentityIsInTheLogBeforeItIsGivenOutAndOnlyForItsTwoOffices) {
  auto sent = report();
  sent.identity = for_both();
  const auto answer = taken(sent);
  const auto ref = next_report(platform(), office).value()->ref;
  EXPECT_EQ(tell_identity_opened(platform(), office, ref, "3174012304560001", "", {}).error().code, Errc::conflict);
  EXPECT_EQ(open_identity(platform(), office, office, ref, {}).error().code, Errc::denied);
  EXPECT_EQ(std::ranges::count(actions(), "identity.opened"), 0);
  const auto opened = open_identity(platform(), office, second, ref, {});
  ASSERT_TRUE(opened.has_value()) << opened.error().text();
  EXPECT_EQ(opened.value(), *sent.identity);
  EXPECT_EQ(actions().back(), "identity.opened");
  EXPECT_EQ(follow(ReportOperation::status, answer.receipt).identity_opened_at, world_->clock.now());
}

TEST_P(ReportsTest, ACitizenWhoIsKnownIsToldAndTheirContactsAreTracedUnderTheCase) {
  const std::string number = "3174012304560001";
  CitizenRef citizen;
  const auto known = world_->database->write([&](store::Transaction& transaction) -> Result<void> {
    TRY(nik, domain::parse_nik(number));
    TRY(person, find_or_add_person(transaction, *world_->ring,
                                   domain::Identity{.nik = nik, .passport = {}, .local = {}, .name = {}, .birth = {}},
                                   platform().clock.now()));
    citizen = person.citizen;
    return ok();
  });
  ASSERT_TRUE(known.has_value()) << known.error().text();
  auto sent = report();
  sent.identity = for_both();
  taken(sent);
  const auto ref = next_report(platform(), office).value()->ref;
  ASSERT_TRUE(open_identity(platform(), office, second, ref, {}).has_value());
  EXPECT_FALSE(tell_identity_opened(platform(), office, ref, "3174012304560002", "", {}).value());
  const auto told = tell_identity_opened(platform(), office, ref, number, "KLB-2026-7", {});
  ASSERT_TRUE(told.has_value()) << told.error().text();
  EXPECT_TRUE(told.value());
  const auto notices = list_notices(platform(), citizen);
  ASSERT_EQ(notices.value().size(), 1U);
  EXPECT_EQ(notices.value()[0].notice.kind, NoticeKind::report_identity_opened);
  EXPECT_EQ(list_traces(platform()).value().size(), 1U);
}

TEST_P(ReportsTest, AForgottenDayIsGoneWithItsKeyItsCountsAndItsQueue) {
  const auto answer = taken(report());
  const auto old = today();
  world_->clock.advance(days{10});
  taken(report());
  const auto first = forget_old_reports(platform(), days{5});
  ASSERT_TRUE(first.has_value()) << first.error().text();
  EXPECT_EQ(find_report_day_key(*world_->ring, old).error().code, Errc::denied);
  EXPECT_EQ(follow(ReportOperation::status, answer.receipt).outcome, ReportOutcome::unknown);
  const auto counts = read_counts(platform(), old, today());
  EXPECT_EQ(counts.value().series.at({"3174", domain::Syndrome::ili}).front(), 0U);
  EXPECT_EQ(counts.value().series.at({"3174", domain::Syndrome::ili}).back(), 1U);
  EXPECT_EQ(list_due(platform()).value()[0].waiting, 1U);
}

TEST_P(ReportsTest, FiguresArePublishedOnceAndTheBudgetHasAnEnd) {
  for (int i = 0; i < 20; ++i) taken(report());
  const auto day = today();
  EXPECT_EQ(publish_figures(platform(), day, 500, {}).error().code, Errc::invalid_argument) << "it is not over";
  world_->clock.advance(days{20});
  const auto first = publish_figures(platform(), day, 1'000, {});
  ASSERT_TRUE(first.has_value()) << first.error().text();
  EXPECT_EQ(publish_figures(platform(), day, 400, {}).value().body, first.value().body);
  for (std::uint32_t i = 1; i < 15; ++i) {
    EXPECT_TRUE(publish_figures(platform(), {day.number + i}, 1'000, {}).has_value()) << i;
  }
  EXPECT_EQ(publish_figures(platform(), {day.number + 15}, 1, {}).error().code, Errc::quota);
  EXPECT_EQ(publish_figures(platform(), {day.number - 20}, 1'001, {}).error().code, Errc::invalid_argument);
  world_->clock.advance(days{20});
  EXPECT_TRUE(publish_figures(platform(), {day.number + 31}, 1, {}).has_value());
}

INSTANTIATE_TEST_SUITE_P(Engines, ReportsTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& engine) {
                           return engine.param == store::Engine::sqlite ? "sqlite" : "postgresql";
                         });

}  // namespace
}  // namespace lindung::service
