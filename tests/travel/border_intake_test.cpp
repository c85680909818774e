// Border devices and the travel installation together: real devices, real lists, an outage between them.
#include "travel/border_intake.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "border/desk.h"
#include "border/device.h"
#include "border/sync.h"
#include "crypto/ed25519.h"
#include "domain/border_decision.h"
#include "domain/border_desk.h"
#include "domain/travel_card.h"
#include "store/database.h"
#include "store/ring.h"
#include "travel/border_lists.h"
#include "travel/cards.h"
#include "travel/devices.h"
#include "travel/sick.h"
#include "travel/travel_world.h"

namespace lindung::travel {
namespace {

using domain::DeskFinding;
using domain::DeskVerdict;
using testing::days;
using testing::hours;

class BorderIntake : public testing::TravelTest {
 protected:
  struct Desk {
    std::unique_ptr<border::Device> device;
    Device row;
  };

  Desk desk(const std::string& id) {
    const auto seed = ring_->key({.cls = store::KeyClass::directory, .scope = "", .epoch = 1}).value();
    const auto server = crypto::Ed25519PrivateKey::from_seed(seed).public_key();
    EXPECT_TRUE(border::Device::init(folder_.file(id), {.id = id, .port = "CGK", .url = "", .server = server}));
    auto device = std::move(border::Device::open(folder_.file(id), clock_)).value();
    const auto key = device->identity().signing_key.public_key();
    EXPECT_TRUE(add_device(ground(), id, "CGK", key.bytes()));
    return {.device = std::move(device), .row = find_device(ground(), id).value()};
  }
  void sync(Desk& desk) {
    const auto sealed = border_list_for(ground(), desk.row, desk.device->identity().sealing_key.public_key());
    ASSERT_TRUE(sealed.has_value()) << sealed.error().text();
    const auto taken = border::take_list(*desk.device, sealed.value());
    ASSERT_TRUE(taken.has_value()) << taken.error().text();
  }
  Result<IntakeReport> reconcile(const Desk& desk) {
    const auto unsent = border::unsent_decisions(*desk.device, 100).value();
    const std::vector<BytesView> views{unsent.begin(), unsent.end()};
    return take_signed_decisions(ground(), desk.row, views);
  }
  border::ScanSeen scan(Desk& desk, const FiledCard& filed) {
    return border::scan(*desk.device, code_of(ground(), filed.card).value(), {}).value();
  }
  // Whoever has no certificate is not fit: the officer overrides that.
  void admit(Desk& desk, const FiledCard& filed) {
    const auto decided = border::decide(*desk.device, {.scan = scan(desk, filed).scan,
                                                       .place = 0,
                                                       .verdict = DeskVerdict::admit,
                                                       .is_override = true,
                                                       .reason = "a certificate on paper",
                                                       .photo_matches = true});
    ASSERT_TRUE(decided.has_value()) << decided.error().text();
  }

