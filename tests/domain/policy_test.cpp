// Venue policies of id-2021: which doors each colour opens, with and without a fresh negative test.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <set>
#include <string>
#include <utility>

#include "base/time.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/derive.h"
#include "domain/rule_set.h"

namespace lindung::domain {
namespace {

const Moment now = parse_rfc3339("2021-10-10T12:00:00Z").value();

json::object fresh_naat() { return {{"at", "2021-10-09T12:00:00Z"}, {"kind", "naat"}, {"result", "negative"}}; }

std::pair<Colour, std::set<Category>> doors_of(json::value payload) {
  const auto rules = RuleSet::built_in();
  EXPECT_TRUE(rules);
  Assessor assessor{rules.value()};
  assessor.load(std::move(payload));
  const auto assessed = assessor.at(now);
  EXPECT_TRUE(assessed) << assessed.error().text();
  const Step step{.from = now, .colour = assessed.value().colour, .rule = 0, .doors = assessed.value().doors};
  std::set<Category> open;
  for (const auto category : all_categories) {
    if (step.opens(category)) open.insert(category);
  }
  return {step.colour, open};
}

json::object doses(int count) {
  json::array given;
  for (int i = 1; i <= count; ++i) {
    given.push_back({{"at", "2021-09-01T00:00:00Z"}, {"series", "covid-19-two-dose"}, {"dose", i}});
  }
  return {{"vaccinations", given}};
}

const std::set<Category> for_yellow{Category::restaurant, Category::office, Category::place_of_worship,
                                    Category::transport_hub, Category::hospital};

TEST(Policy, green_opens_every_door) {
  const auto [colour, open] = doors_of(doses(2));
  EXPECT_EQ(colour, Colour::green);
  EXPECT_EQ(open, (std::set<Category>{all_categories.begin(), all_categories.end()}));
}

TEST(Policy, yellow_opens_five_kinds_of_doors) {
  const auto [colour, open] = doors_of(doses(1));
  EXPECT_EQ(colour, Colour::yellow);
  EXPECT_EQ(open, for_yellow);
}

TEST(Policy, yellow_with_a_fresh_negative_test_opens_every_door_of_a_venue) {
  auto payload = doses(1);
  payload["tests"] = json::array{fresh_naat()};
  const auto [colour, open] = doors_of(payload);
  EXPECT_EQ(colour, Colour::yellow);
  std::set<Category> expected{all_categories.begin(), all_categories.end()};
  expected.erase(Category::general);
  EXPECT_EQ(open, expected);
}

TEST(Policy, red_opens_no_door_even_with_a_fresh_negative_test) {
  const auto [colour, open] = doors_of(json::object{{"tests", json::array{fresh_naat()}}});
  EXPECT_EQ(colour, Colour::red);
  EXPECT_TRUE(open.empty());
}

TEST(Policy, black_opens_no_door_even_with_a_complete_series_and_a_fresh_negative_test) {
  auto payload = doses(2);
  payload["tests"] =
      json::array{json::object{{"at", "2021-10-05T12:00:00Z"}, {"kind", "naat"}, {"result", "positive"}}, fresh_naat()};
  const auto [colour, open] = doors_of(payload);
  EXPECT_EQ(colour, Colour::black);
  EXPECT_TRUE(open.empty());
}

}  // namespace
}  // namespace lindung::domain
