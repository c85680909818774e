// Overrides over a real store, seen where they count: in the answers at a door.
#include "service/overrides.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/colour.h"
#include "domain/hand.h"
#include "domain/record.h"
#include "embedded/rules_id_2021_json.h"
#include "log/entry.h"
#include "service/hand_rows.h"
#include "service/hands.h"
#include "service/hands_world.h"
#include "service/install.h"
#include "service/notices.h"
#include "service/person_rows.h"
#include "service/rule_activation.h"
#include "service/rule_sets.h"
#include "service/timeline_sweep.h"
#include "store/database.h"

namespace lindung::service {
namespace {

using domain::Colour;
using std::chrono::days;
using std::chrono::hours;

class OverridesTest : public testing::HandsTest {
 protected:
  KeptHand set(const NewOverride& wanted) {
    auto done = set_override(platform(), wanted);
    EXPECT_TRUE(done.has_value()) << done.error().text();
    return done.has_value() ? done.value() : KeptHand{};
  }
  Errc refused(const NewOverride& wanted) {
    const auto done = set_override(platform(), wanted);
    EXPECT_TRUE(done.has_error());
    return done.has_error() ? done.error().code : Errc::io;
  }
};

TEST_P(OverridesTest, DecideFromTheVeryNextAnswerToTheirLastSecond) {
  ASSERT_EQ(colour(), Colour::red);
  const auto hand = set(green_for(hours{2}));
  const auto first = answer();
  EXPECT_EQ(first.colour, Colour::green);
  EXPECT_EQ(first.outcome, domain::Outcome::allow);
  EXPECT_EQ(first.log_index, hand.log_index_from + 1) << "nothing stands between the entry and the answer";
  world_->clock.advance(hours{2} - seconds{1});
  EXPECT_EQ(colour(), Colour::green);
  world_->clock.advance(seconds{1});
  const auto behind = answer();
  EXPECT_EQ(behind.colour, Colour::red);
  EXPECT_EQ(behind.outcome, domain::Outcome::deny);
}

TEST_P(OverridesTest, StandInTheLogByACommitmentThatNeedsTheirSalt) {
  const CommandDigest command{7};
  const auto done = set_override(platform(), green_for(hours{2}), command);
  ASSERT_TRUE(done.has_value()) << done.error().text();
  const auto entries = world_->log_entries();
  const auto* entry = std::get_if<log::OfficerEntry>(&entries.at(done.value().log_index_from));
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->action, "override");
  auto before = done.value();
  before.log_index_from = 0;
  EXPECT_EQ(entry->case_digest, commitment(before, citizen_, hand_action::override_set, command));
  before.salt = {};
  EXPECT_NE(entry->case_digest, commitment(before, citizen_, hand_action::override_set, command));
}

TEST_P(OverridesTest, WithoutColourBasisCaseOrABoundedEndAreRefusedAndLeaveNothing) {
  const auto log_before = world_->log_entries().size();
  const auto without = [&](const std::function<void(NewOverride&)>& change) {
    auto wanted = green_for(hours{2});
    change(wanted);
    return refused(wanted);
  };
  EXPECT_EQ(without([](NewOverride& o) { o.colour = Colour::none; }), Errc::invalid_argument);
  EXPECT_EQ(without([](NewOverride& o) { o.basis = ""; }), Errc::invalid_argument);
  EXPECT_EQ(without([](NewOverride& o) { o.basis = "because-we-can"; }), Errc::invalid_argument);
  EXPECT_EQ(without([](NewOverride& o) { o.reason = ""; }), Errc::invalid_argument);
  EXPECT_EQ(without([](NewOverride& o) { o.reason = "two\nlines"; }), Errc::invalid_argument);
  EXPECT_EQ(without([&](NewOverride& o) { o.until = now(); }), Errc::invalid_argument);
  EXPECT_EQ(without([](NewOverride& o) { o.until = Moment{}; }), Errc::invalid_argument);
  EXPECT_EQ(without([&](NewOverride& o) { o.until = now() + days{90} + seconds{1}; }), Errc::invalid_argument);
  EXPECT_EQ(without([](NewOverride& o) { o.citizen = CitizenRef{{1}}; }), Errc::not_found);
  EXPECT_EQ(world_->log_entries().size(), log_before);
  EXPECT_EQ(count(store::Sql{"SELECT COUNT(*) FROM hand"}), 0);
  EXPECT_EQ(count(store::Sql{"SELECT COUNT(*) FROM notice"}), 0);
  EXPECT_EQ(colour(), Colour::red);
  EXPECT_EQ(set(green_for(days{90})).until, now() + days{90}) << "the longest one";
}

TEST_P(OverridesTest, OfThePersonWhoStandsInForNobodyAreRefused) {
  auto wanted = green_for(hours{2});
  wanted.citizen = load_dummy(*world_->database).value().citizen;
  EXPECT_EQ(refused(wanted), Errc::not_found);
}

TEST_P(OverridesTest, EndedByOfficersAreOverAtTheNextAnswer) {
  const auto hand = set(green_for(hours{2}));
  ASSERT_EQ(colour(), Colour::green);
  world_->clock.advance(hours{1});
  const auto ended = end_override(platform(), citizen_, hand.id, "Banding diterima");
  ASSERT_TRUE(ended.has_value()) << ended.error().text();
  EXPECT_EQ(ended.value().state, HandState::ended);
  EXPECT_EQ(colour(), Colour::red);
  const auto again = end_override(platform(), citizen_, hand.id, "Banding diterima");
  ASSERT_TRUE(again.has_error());
  EXPECT_EQ(again.error().code, Errc::conflict);
  EXPECT_EQ(actions(), (std::vector<std::string>{"override", "override-ended"}));
}

TEST_P(OverridesTest, AreEndedByTheirOwnCitizensReferenceOnlyAndBeforeTheirExpiryOnly) {
  const auto hand = set(green_for(hours{2}));
  const auto other = world_->add_citizen(Colour::green, true);
  const auto of_other = end_override(platform(), other, hand.id, "Banding diterima");
  ASSERT_TRUE(of_other.has_error());
  EXPECT_EQ(of_other.error().code, Errc::not_found);
  world_->clock.advance(hours{2});
  const auto late = end_override(platform(), citizen_, hand.id, "Banding diterima");
  ASSERT_TRUE(late.has_error());
  EXPECT_EQ(late.error().code, Errc::conflict);
}

TEST_P(OverridesTest, TheNewestOfSeveralDecides) {
  set(green_for(hours{4}));
  auto black = green_for(hours{1});
  black.colour = Colour::black;
  set(black);
  EXPECT_EQ(colour(), Colour::black);
  world_->clock.advance(hours{1});
  EXPECT_EQ(colour(), Colour::green);
}

TEST_P(OverridesTest, ThatExpireAreWrittenDownOnce) {
  set(green_for(hours{2}));
  ASSERT_TRUE(close_due_hands(platform()).has_value());
  EXPECT_EQ(actions(), (std::vector<std::string>{"override"})) << "not before its time";
  world_->clock.advance(hours{2});
  ASSERT_TRUE(close_due_hands(platform()).has_value());
  ASSERT_TRUE(close_due_hands(platform()).has_value());
  EXPECT_EQ(actions(), (std::vector<std::string>{"override", "override-expired"}));
  const auto listed = list_overrides(platform(), citizen_);
  ASSERT_TRUE(listed.has_value()) << listed.error().text();
  ASSERT_EQ(listed.value().size(), 1U);
  EXPECT_EQ(listed.value().front().state, HandState::expired);
  EXPECT_EQ(notices(), (std::vector<std::string>{"override-ended", "override-set"}));
}

TEST_P(OverridesTest, AreToldToTheCitizenWithLawAndEndAndWithoutTheCase) {
  set(green_for(hours{2}));
  const auto listed = list_notices(platform(), citizen_);
  ASSERT_TRUE(listed.has_value()) << listed.error().text();
  ASSERT_EQ(listed.value().size(), 1U);
  const auto& text = listed.value().front().notice.text;
  for (const std::string_view word : {"hijau", "2026-11-21T14:00:00Z", "pengadilan", "UU 48/2009"}) {
    EXPECT_NE(text.id.find(word), std::string::npos) << word;
  }
  for (const std::string_view word : {"green", "2026-11-21T14:00:00Z", "court", "UU 48/2009"}) {
    EXPECT_NE(text.en.find(word), std::string::npos) << word;
  }
  EXPECT_EQ((text.id + text.en).find("12/G/2026"), std::string::npos);
}

TEST_P(OverridesTest, StayInForceWhenRecordsComeInAndWhenTheRulesChange) {
  set(green_for(hours{2}));
  add_record(
      domain::Test{.at = now() - hours{1}, .kind = domain::TestKind::naat, .result = domain::TestResult::positive});
  EXPECT_EQ(colour(), Colour::green);
  std::string document{embedded::rules_id_2021_json};
  const std::string_view version = R"("version": "1.0.0")";
  document.replace(document.find(version), version.size(), R"("version": "2.0.0")");
  ASSERT_TRUE(propose_rule_set(platform(), document).has_value());
  const auto part = derive_proposed(platform(), std::nullopt);
  ASSERT_TRUE(part.has_value()) << part.error().text();
  ASSERT_FALSE(part.value().last.has_value());
  ASSERT_TRUE(activate_rule_set(platform(), "id-2021@2.0.0").has_value());
  EXPECT_EQ(colour(), Colour::green);
  world_->clock.advance(hours{2});
  EXPECT_EQ(colour(), Colour::black);
}

TEST_P(OverridesTest, CountUntilWhatTheirSealedRowSaysWhateverTheColumnsSay) {
  set(green_for(hours{2}));
  run(store::Sql{"UPDATE hand SET until_at = until_at + 86400"});
  run(store::Sql{"UPDATE hand_due SET due_at = due_at + 86400"});
  world_->clock.advance(hours{1});
  add_record(domain::Contact{.at = now() - days{100}});  // writes the timelines anew
  EXPECT_EQ(colour(), Colour::green);
  world_->clock.advance(hours{1});
  EXPECT_EQ(colour(), Colour::red);
}

TEST_P(OverridesTest, MovedToAnotherCitizenByTheDatabasesOwnerDoNotOpen) {
  set(green_for(hours{2}));
  const auto other = world_->add_citizen(Colour::red, false);
  const auto moved = world_->database->write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"UPDATE hand SET citizen_ref = $1"}, {other.bytes()}));
    return ok();
  });
  ASSERT_TRUE(moved.has_value());
  const auto listed = list_overrides(platform(), other);
  ASSERT_TRUE(listed.has_error());
  EXPECT_EQ(listed.error().code, Errc::corrupt);
}

TEST_P(OverridesTest, APastAnswerIsExplainedByTheHandsThatCountedThen) {
  const auto before = answer();
  const auto hand = set(green_for(hours{2}));
  const auto under = answer();
  world_->clock.advance(hours{1});
  ASSERT_TRUE(end_override(platform(), citizen_, hand.id, "Banding diterima").has_value());
  const auto behind = answer();
  const auto hands = list_overrides(platform(), citizen_).value();
  EXPECT_TRUE(hands_before(hands, before.log_index).empty());
  const auto then = hands_before(hands, under.log_index);
  ASSERT_EQ(then.size(), 1U);
  EXPECT_EQ(then.front().until, hand.until) << "nobody knew yet that it would end earlier";
  const auto later = hands_before(hands, behind.log_index);
  ASSERT_EQ(later.size(), 1U);
  EXPECT_EQ(later.front().until, now());
  EXPECT_EQ(hands_of(hands), later);
}

INSTANTIATE_TEST_SUITE_P(Engines, OverridesTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         testing::engine_name);

}  // namespace
}  // namespace lindung::service