  store::testing::TempFolder folder_;
};

TEST_P(BorderIntake, ACardAtTwoDesksDuringAnOutageIsOneConflictThatBothAreTold) {
  auto first = desk("cgk-1");
  auto second = desk("cgk-2");
  const auto filed = file();
  const auto other = file(card());
  sync(first);
  sync(second);
  clock_.advance(days{1} + hours{1});
  admit(first, filed);
  admit(second, filed);  // no network: nobody knows
  const auto one = reconcile(first);
  ASSERT_TRUE(one.has_value()) << one.error().text();
  EXPECT_EQ(one.value().conflicts.size(), 0U);
  const auto two = reconcile(second);
  ASSERT_TRUE(two.has_value()) << two.error().text();
  ASSERT_EQ(two.value().conflicts.size(), 1U);
  EXPECT_EQ(two.value().conflicts[0].kind, domain::DeskConflict::admitted_twice);
  EXPECT_EQ(two.value().conflicts[0].card, filed.card.id);
  const auto again = reconcile(first);
  ASSERT_TRUE(again);
  ASSERT_EQ(again.value().conflicts.size(), 1U);
  EXPECT_EQ(again.value().taken, 0U);
  EXPECT_EQ(reconcile(second).value().taken, 0U);
  EXPECT_EQ(list_conflicts(ground(), "CGK").value().size(), 1U);
  const auto logged = actions();
  EXPECT_EQ(std::ranges::count(logged, "travel.desk-conflict"), 1);
  EXPECT_EQ(std::ranges::count(logged, "travel.second-use"), 1);
}

TEST_P(BorderIntake, AfterTheNextListEachDeskKnowsTheOthersCrossings) {
  auto first = desk("cgk-1");
  auto second = desk("cgk-2");
  const auto filed = file();
  sync(first);
  sync(second);
  clock_.advance(days{1} + hours{1});
  admit(first, filed);
  ASSERT_TRUE(reconcile(first));
  EXPECT_FALSE(scan(second, filed).people[0].findings.has(DeskFinding::used_elsewhere));
  sync(second);
  EXPECT_TRUE(scan(second, filed).people[0].findings.has(DeskFinding::used_elsewhere));
  EXPECT_FALSE(scan(second, filed).people[1].findings.has(DeskFinding::used_elsewhere));
}

TEST_P(BorderIntake, ChangedAndWithdrawnCardsAreOnTheNextList) {
  auto desk_1 = desk("cgk-1");
  const auto changed = file();
  auto other = card();
  other.people.pop_back();
  ASSERT_TRUE(change_card(ground(), changed.card.id, changed.secret, other));
  auto later = card();
  later.journey.number = "GA 827";
  const auto withdrawn = file(later);
  ASSERT_TRUE(withdraw_card(ground(), withdrawn.card.id, withdrawn.secret));
  sync(desk_1);
  clock_.advance(days{1} + hours{1});
  EXPECT_TRUE(scan(desk_1, changed).people[0].findings.has(DeskFinding::superseded));
  EXPECT_TRUE(scan(desk_1, withdrawn).people[0].findings.has(DeskFinding::withdrawn));
}

TEST_P(BorderIntake, DecisionsOfAnotherDeviceOrAnotherPastAreRefused) {
  auto first = desk("cgk-1");
  auto second = desk("cgk-2");
  const auto filed = file();
  sync(first);
  sync(second);
  clock_.advance(days{1} + hours{1});
  admit(first, filed);
  const auto unsent = border::unsent_decisions(*first.device, 10).value();
  EXPECT_EQ(take_signed_decisions(ground(), second.row, {unsent[0]}).error().code, Errc::bad_signature);
  auto changed = unsent[0];
  changed.back() ^= 1U;
  EXPECT_EQ(take_signed_decisions(ground(), first.row, {changed}).error().code, Errc::bad_signature);
  auto gap = domain::read_decision(unsent[0]).value().decision;
  gap.number = 3;
  const auto skipped = domain::sign_decision(gap, first.device->identity().signing_key).value();
  const auto bytes = domain::decision_bytes(skipped);
  EXPECT_EQ(take_signed_decisions(ground(), first.row, {bytes}).error().code, Errc::conflict);
  ASSERT_TRUE(reconcile(first));
  auto forked = domain::read_decision(unsent[0]).value().decision;
  forked.reason = "another reason";
  const auto fork = domain::decision_bytes(domain::sign_decision(forked, first.device->identity().signing_key).value());
  EXPECT_EQ(take_signed_decisions(ground(), first.row, {fork}).error().code, Errc::conflict);
}

TEST_P(BorderIntake, SickOnArrivalReachesThePortHealthOfficeOnceAlsoAfterAnOutage) {
  auto desk_1 = desk("cgk-1");
  const auto filed = file();
  sync(desk_1);
  clock_.advance(days{1} + hours{1});
  ASSERT_TRUE(border::decide(*desk_1.device, {.scan = scan(desk_1, filed).scan,
                                              .place = 0,
                                              .verdict = DeskVerdict::isolate,
                                              .reason = "39.5 degrees",
                                              .symptoms = {domain::Symptom::fever}}));
  const auto unsent = border::unsent_decisions(*desk_1.device, 10).value();
  clock_.advance(days{1});  // the outage
  ASSERT_TRUE(take_signed_decisions(ground(), desk_1.row, {unsent[0]}));
  ASSERT_TRUE(take_signed_decisions(ground(), desk_1.row, {unsent[0]}));
  ASSERT_EQ(list_sick(ground(), "CGK").value().size(), 1U);
  const auto report = take_sick(ground(), "CGK", {}).value();
  EXPECT_EQ(report.symptoms, std::vector{domain::Symptom::fever});
  EXPECT_EQ(report.note, "39.5 degrees");
}

TEST_P(BorderIntake, ADecisionFromAClockThatIsAheadIsTakenAllTheSame) {
  auto desk_1 = desk("cgk-1");
  const auto filed = file();
  sync(desk_1);
  clock_.advance(days{1} + hours{3});
  admit(desk_1, filed);
  clock_.set(clock_.now() - hours{2});
  const auto taken = reconcile(desk_1);
  ASSERT_TRUE(taken.has_value()) << taken.error().text();
  EXPECT_EQ(taken.value().up_to, 1U);
}

INSTANTIATE_TEST_SUITE_P(Engines, BorderIntake, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& each) {
                           return each.param == store::Engine::sqlite ? "sqlite" : "postgresql";
                         });

}  // namespace
}  // namespace lindung::travel
