// Disputes over a real store: who is refused is yellow while it is checked, and not for longer.
#include "service/disputes.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/colour.h"
#include "domain/record.h"
#include "service/hand_rows.h"
#include "service/hands.h"
#include "service/hands_world.h"
#include "service/notices.h"
#include "service/overrides.h"
#include "store/database.h"

namespace lindung::service {
namespace {

using domain::Colour;
using std::chrono::days;
using std::chrono::hours;

class DisputesTest : public testing::HandsTest {
 protected:
  Result<KeptHand> open() { return open_dispute(platform(), citizen_, "Saya tidak pernah positif"); }
  Result<KeptHand> decide(const HandId& id, DisputeOutcome outcome) {
    return resolve_dispute(platform(), citizen_, id, outcome, "Hasil PCR benar");
  }
  Errc refused() {
    const auto opened = open();
    EXPECT_TRUE(opened.has_error());
    return opened.has_error() ? opened.error().code : Errc::io;
  }
};

TEST_P(DisputesTest, MakeRedYellowUntilTheirDeadline) {
  ASSERT_EQ(colour(), Colour::red);
  const auto opened = open();
  ASSERT_TRUE(opened.has_value()) << opened.error().text();
  EXPECT_EQ(opened.value().until, now() + hours{72});
  EXPECT_EQ(colour(), Colour::yellow);
  world_->clock.advance(hours{72} - seconds{1});
  EXPECT_EQ(colour(), Colour::yellow);
  world_->clock.advance(seconds{1});
  EXPECT_EQ(colour(), Colour::red);
}

TEST_P(DisputesTest, MakeBlackYellowToo) {
  add_record(domain::Contact{.at = now() - hours{1}});
  ASSERT_EQ(colour(), Colour::black);
  ASSERT_TRUE(open().has_value());
  EXPECT_EQ(colour(), Colour::yellow);
}

TEST_P(DisputesTest, GiveWayToAnOverride) {
  ASSERT_TRUE(open().has_value());
  auto wanted = green_for(hours{1});
  wanted.colour = Colour::black;
  ASSERT_TRUE(set_override(platform(), wanted).has_value());
  EXPECT_EQ(colour(), Colour::black);
}

TEST_P(DisputesTest, AreOneAtATime) {
  ASSERT_TRUE(open().has_value());
  EXPECT_EQ(refused(), Errc::conflict);
  EXPECT_EQ(count(store::Sql{"SELECT COUNT(*) FROM hand"}), 1);
}

TEST_P(DisputesTest, ThatWereRejectedComeBackOnlyWithANewRecord) {
  const auto first = open();
  ASSERT_TRUE(first.has_value());
  const auto decided = decide(first.value().id, DisputeOutcome::rejected);
  ASSERT_TRUE(decided.has_value()) << decided.error().text();
  EXPECT_EQ(colour(), Colour::red) << "it ends with the decision";
  world_->clock.advance(days{30});
  EXPECT_EQ(refused(), Errc::conflict);
  add_record(
      domain::Test{.at = now() - hours{1}, .kind = domain::TestKind::naat, .result = domain::TestResult::positive});
  EXPECT_TRUE(open().has_value());
}

TEST_P(DisputesTest, ThatWereUpheldEndAtOnceAndMayBeOpenedAgain) {
  const auto first = open();
  ASSERT_TRUE(first.has_value());
  ASSERT_TRUE(decide(first.value().id, DisputeOutcome::upheld).has_value());
  EXPECT_EQ(colour(), Colour::red);
  EXPECT_TRUE(open().has_value());
}

TEST_P(DisputesTest, HaveTheirOutcomeInTheLogAndInANoticeWithTheReason) {
  const auto first = open();
  ASSERT_TRUE(first.has_value());
  ASSERT_TRUE(decide(first.value().id, DisputeOutcome::rejected).has_value());
  EXPECT_EQ(actions(), (std::vector<std::string>{"dispute-opened", "dispute-rejected"}));
  EXPECT_EQ(notices(), (std::vector<std::string>{"dispute-decided", "dispute-opened"}));
  const auto listed = list_notices(platform(), citizen_).value();
  bool is_told = false;
  for (const auto& kept : listed) is_told |= kept.notice.text.id.find("Hasil PCR benar") != std::string::npos;
  EXPECT_TRUE(is_told);
}

TEST_P(DisputesTest, WhoseDeadlinePassesExpireOnceAndMayBeOpenedAgain) {
  const auto first = open();
  ASSERT_TRUE(first.has_value());
  world_->clock.advance(hours{72});
  const auto late = decide(first.value().id, DisputeOutcome::rejected);
  ASSERT_TRUE(late.has_error());
  EXPECT_EQ(late.error().code, Errc::conflict);
  ASSERT_TRUE(close_due_hands(platform()).has_value());
  ASSERT_TRUE(close_due_hands(platform()).has_value());
  EXPECT_EQ(actions(), (std::vector<std::string>{"dispute-opened", "dispute-expired"}));
  EXPECT_EQ(notices(), (std::vector<std::string>{"dispute-decided", "dispute-opened"}));
  EXPECT_TRUE(open().has_value());
}

TEST_P(DisputesTest, ThatWaitAreListedByDeadline) {
  const auto first = open();
  ASSERT_TRUE(first.has_value());
  world_->clock.advance(hours{1});
  const auto other = world_->add_citizen(Colour::red, false);
  const auto second = open_dispute(platform(), other, "Bukan saya");
  ASSERT_TRUE(second.has_value());
  const auto open_ones = open_disputes(platform(), 10);
  ASSERT_TRUE(open_ones.has_value()) << open_ones.error().text();
  ASSERT_EQ(open_ones.value().size(), 2U);
  EXPECT_EQ(open_ones.value()[0].id, first.value().id);
  EXPECT_EQ(open_ones.value()[0].deadline, first.value().until);
  EXPECT_EQ(open_ones.value()[1].citizen, other);
  ASSERT_TRUE(decide(first.value().id, DisputeOutcome::rejected).has_value());
  EXPECT_EQ(open_disputes(platform(), 10).value().size(), 1U);
  world_->clock.advance(hours{72});
  EXPECT_TRUE(open_disputes(platform(), 10).value().empty());
}

TEST_P(DisputesTest, AreNotDecidedAsOverridesNorOverridesAsDisputes) {
  const auto dispute = open();
  ASSERT_TRUE(dispute.has_value());
  const auto hand = set_override(platform(), green_for(hours{1}));
  ASSERT_TRUE(hand.has_value());
  EXPECT_EQ(end_override(platform(), citizen_, dispute.value().id, "x").error().code, Errc::not_found);
  EXPECT_EQ(decide(hand.value().id, DisputeOutcome::upheld).error().code, Errc::not_found);
}

TEST_P(DisputesTest, OfAnErasedCitizenAreForgotten) {
  ASSERT_TRUE(open().has_value());
  const auto other = world_->add_citizen(Colour::red, false);
  ASSERT_TRUE(open_dispute(platform(), other, "Bukan saya").has_value());
  ASSERT_TRUE(world_->database
                  ->write([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run(store::Sql{"DELETE FROM citizen WHERE citizen_ref = $1"}, {citizen_.bytes()}));
                    return ok();
                  })
                  .has_value());
  world_->clock.advance(hours{72});
  ASSERT_TRUE(close_due_hands(platform()).has_value());
  EXPECT_EQ(count(store::Sql{"SELECT COUNT(*) FROM hand_due"}), 0);
  EXPECT_EQ(list_disputes(platform(), other).value().front().state, HandState::expired);
}

INSTANTIATE_TEST_SUITE_P(Engines, DisputesTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         testing::engine_name);

}  // namespace
}  // namespace lindung::service
