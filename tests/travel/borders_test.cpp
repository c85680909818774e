// What desks and carriers get and report: day lists, decisions, figures, boarding, people who are sick on arrival.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "domain/travel_card.h"
#include "store/database.h"
#include "store/ring.h"
#include "travel/cards.h"
#include "travel/carriers.h"
#include "travel/day_list.h"
#include "travel/decisions.h"
#include "travel/devices.h"
#include "travel/sick.h"
#include "travel/travel_world.h"

namespace lindung::travel {
namespace {

using testing::days;

class BordersTest : public testing::TravelTest {
 protected:
  Decision decision(const FiledCard& filed, DeskOutcome outcome = DeskOutcome::admitted) {
    return {.id = crypto::random_bytes<16>(),
            .card = filed.card.id,
            .version = filed.card.version,
            .place = 0,
            .at = clock_.now(),
            .outcome = outcome,
            .is_override = false,
            .reason = {}};
  }
  TakenDecision take(const Device& device, const Decision& decision) {
    const auto taken = take_decisions(ground(), device, {&decision, 1});
    EXPECT_TRUE(taken.has_value()) << taken.error().text();
    return taken.has_value() ? taken.value().front() : TakenDecision{};
  }
  [[nodiscard]] DayList list(const std::string& port, Day day) const { return day_list(ground(), port, day).value(); }
};

TEST_P(BordersTest, TheListOfADayHasTheOneVersionThatCountsAndWhatWasWithdrawn) {
  const auto first = file();
  const auto second = file();
  const auto day = domain::travel_day(first.card.card.journey);
  auto other = card();
  other.people.pop_back();
  ASSERT_TRUE(change_card(ground(), first.card.id, first.secret, other));
  ASSERT_TRUE(withdraw_card(ground(), second.card.id, second.secret));
  const auto listed = list("CGK", day);
  ASSERT_EQ(listed.cards.size(), 2U);
  for (const auto& each : listed.cards) {
    const bool is_first = each.id == first.card.id;
    EXPECT_EQ(each.version, is_first ? 2U : 1U);
    EXPECT_EQ(each.state, is_first ? CardState::valid : CardState::withdrawn);
  }
  EXPECT_TRUE(list("DPS", day).cards.empty());
  EXPECT_EQ(day_list(ground(), "XXX", day).error().code, Errc::not_found);
}

TEST_P(BordersTest, ACardThatMovedToAnotherDayIsVoidOnTheListOfTheFirst) {
  const auto filed = file();
  auto later = card();
  later.journey.departure += days{1};
  later.journey.arrival += days{1};
  ASSERT_TRUE(change_card(ground(), filed.card.id, filed.secret, later));
  const auto day = domain::travel_day(filed.card.card.journey);
  ASSERT_EQ(list("CGK", day).cards.size(), 1U);
  EXPECT_EQ(list("CGK", day).cards[0].state, CardState::withdrawn);
  ASSERT_EQ(list("CGK", Day{day.number + 1}).cards.size(), 1U);
  EXPECT_EQ(list("CGK", Day{day.number + 1}).cards[0].version, 2U);
  ASSERT_TRUE(change_card(ground(), filed.card.id, filed.secret, card()));
  EXPECT_EQ(list("CGK", day).cards[0].state, CardState::valid);
  EXPECT_EQ(list("CGK", day).cards[0].version, 3U);
}

TEST_P(BordersTest, AListIsSignedAndSaysNothingOfPeople) {
  const auto filed = file();
  const auto text = signed_day_list(ground(), list("CGK", domain::travel_day(filed.card.card.journey))).value();
  const auto parsed = codec::parse_json(text).value();
  const auto payload = codec::from_base64url(parsed.at("payload").as_string()).value();
  crypto::Ed25519Signature signature{};
  ASSERT_TRUE(codec::from_base64url(parsed.at("signature").as_string(), signature));
  const auto seed = ring_->key({.cls = store::KeyClass::directory, .scope = "", .epoch = 1}).value();
  const auto message = Message{}.text("lindung travel day list v1").u8(0).raw(payload).take();
  EXPECT_TRUE(crypto::Ed25519PrivateKey::from_seed(seed).public_key().verifies(message, signature));
  EXPECT_NE(as_text(payload).find(codec::hex(filed.card.id.bytes())), std::string_view::npos);
  for (const auto* mark : {"MUSTERMANN", "C01X00T47", "Merdeka", "628123456789"}) {
    EXPECT_EQ(as_text(payload).find(mark), std::string_view::npos) << mark;
  }
}

TEST_P(BordersTest, ADecisionIsTakenOnceHoweverOftenItComes) {
  const auto desk = device();
  const auto filed = file();
  const auto one = decision(filed);
  EXPECT_EQ(take(desk, one).taken, Taken::taken);
  const auto again = take(desk, one);
  EXPECT_EQ(again.taken, Taken::repeated);
  EXPECT_EQ(again.first, Taken::taken);
  auto other = one;
  other.outcome = DeskOutcome::refused;
  EXPECT_EQ(take(desk, other).taken, Taken::other_content);
  EXPECT_EQ(count({"SELECT count(*) FROM travel_decision"}), 1);
  EXPECT_EQ(count({"SELECT people FROM travel_figure"}), 1);
}

TEST_P(BordersTest, ASecondUseOfACrossingIsFoundWhicheverDeviceReportsIt) {
  const auto near = device("cgk-1");
  const auto far = device("cgk-2");
  const auto filed = file();
  EXPECT_EQ(take(near, decision(filed)).taken, Taken::taken);
  EXPECT_EQ(take(far, decision(filed)).taken, Taken::second_use);
  auto companion = decision(filed);
  companion.place = 1;
  EXPECT_EQ(take(far, companion).taken, Taken::taken) << "another person of the same card";
  EXPECT_EQ(take(far, decision(filed, DeskOutcome::referred)).taken, Taken::taken) << "nobody passed";
  EXPECT_EQ(count({"SELECT uses FROM travel_crossing WHERE place = 0"}), 2);
  const auto logged = actions();
  EXPECT_EQ(std::ranges::count(logged, "travel.second-use"), 1);
}

TEST_P(BordersTest, ACrossedCardIsNotChangedAnyMore) {
  const auto filed = file();
  EXPECT_EQ(take(device(), decision(filed)).taken, Taken::taken);
  auto other = card();
  other.people.pop_back();
  const auto refused = change_card(ground(), filed.card.id, filed.secret, other);
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::replay_conflict);
}

TEST_P(BordersTest, ADecisionOverAVoidCodeIsTakenInAsWhatItIs) {
  const auto desk = device();
  const auto filed = file();
  auto other = card();
  other.people.pop_back();
  ASSERT_TRUE(change_card(ground(), filed.card.id, filed.secret, other));
  EXPECT_EQ(take(desk, decision(filed)).taken, Taken::void_version);
  auto unknown = decision(filed);
  unknown.card = domain::CardId{crypto::random_bytes<16>()};
  EXPECT_EQ(take(desk, unknown).taken, Taken::unknown_card);
}

TEST_P(BordersTest, AnOverrideNeedsAReasonAndIsLogged) {
  const auto desk = device();
  const auto filed = file();
  auto silent = decision(filed);
  silent.is_override = true;
  EXPECT_EQ(take(desk, silent).taken, Taken::bad);
  auto ahead = decision(filed);
  ahead.at = clock_.now() + days{1};
  EXPECT_EQ(take(desk, ahead).taken, Taken::bad);
  auto reasoned = decision(filed);
  reasoned.is_override = true;
  reasoned.reason = "negative test shown on paper";
  EXPECT_EQ(take(desk, reasoned).taken, Taken::taken);
  const auto logged = actions();
  EXPECT_EQ(std::ranges::count(logged, "travel.override"), 1);
}

TEST_P(BordersTest, FiguresCountPeopleByHourAndSayWhoIsStillExpected) {
  const auto desk = device();
  const auto filed = file();
  auto companion = decision(filed);
  companion.place = 1;
  EXPECT_EQ(take(desk, decision(filed)).taken, Taken::taken);
  EXPECT_EQ(take(desk, companion).taken, Taken::taken);
  const auto hour = hour_of(clock_.now());
  const auto figures = port_figures(ground(), "CGK", hour, Hour{hour.number + 1}).value();
  ASSERT_EQ(figures.size(), 1U);
  EXPECT_EQ(figures[0].people, 2U);
  EXPECT_EQ(figures[0].outcome, DeskOutcome::admitted);
  const auto expected = expected_people(ground(), "CGK", domain::travel_day(filed.card.card.journey)).value();
  ASSERT_EQ(expected.size(), 1U);
  EXPECT_EQ(expected[0].hour, hour_of(filed.card.card.journey.arrival).number);
  EXPECT_EQ(expected[0].people, 2U);
}

TEST_P(BordersTest, ACarrierLearnsYesOrNoAboutItsOwnPassengersOnly) {
  auto domestic = card();
  domestic.journey.scope = domain::JourneyScope::domestic;
  domestic.journey.origin = "DPS";
  domestic.people.erase(domestic.people.begin());
  domestic.people[0].guardian = {};
  domestic.people[0].document.birth.year = 1964;
  domestic.people[0].document.name.given = "ERIKA";
  domestic.people[0].certificates = {cert::make_hc1(signer_, {})};
  const auto fit = file(domestic);
  ASSERT_EQ(fit.card.answer.fitness, domain::Fitness::fit);
  const auto may = [&](const std::string& carrier, const ShownCard& shown) {
    return may_board(ground(), carrier, shown).value();
  };
  EXPECT_TRUE(may("GA", {.id = fit.card.id, .secret = fit.secret, .version = {}}));
  EXPECT_TRUE(may("GA", {.id = fit.card.id, .secret = {}, .version = 1}));
  EXPECT_FALSE(may("JT", {.id = fit.card.id, .secret = fit.secret, .version = {}})) << "another carrier's passenger";
  EXPECT_FALSE(may("GA", {.id = fit.card.id, .secret = {}, .version = 2}));
  EXPECT_FALSE(may("GA", {.id = fit.card.id, .secret = {}, .version = {}})) << "an id alone";
  EXPECT_FALSE(may("GA", {.id = fit.card.id, .secret = CardSecret{}, .version = {}}));
  EXPECT_FALSE(may("GA", {.id = file().card.id, .secret = {}, .version = 1})) << "a card that is not fit";
  EXPECT_FALSE(may("GA", {.id = domain::CardId{}, .secret = {}, .version = 1}));
  ASSERT_TRUE(withdraw_card(ground(), fit.card.id, fit.secret));
  EXPECT_FALSE(may("GA", {.id = fit.card.id, .secret = {}, .version = 1}));
}

TEST_P(BordersTest, SomebodySickOnArrivalReachesTheHealthOfficeOfThePort) {
  const auto desk = device();
  const auto filed = file();
  const SickReport report{.id = crypto::random_bytes<16>(),
                          .card = filed.card.id,
                          .place = 1,
                          .at = clock_.now(),
                          .symptoms = {domain::Symptom::fever},
                          .note = "39.5 degrees"};
  ASSERT_TRUE(report_sick(ground(), desk, report));
  ASSERT_TRUE(report_sick(ground(), desk, report)) << "again: done already";
  auto other = report;
  other.note = "another";
  EXPECT_EQ(report_sick(ground(), desk, other).error().code, Errc::replay_conflict);
  const auto listed = list_sick(ground(), "CGK").value();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].id, report.id);
  EXPECT_FALSE(listed[0].seen_at.has_value());
  EXPECT_TRUE(list_sick(ground(), "DPS").value().empty());
  EXPECT_EQ(take_sick(ground(), "DPS", report.id).error().code, Errc::not_found) << "another port's";
  const auto taken = take_sick(ground(), "CGK", {}).value();
  EXPECT_EQ(taken.id, report.id);
  EXPECT_EQ(taken.note, report.note);
  EXPECT_EQ(taken.symptoms, report.symptoms);
  EXPECT_TRUE(list_sick(ground(), "CGK").value()[0].seen_at.has_value());
  EXPECT_EQ(take_sick(ground(), "CGK", {}).error().code, Errc::not_found) << "nothing waits unseen";
  EXPECT_EQ(take_sick(ground(), "CGK", report.id).value().card, filed.card.id) << "seen, and asked for by its name";
}

TEST_P(BordersTest, ARevokedDeviceIsNoneAndAPortAbroadHasNone) {
  const auto desk = device();
  ASSERT_TRUE(revoke_device(ground(), desk.id));
  ASSERT_TRUE(revoke_device(ground(), desk.id));
  EXPECT_EQ(find_device(ground(), desk.id).error().code, Errc::not_found);
  EXPECT_EQ(add_device(ground(), "sin-1", "SIN", desk.key.bytes()).error().code, Errc::invalid_argument);
  EXPECT_EQ(add_device(ground(), desk.id, "CGK", desk.key.bytes()).error().code, Errc::conflict);
}

INSTANTIATE_TEST_SUITE_P(Engines, BordersTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& engine) {
                           return engine.param == store::Engine::sqlite ? std::string{"sqlite"}
                                                                        : std::string{"postgresql"};
                         });

}  // namespace
}  // namespace lindung::travel
