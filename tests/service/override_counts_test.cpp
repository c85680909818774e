// What is public of overrides: how many, by month and law, and by colour only where that tells of nobody.
#include "service/override_counts.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "domain/colour.h"
#include "service/disputes.h"
#include "service/hands.h"
#include "service/hands_world.h"
#include "service/overrides.h"
#include "store/database.h"

namespace lindung::service {
namespace {

using domain::Colour;
using std::chrono::days;
using std::chrono::hours;

OverrideCount cell(std::optional<Colour> colour, std::uint64_t set, std::uint64_t ended) {
  return {.month = "2026-10", .basis = "court-order", .colour = colour, .set = set, .ended = ended};
}

TEST(PublicCounts, NameAColourOnlyWhereNoCountBesideItIsSmallAndTheMonthIsOver) {
  const std::vector<OverrideCount> large{cell(Colour::green, 9, 5), cell(Colour::black, 5, 0)};
  EXPECT_EQ(publishable(large, true), large);
  const std::vector<OverrideCount> all{cell(std::nullopt, 14, 5)};
  EXPECT_EQ(publishable(large, false), all) << "a count that grows tells what was done just now";
  EXPECT_EQ(publishable({cell(Colour::green, 9, 5), cell(Colour::black, 4, 0)}, true),
            (std::vector<OverrideCount>{cell(std::nullopt, 13, 5)}));
  EXPECT_EQ(publishable({cell(Colour::green, 9, 4), cell(Colour::black, 5, 0)}, true),
            (std::vector<OverrideCount>{cell(std::nullopt, 14, 4)}));
}

TEST(PublicCounts, AMonthIsWrittenInOneWay) {
  EXPECT_EQ(parse_month("2026-11").value(), "2026-11");
  EXPECT_EQ(month_of(parse_rfc3339("2026-11-30T23:59:59Z").value()), "2026-11");
  for (const auto* wrong : {"", "2026", "2026-13", "2026-00", "2026-1", "11-2026", "2026-11-01", "2026-11 "}) {
    const auto parsed = parse_month(wrong);
    ASSERT_TRUE(parsed.has_error()) << wrong;
    EXPECT_EQ(parsed.error().code, Errc::malformed) << wrong;
  }
}

class OverrideCountsTest : public testing::HandsTest {
 protected:
  std::vector<OverrideCount> counts(const std::optional<std::string>& month = {}) {
    auto read = public_override_counts(platform(), month);
    EXPECT_TRUE(read.has_value()) << read.error().text();
    return read.has_value() ? read.value() : std::vector<OverrideCount>{};
  }
};

TEST_P(OverrideCountsTest, GrowWithTheOverridesInTheMonthOfEachAct) {
  EXPECT_TRUE(counts().empty());
  auto medical = green_for(days{20});
  medical.basis = "medical-board";
  const auto hand = set_override(platform(), green_for(days{20}));
  ASSERT_TRUE(hand.has_value());
  ASSERT_TRUE(set_override(platform(), green_for(hours{1})).has_value());
  ASSERT_TRUE(set_override(platform(), medical).has_value());
  EXPECT_EQ(set_override(platform(), green_for(days{400})).error().code, Errc::invalid_argument);
  world_->clock.advance(hours{1});
  ASSERT_TRUE(close_due_hands(platform()).has_value());
  const OverrideCount court{.month = "2026-11", .basis = "court-order", .colour = {}, .set = 2, .ended = 1};
  const OverrideCount board{.month = "2026-11", .basis = "medical-board", .colour = {}, .set = 1, .ended = 0};
  EXPECT_EQ(counts(), (std::vector<OverrideCount>{court, board}));

  world_->clock.advance(days{10});  // 2026-12-01
  ASSERT_TRUE(end_override(platform(), citizen_, hand.value().id, "Banding diterima").has_value());
  const OverrideCount december{.month = "2026-12", .basis = "court-order", .colour = {}, .set = 0, .ended = 1};
  EXPECT_EQ(counts(), (std::vector<OverrideCount>{court, board, december}));
  EXPECT_EQ(counts("2026-12"), (std::vector<OverrideCount>{december}));
  EXPECT_TRUE(counts("2026-10").empty());
}

TEST_P(OverrideCountsTest, AreOfDisputesNothing) {
  ASSERT_TRUE(open_dispute(platform(), citizen_, "Bukan saya").has_value());
  EXPECT_TRUE(counts().empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, OverrideCountsTest,
                         ::testing::Values(store::Engine::sqlite, store::Engine::postgresql), testing::engine_name);

}  // namespace
}  // namespace lindung::service
