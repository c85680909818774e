// Hands over derived colours: what covers a moment, to the second, and in timelines that are derived ahead.
#include "domain/hand.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/id.h"
#include "base/time.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/colour_reason.h"
#include "domain/derive.h"
#include "domain/record.h"
#include "domain/rule_set.h"
#include "domain/timeline.h"

namespace lindung::domain {
namespace {

using std::chrono::days;
using std::chrono::hours;

const Moment start = parse_rfc3339("2021-01-01T00:00:00Z").value();
const Moment horizon = start + days{400};

const RuleSet& built_in() {
  static const RuleSet rules = RuleSet::built_in().value();
  return rules;
}

Hand override_of(Colour colour, Moment from, Moment until) {
  return {.kind = HandKind::override_colour, .from = from, .until = until, .colour = colour};
}
Hand dispute_of(Moment from, Moment until) { return {.kind = HandKind::dispute, .from = from, .until = until}; }

Colour colour_under(const std::vector<Hand>& hands, Colour derived, Moment now) {
  return apply_hands(hands, {.colour = derived, .rule = 7}, now).reading.colour;
}

TEST(Hand, an_override_holds_from_its_first_second_until_before_its_last) {
  const std::vector<Hand> hands{override_of(Colour::green, start, start + hours{1})};
  EXPECT_EQ(colour_under(hands, Colour::black, start - seconds{1}), Colour::black);
  EXPECT_EQ(colour_under(hands, Colour::black, start), Colour::green);
  EXPECT_EQ(colour_under(hands, Colour::black, start + hours{1} - seconds{1}), Colour::green);
  EXPECT_EQ(colour_under(hands, Colour::black, start + hours{1}), Colour::black);
}

TEST(Hand, the_newest_override_that_covers_the_moment_decides) {
  const std::vector<Hand> hands{override_of(Colour::green, start, start + hours{9}),
                                override_of(Colour::black, start + hours{1}, start + hours{2})};
  EXPECT_EQ(colour_under(hands, Colour::red, start), Colour::green);
  EXPECT_EQ(colour_under(hands, Colour::red, start + hours{1}), Colour::black);
  EXPECT_EQ(colour_under(hands, Colour::red, start + hours{2}), Colour::green);
}

TEST(Hand, a_dispute_makes_red_and_black_yellow_and_leaves_the_others) {
  const std::vector<Hand> hands{dispute_of(start, start + hours{72})};
  for (const auto refused : {Colour::red, Colour::black}) {
    const auto seen = apply_hands(hands, {.colour = refused, .rule = 7}, start);
    EXPECT_EQ(seen.reading, (Reading{.colour = Colour::yellow, .rule = dispute_rule}));
  }
  for (const auto passed : {Colour::green, Colour::yellow}) {
    const auto seen = apply_hands(hands, {.colour = passed, .rule = 7}, start);
    EXPECT_EQ(seen.reading, (Reading{.colour = passed, .rule = 7}));
  }
  EXPECT_EQ(colour_under(hands, Colour::red, start + hours{72}), Colour::red);
}

TEST(Hand, an_override_decides_over_a_dispute) {
  const std::vector<Hand> hands{override_of(Colour::black, start, start + hours{1}),
                                dispute_of(start, start + hours{72})};
  EXPECT_EQ(colour_under(hands, Colour::red, start), Colour::black);
  EXPECT_EQ(colour_under(hands, Colour::red, start + hours{1}), Colour::yellow);
}

TEST(Hand, one_that_ended_in_its_first_second_never_was) {
  const std::vector<Hand> hands{override_of(Colour::green, start, start)};
  const auto seen = apply_hands(hands, {.colour = Colour::red, .rule = 7}, start - seconds{1});
  EXPECT_EQ(seen.reading.colour, Colour::red);
  EXPECT_EQ(seen.next, Timeline::forever());
  EXPECT_EQ(colour_under(hands, Colour::red, start), Colour::red);
}

TEST(Hand, the_policies_see_the_colour_that_stands) {
  const std::vector<Hand> hands{override_of(Colour::green, start + hours{1}, start + hours{2})};
  const auto timeline = derive_timeline(built_in(), {}, start, horizon, hands);
  ASSERT_TRUE(timeline) << timeline.error().text();
  ASSERT_EQ(timeline.value().steps().size(), 3U);
  EXPECT_FALSE(timeline.value().at(start).opens(Category::general));
  EXPECT_TRUE(timeline.value().at(start + hours{1}).opens(Category::general));
  EXPECT_FALSE(timeline.value().at(start + hours{2}).opens(Category::general));
}

TEST(Hand, the_reason_of_a_step_names_the_hand) {
  EXPECT_EQ(reason_of(built_in(), override_rule).value().id, "override");
  EXPECT_EQ(reason_of(built_in(), dispute_rule).value().id, "dispute");
  EXPECT_EQ(reason_of(built_in(), 0).value().id, built_in().colours().front().id);
  EXPECT_EQ(reason_of(built_in(), dispute_rule - 1).error().code, Errc::corrupt);
}

Record record_of(Fact fact, std::uint8_t number) {
  return {
      .id = RecordId{{number}}, .issuer = IssuerId{"clinic"}, .batch = {}, .entered_at = {}, .fact = std::move(fact)};
}

Fact fact_of(bool is_contact, Moment at) {
  if (is_contact) return Contact{.at = at};
  return domain::Test{.at = at, .kind = TestKind::naat, .result = TestResult::positive};
}

// What the rules alone say, and the hands as a list that is gone through from the newest one.
Reading expected(const Reading& derived, const std::vector<Hand>& hands, Moment now) {
  const auto covers = [now](const Hand& hand) { return hand.from <= now && now < hand.until; };
  for (std::size_t i = hands.size(); i-- > 0;) {
    if (hands[i].kind == HandKind::override_colour && covers(hands[i])) {
      return {.colour = hands[i].colour, .rule = override_rule};
    }
  }
  const bool is_disputed =
      std::ranges::any_of(hands, [&](const Hand& hand) { return hand.kind == HandKind::dispute && covers(hand); });
  if (is_disputed && derived.colour >= Colour::red) return {.colour = Colour::yellow, .rule = dispute_rule};
  return derived;
}

TEST(HandProperty, a_timeline_derived_ahead_is_exact_around_every_edge_and_between) {
  std::mt19937_64 engine{20'261'121};
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>{0, limit - 1}(engine);
  };
  // Few different moments, so that edges of hands and of rules coincide.
  const auto moment = [&] { return start + days{below(40)} + hours{below(2)}; };
  constexpr std::array colours{Colour::green, Colour::yellow, Colour::red, Colour::black};
  std::size_t checked = 0;
  std::size_t handed = 0;
  for (int round = 0; round < 2'000; ++round) {
    std::vector<Record> records;
    for (std::size_t i = 0; i < below(4); ++i) {
      records.push_back(record_of(fact_of(below(2) == 0, moment()), static_cast<std::uint8_t>(i)));
    }
    std::vector<Hand> hands;
    for (std::size_t i = 0; i < 1 + below(4); ++i) {
      const auto from = moment();
      const auto until = moment();
      hands.push_back(below(3) == 0 ? dispute_of(from, until) : override_of(colours.at(below(4)), from, until));
    }
    const auto timeline = derive_timeline(built_in(), records, start, horizon, hands);
    ASSERT_TRUE(timeline) << timeline.error().text();
    Assessor alone{built_in()};
    alone.load(to_json(records));
    std::vector<Moment> moments{moment(), moment()};
    for (const auto& hand : hands) moments.insert(moments.end(), {hand.from, hand.until});
    for (const auto& step : timeline.value().steps()) moments.push_back(step.from);
    for (const auto edge : moments) {
      for (const auto offset : {-1, 0, 1}) {
        const auto now = edge + seconds{offset};
        if (now < start || now >= timeline.value().known_until()) continue;
        const auto derived = alone.at(now);
        ASSERT_TRUE(derived) << derived.error().text();
        const auto wanted = expected({.colour = derived.value().colour, .rule = derived.value().rule}, hands, now);
        const auto& step = timeline.value().at(now);
        ASSERT_EQ((Reading{.colour = step.colour, .rule = step.rule}), wanted) << rfc3339(now);
        ++checked;
        if (wanted.rule >= most_colour_rules) ++handed;
      }
    }
  }
  EXPECT_GT(checked, 20'000U);
  EXPECT_GT(handed, 5'000U);
}

}  // namespace
}  // namespace lindung::domain
