// Timelines: the lookup at a moment, and the compact form in which they are stored.
#include "domain/timeline.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/category.h"
#include "domain/colour.h"

namespace lindung::domain {
namespace {

Moment at(std::uint64_t unix_s) { return lindung::moment_of(unix_s); }

Timeline example() {
  auto made = Timeline::make("id-2021@1.0.0", {{.from = at(1000), .colour = Colour::red, .rule = 6, .doors = 0},
                                               {.from = at(2000), .colour = Colour::green, .rule = 2, .doors = 0x7ff}});
  return std::move(made).value();
}

TEST(Timeline, a_step_holds_from_its_moment_to_the_next_one_exclusive) {
  const auto timeline = example();
  EXPECT_EQ(timeline.at(at(1999)).colour, Colour::red);
  EXPECT_EQ(timeline.at(at(2000)).colour, Colour::green);
  EXPECT_EQ(timeline.at(Timeline::forever()).colour, Colour::green);
}

TEST(Timeline, the_first_step_reaches_back_before_its_moment) { EXPECT_EQ(example().at(Moment{}).colour, Colour::red); }

TEST(Timeline, doors_are_bits_of_the_categories_values) {
  const Step step{.from = {}, .colour = Colour::yellow, .rule = 0, .doors = 1U << 9U};
  EXPECT_TRUE(step.opens(Category::cinema));
  EXPECT_FALSE(step.opens(Category::sports));
  EXPECT_FALSE(step.opens(Category::general));
}

TEST(Timeline, the_stored_form_is_stable) {
  EXPECT_EQ(codec::hex(encode(example())),
            "01ffffffffff0d69642d3230323140312e302e300200000003e803060000"
            "00000007d0010207ff");
}

TEST(Timeline, a_timeline_of_five_steps_takes_a_few_dozen_bytes) {
  std::vector<Step> steps;
  for (std::uint64_t i = 0; i < 5; ++i) {
    steps.push_back(
        {.from = at(i * 86400), .colour = i % 2 == 0 ? Colour::red : Colour::yellow, .rule = 0, .doors = 0});
  }
  EXPECT_EQ(encode(Timeline::make("id-2021@1.0.0", steps).value()).size(), 66U);
}

RC_GTEST_PROP(TimelineProperty, decoding_gives_back_what_was_encoded, ()) {
  const auto moments = *rc::gen::unique<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 1ULL << 40U));
  RC_PRE(!moments.empty() && moments.size() <= Timeline::max_steps);
  auto sorted = moments;
  std::ranges::sort(sorted);
  std::vector<Step> steps;
  for (const auto moment : sorted) {
    steps.push_back({.from = at(moment),
                     .colour = static_cast<Colour>(*rc::gen::inRange(1, 5)),
                     .rule = static_cast<std::uint8_t>(steps.size()),
                     .doors = *rc::gen::inRange<std::uint16_t>(0, 1U << 11U)});
  }
  const auto timeline = Timeline::make("r", steps, at(*rc::gen::inRange<std::uint64_t>(0, 1ULL << 40U)));
  RC_ASSERT(timeline.has_value());
  const auto decoded = decode_timeline(encode(timeline.value()));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(decoded.value() == timeline.value());
}

TEST(Timeline, a_stored_form_cut_anywhere_or_longer_is_corrupt) {
  const auto whole = encode(example());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto decoded = decode_timeline(BytesView{whole}.first(size));
    ASSERT_FALSE(decoded) << size;
    EXPECT_EQ(decoded.error().code, Errc::corrupt);
  }
  auto longer = whole;
  longer.push_back(0);
  EXPECT_EQ(decode_timeline(longer).error().code, Errc::corrupt);
}

RC_GTEST_PROP(TimelineProperty, whatever_decodes_is_encoded_to_the_same_bytes, ()) {
  auto bytes = encode(example());
  const auto place = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[place] = *rc::gen::arbitrary<std::uint8_t>();
  const auto decoded = decode_timeline(bytes);
  if (decoded) {
    RC_ASSERT(encode(decoded.value()) == bytes);
  } else {
    RC_ASSERT(decoded.error().code == Errc::corrupt);
  }
}

TEST(Timeline, steps_that_break_the_invariants_are_refused) {
  const Step red{.from = at(1000), .colour = Colour::red, .rule = 6, .doors = 0};
  Step later = red;
  later.from = at(2000);
  Step without_colour = red;
  without_colour.colour = Colour::none;
  Step unknown_door = red;
  unknown_door.doors = 1U << 11U;
  Step green_at_once = red;
  green_at_once.colour = Colour::green;
  const std::vector<std::vector<Step>> broken{{}, {red, later}, {without_colour}, {unknown_door}, {red, green_at_once}};
  for (const auto& steps : broken) {
    const auto made = Timeline::make("rules", steps);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::invalid_argument);
  }
  EXPECT_EQ(Timeline::make("", {red}).error().code, Errc::invalid_argument);
  EXPECT_EQ(Timeline::make(std::string(64, 'r'), {red}).error().code, Errc::invalid_argument);
  EXPECT_TRUE(Timeline::make(std::string(63, 'r'), {red}));
}

TEST(Colour, words_and_colours_are_one_to_one) {
  for (const auto colour : {Colour::green, Colour::yellow, Colour::red, Colour::black}) {
    EXPECT_EQ(parse_colour(name_of(colour)).value(), colour);
  }
  EXPECT_EQ(parse_colour("none").error().code, Errc::invalid_argument);
  EXPECT_EQ(parse_colour("Green").error().code, Errc::invalid_argument);
}

TEST(Category, words_and_categories_are_one_to_one_and_every_stay_ends) {
  std::size_t place = 0;
  for (const auto category : all_categories) {
    EXPECT_EQ(parse_category(name_of(category)).value(), category);
    EXPECT_EQ(static_cast<std::size_t>(category), place++);
    EXPECT_GT(longest_stay(category).count(), 0);
    EXPECT_LE(longest_stay(category).count(), 24);
  }
  EXPECT_EQ(parse_category("bar").error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace lindung::domain
