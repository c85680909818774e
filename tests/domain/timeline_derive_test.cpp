// Timelines that are derived: the change moments are exact, for the built-in rules and for calendar arithmetic.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/colour_reason.h"
#include "domain/derive.h"
#include "domain/record.h"
#include "domain/rule_set.h"
#include "domain/timeline.h"
#include "embedded/rules_id_2021_json.h"

namespace lindung::domain {
namespace {

using std::chrono::days;
using std::chrono::hours;

Moment time_of(std::string_view text) { return parse_rfc3339(text).value(); }

const RuleSet& built_in() {
  static const RuleSet rules = RuleSet::built_in().value();
  return rules;
}

Record record_of(Fact fact, std::uint8_t number = 1) {
  return {
      .id = RecordId{{number}}, .issuer = IssuerId{"clinic"}, .batch = {}, .entered_at = {}, .fact = std::move(fact)};
}

Vaccination dose(std::string_view at, std::uint32_t number, std::string series = "covid-19-two-dose") {
  return {.at = time_of(at), .vaccine = "coronavac", .series = std::move(series), .dose = number, .lot = {}};
}

Fact specimen(Moment at, TestKind kind, TestResult result) { return Test{.at = at, .kind = kind, .result = result}; }

std::string told(const Timeline& timeline) {
  std::string text;
  for (const auto& step : timeline.steps()) {
    text += (text.empty() ? "" : ", ") + rfc3339(step.from) + " " + std::string{name_of(step.colour)};
  }
  return text;
}

const Moment start = time_of("2021-01-01T00:00:00Z");
const Moment horizon = time_of("2031-01-01T00:00:00Z");

TEST(DeriveTimeline, a_person_without_records_is_red_for_ever) {
  const auto timeline = derive_timeline(built_in(), {}, start, horizon);
  ASSERT_TRUE(timeline) << timeline.error().text();
  EXPECT_EQ(told(timeline.value()), "2021-01-01T00:00:00Z red");
  EXPECT_EQ(timeline.value().known_until(), Timeline::forever());
  EXPECT_EQ(timeline.value().rules(), "id-2021@1.0.0");
}

TEST(DeriveTimeline, two_doses_and_an_infection_give_every_change_to_the_second) {
  const std::vector<Record> records{
      record_of(dose("2021-06-01T03:00:00Z", 1), 1), record_of(dose("2021-07-01T03:00:00Z", 2), 2),
      record_of(specimen(time_of("2021-08-01T10:20:30Z"), TestKind::antigen, TestResult::positive), 3)};
  const auto timeline = derive_timeline(built_in(), records, start, horizon);
  ASSERT_TRUE(timeline) << timeline.error().text();
  EXPECT_EQ(told(timeline.value()),
            "2021-01-01T00:00:00Z red, 2021-06-01T03:00:00Z yellow, 2021-07-01T03:00:00Z green, "
            "2021-08-01T10:20:30Z black, 2021-08-15T10:20:30Z green");
  EXPECT_EQ(timeline.value().known_until(), Timeline::forever());
}

TEST(DeriveTimeline, a_fresh_negative_test_opens_more_doors_without_another_colour) {
  const std::vector<Record> records{
      record_of(dose("2021-06-01T03:00:00Z", 1), 1),
      record_of(specimen(time_of("2021-06-10T00:00:00Z"), TestKind::naat, TestResult::negative), 2)};
  const auto timeline = derive_timeline(built_in(), records, start, horizon);
  ASSERT_TRUE(timeline) << timeline.error().text();
  EXPECT_EQ(told(timeline.value()),
            "2021-01-01T00:00:00Z red, 2021-06-01T03:00:00Z yellow, 2021-06-10T00:00:00Z yellow, "
            "2021-06-13T00:00:00Z yellow");
  EXPECT_FALSE(timeline.value().at(time_of("2021-06-09T23:59:59Z")).opens(Category::mall));
  EXPECT_TRUE(timeline.value().at(time_of("2021-06-10T00:00:00Z")).opens(Category::mall));
  EXPECT_TRUE(timeline.value().at(time_of("2021-06-12T23:59:59Z")).opens(Category::mall));
  EXPECT_FALSE(timeline.value().at(time_of("2021-06-13T00:00:00Z")).opens(Category::mall));
}

TEST(DeriveTimeline, the_reason_of_a_step_is_the_place_of_its_rule) {
  const std::vector<Record> records{record_of(Contact{.at = time_of("2021-06-01T03:00:00Z")})};
  const auto timeline = derive_timeline(built_in(), records, start, horizon);
  ASSERT_TRUE(timeline);
  const auto& step = timeline.value().at(time_of("2021-06-05T00:00:00Z"));
  EXPECT_EQ(reason_of(built_in(), step.rule).value().id, "black-contact");
}

TEST(DeriveTimeline, changes_beyond_the_horizon_are_said_to_be_unknown) {
  const std::vector<Record> records{record_of(Contact{.at = time_of("2021-06-01T00:00:00Z")})};
  const auto timeline = derive_timeline(built_in(), records, start, time_of("2021-06-05T00:00:00Z"));
  ASSERT_TRUE(timeline);
  EXPECT_EQ(told(timeline.value()), "2021-01-01T00:00:00Z red, 2021-06-01T00:00:00Z black");
  EXPECT_EQ(timeline.value().known_until(), time_of("2021-06-11T00:00:00Z"));
}

TEST(DeriveTimeline, a_timeline_of_more_than_255_steps_is_cut_and_says_so) {
  std::vector<Record> records{record_of(dose("2021-02-01T00:00:00Z", 1), 255)};
  for (int i = 0; i < 200; ++i) {
    auto record =
        record_of(specimen(time_of("2021-03-01T00:00:00Z") + days{i * 4}, TestKind::naat, TestResult::negative));
    records.push_back(record);
  }
  const auto timeline = derive_timeline(built_in(), records, start, horizon);
  ASSERT_TRUE(timeline) << timeline.error().text();
  EXPECT_EQ(timeline.value().steps().size(), Timeline::max_steps);
  EXPECT_GT(timeline.value().known_until(), timeline.value().steps().back().from);
  EXPECT_LT(timeline.value().known_until(), time_of("2024-01-01T00:00:00Z"));
}

TEST(DeriveTimeline, a_start_before_1970_or_after_the_horizon_is_refused) {
  EXPECT_EQ(derive_timeline(built_in(), {}, Moment{seconds{-1}}, horizon).error().code, Errc::invalid_argument);
  EXPECT_EQ(derive_timeline(built_in(), {}, horizon, horizon).error().code, Errc::invalid_argument);
}

// The built-in document with its first colour rule replaced.
RuleSet rules_with(const json::value& logic) {
  json::parse_options options;
  options.max_depth = 256;
  auto document = json::parse(embedded::rules_id_2021_json, {}, options);
  document.at("colours").as_array()[0].as_object()["logic"] = logic;
  document.as_object()["cases"] = json::array{};
  auto rules = RuleSet::parse(json::serialize(document));
  EXPECT_TRUE(rules) << rules.error().text();
  return std::move(rules).value();
}

TEST(DeriveTimeline, a_rule_that_uses_the_clock_as_a_text_is_unsupported) {
  const auto rules = rules_with(json::parse(R"({"===":[{"var":"external.validationClock"},"2021-01-01T00:00:00Z"]})"));
  EXPECT_EQ(derive_timeline(rules, {}, start, horizon).error().code, Errc::unsupported);
}

TEST(DeriveTimeline, a_rule_that_does_not_fit_the_data_is_an_error_and_not_a_colour) {
  const auto rules = rules_with(json::parse(R"({">":[{"var":"payload.tests"},1]})"));
  EXPECT_EQ(derive_timeline(rules, {}, start, horizon).error().code, Errc::invalid_argument);
}

// Random records in a narrow time, so that windows overlap.
class RandomPeople {
 public:
  explicit RandomPeople(std::uint64_t seed) : engine_{seed} {}

  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>{0, limit - 1}(engine_); }
  Moment moment() {
    const auto second = std::uniform_int_distribution<std::int64_t>{0, 400 * std::int64_t{86'400}}(engine_);
    // Half of the facts at midnight, as real ones are, so that ends of windows coincide.
    return start + seconds{below(2) == 0 ? second / 86'400 * 86'400 : second};
  }
  std::vector<Record> records() {
    std::vector<Record> records;
    const std::size_t count = below(9);
    for (std::size_t i = 0; i < count; ++i) records.push_back(record_of(fact(), static_cast<std::uint8_t>(i)));
    return records;
  }

 private:
  Fact fact() {
    static const std::vector<std::string> series{"covid-19-one-dose", "covid-19-two-dose", "covid-19-three-dose",
                                                 "mpox-two-dose"};
    switch (below(7)) {
      case 0:
      case 1:
        return Vaccination{.at = moment(),
                           .vaccine = "v",
                           .series = series[below(4)],
                           .dose = static_cast<std::uint32_t>(below(4)),
                           .lot = {}};
      case 2:
      case 3:
        return Test{.at = moment(),
                    .kind = static_cast<TestKind>(1 + below(3)),
                    .result = static_cast<TestResult>(1 + below(3))};
      case 4: return Recovery{.at = moment(), .until = {}};
      case 5: {
        const Moment from = moment();
        return Exemption{.at = from,
                         .until = below(2) == 0 ? std::nullopt : std::optional<Moment>{from + days{below(200)}}};
      }
      default: return Contact{.at = moment()};
    }
  }

  std::mt19937_64 engine_;
};

void expect_exact(const RuleSet& rules, const json::value& payload, const Timeline& timeline, RandomPeople& random,
                  std::size_t& checked) {
  Assessor assessor{rules};
  assessor.load(payload);
  const auto check = [&](Moment now) {
    if (now < start || now >= timeline.known_until()) return;
    const auto assessed = assessor.at(now);
    ASSERT_TRUE(assessed) << assessed.error().text();
    const Step& step = timeline.at(now);
    ++checked;
    ASSERT_TRUE(assessed.value().colour == step.colour && assessed.value().rule == step.rule &&
                assessed.value().doors == step.doors)
        << "at " << rfc3339(now) << ": " << json::serialize(payload) << "\n"
        << told(timeline);
  };
  for (const auto& step : timeline.steps()) {
    for (const auto offset : {-1, 0, 1}) check(step.from + seconds{offset});
  }
  for (int i = 0; i < 4; ++i) check(random.moment() + hours{random.below(24)});
}

std::size_t number_of_people() {
  const char* wanted = std::getenv("LINDUNG_PROPERTY_CASES");  // NOLINT(concurrency-mt-unsafe): before any thread
  return wanted == nullptr ? 10'000 : std::strtoul(wanted, nullptr, 10);
}

TEST(DeriveTimelineProperty, the_built_in_rules_give_the_same_at_random_instants_and_around_each_change) {
  RandomPeople random{20'210'817};
  std::size_t checked = 0;
  std::size_t steps = 0;
  for (std::size_t i = 0; i < number_of_people(); ++i) {
    const auto records = random.records();
    const auto timeline = derive_timeline(built_in(), records, start, horizon);
    ASSERT_TRUE(timeline) << timeline.error().text();
    steps += timeline.value().steps().size();
    expect_exact(built_in(), to_json(records), timeline.value(), random, checked);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(checked, 4 * number_of_people());
  EXPECT_GT(steps, 2 * number_of_people());
}

// Comparisons of every operator, with the clock on either side or both, moved by every unit, over end-of-month dates.
std::string random_comparison(RandomPeople& random) {
  static const std::vector<std::string> operators{"before", "after", "not-before", "not-after"};
  static const std::vector<std::string> units{"hour", "day", "month", "year"};
  static const std::vector<int> amounts{-25, -12, -11, -6, -1, 0, 1, 2, 6, 13, 48};
  static const std::vector<std::string> dates{"2021-01-31",
                                              "2021-02-28",
                                              "2021-03-01",
                                              "2020-02-29",
                                              "2021-12-31",
                                              "2021-03-31T23:59:59Z",
                                              "2021-05-30T07:00:00.5+07:00",
                                              "2021-10-31",
                                              "2022-01-30",
                                              "2019-03-03"};
  const auto moved = [&](const std::string& what) {
    return R"({"plusTime":[)" + what + "," + std::to_string(amounts[random.below(amounts.size())]) + ",\"" +
           units[random.below(units.size())] + "\"]}";
  };
  const std::string clock = R"({"var":"external.validationClock"})";
  const auto fixed = [&] { return moved("\"" + dates[random.below(dates.size())] + "\""); };
  std::vector<std::string> operands{moved(clock), random.below(5) == 0 ? moved(clock) : fixed()};
  if (random.below(3) == 0) operands.push_back(fixed());
  std::swap(operands[0], operands[random.below(operands.size())]);
  std::string text = "{\"" + operators[random.below(operators.size())] + "\":[";
  for (std::size_t i = 0; i < operands.size(); ++i) text += (i == 0 ? "" : ",") + operands[i];
  return text + "]}";
}

TEST(DeriveTimelineProperty, months_and_leap_days_change_at_the_exact_second) {
  RandomPeople random{29'022'020};
  std::size_t checked = 0;
  std::size_t changing = 0;
  const std::size_t rounds = number_of_people() / 50;
  for (std::size_t i = 0; i < rounds; ++i) {
    const std::string logic = "{\"if\":[" + random_comparison(random) + "," + random_comparison(random) + ",{\"!\":[" +
                              random_comparison(random) + "]}]}";
    const auto rules = rules_with(json::parse(logic));
    const auto timeline = derive_timeline(rules, {}, start, start + days{500});
    ASSERT_TRUE(timeline) << timeline.error().text();
    changing += timeline.value().steps().size() > 1 ? 1 : 0;
    expect_exact(rules, json::object{}, timeline.value(), random, checked);
    for (int month = 0; month < 16 && !HasFatalFailure(); ++month) {
      // Where months differ in length: the first and the last days of each month.
      Assessor assessor{rules};
      const std::chrono::sys_days first{std::chrono::year{2021} / 1 / 1 + std::chrono::months{month}};
      for (const auto offset : {-3 * 86'400, -86'400, -1, 0, 1, 86'400, 3 * 86'400}) {
        const Moment now = first + seconds{offset};
        if (now < start || now >= timeline.value().known_until()) continue;
        ASSERT_EQ(assessor.at(now).value().colour, timeline.value().at(now).colour) << rfc3339(now) << " " << logic;
      }
    }
    if (HasFatalFailure()) {
      ADD_FAILURE() << logic;
      return;
    }
  }
  EXPECT_GT(checked, rounds);
  EXPECT_GT(changing, rounds / 10);
}

// A rule of two windows around the records of one kind, in any unit, with the zones of Indonesia on the fixed sides.
std::string random_record_rule(RandomPeople& random) {
  static const std::vector<std::string> kinds{"tests", "vaccinations", "contacts", "recoveries", "exemptions"};
  static const std::vector<std::string> opening{"not-after", "before"};
  static const std::vector<std::string> closing{"before", "not-after"};
  static const std::vector<std::string> units{"hour", "day", "month", "year"};
  static const std::vector<std::string> zones{"+07:00", "+08:00", "+09:00", "Z", "+0730", "-0330"};
  static const std::vector<std::string> nights{"2021-02-28T23:59:59", "2021-03-01T00:00:00", "2024-02-29T00:00:00",
                                               "2021-12-31T17:00:00", "2021-06-30T12:30:00"};
  const auto amount = [&](std::size_t most) { return std::to_string(random.below(most)); };
  const std::string record = R"({"plusTime":[{"var":"current.at"},)";
  const std::string clock = R"({"plusTime":[{"var":"accumulator"},)";
  const std::string& unit = units[random.below(units.size())];
  const std::string from = record + amount(3) + ",\"" + unit + "\"]}";
  const std::string to = record + amount(14) + ",\"" + units[random.below(units.size())] + "\"]}";
  // Half of the clocks are moved themselves, back or ahead.
  const std::string now = clock + (random.below(2) == 0 ? std::string{"0"} : "-" + amount(13)) + ",\"" +
                          units[random.below(units.size())] + "\"]}";
  const std::string fixed = R"({"plusTime":[")" + nights[random.below(nights.size())] +
                            zones[random.below(zones.size())] + "\"," + amount(5) + ",\"" +
                            units[random.below(units.size())] + "\"]}";
  std::string match = R"({"and":[{")" + opening[random.below(2)] + "\":[" + from + "," + now + R"(]},{")" +
                      closing[random.below(2)] + "\":[" + now + "," + to + "]}";
  if (random.below(2) == 0) match += R"(,{"not-before":[)" + to + "," + fixed + "]}";
  if (random.below(3) == 0) match += R"(,{"!":[{"after":[)" + now + "," + fixed + "]}]}";
  match += "]}";
  return R"({"===":[{"reduce":[{"var":"payload.)" + kinds[random.below(kinds.size())] +
         R"("},{"if":[{"===":[{"var":"accumulator"},true]},true,{"if":[)" + match +
         R"(,true,{"var":"accumulator"}]}]},{"var":"external.validationClock"}]},true]})";
}

TEST(DeriveTimelineProperty, random_rules_over_records_of_all_zones_are_exact) {
  RandomPeople random{7'008'009};
  std::size_t checked = 0;
  std::size_t steps = 0;
  constexpr std::size_t people_a_rule = 5;
  const std::size_t rules_in_all = number_of_people() / people_a_rule;
  for (std::size_t i = 0; i < rules_in_all; ++i) {
    auto logic = random_record_rule(random);
    if (random.below(3) == 0) logic = R"({"if":[)" + logic + "," + random_record_rule(random) + "," + logic + "]}";
    if (random.below(3) == 0) logic = R"({"and":[)" + logic + "," + random_comparison(random) + "]}";
    const auto rules = rules_with(json::parse(logic));
    for (std::size_t person = 0; person < people_a_rule; ++person) {
      const auto payload = to_json(random.records());
      Assessor assessor{rules};
      assessor.load(payload);
      const auto timeline = derive_timeline(assessor, start, start + days{900});
      ASSERT_TRUE(timeline) << timeline.error().text() << " " << logic;
      steps += timeline.value().steps().size();
      expect_exact(rules, payload, timeline.value(), random, checked);
      if (HasFatalFailure()) {
        ADD_FAILURE() << logic;
        return;
      }
    }
  }
  EXPECT_GT(checked, 4 * rules_in_all * people_a_rule);
  EXPECT_GT(steps, rules_in_all * people_a_rule * 3 / 2);
}

}  // namespace
}  // namespace lindung::domain
