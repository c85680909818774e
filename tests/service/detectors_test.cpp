// Each detector with something that must fire it, and all of them over made-up normal months, where nothing should.
#include "service/detectors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <numbers>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/alarm.h"
#include "domain/answer.h"
#include "service/alarm_board.h"
#include "service/exchange_watch.h"
#include "store/database.h"
#include "support/world.h"

namespace lindung::service {
namespace {

using domain::AlarmKind;
using domain::Outcome;
using domain::SubjectKind;
using std::chrono::days;
using std::chrono::hours;

constexpr Moment noon{seconds{1'795'435'200}};  // Monday, 2026-11-23T12:00:00Z
constexpr std::uint32_t hours_a_day = 24;

class DetectorsTest : public ::testing::Test {
 protected:
  test::World world_{noon};
  AlarmBoard board_;
  ExchangeWatch watch_;
  Detectors detectors_{*world_.platform, board_};

  void write(const std::string& sql) {
    ASSERT_TRUE(world_.database
                    ->write([&](store::Transaction& transaction) -> Result<void> {
                      TRYV(transaction.run(store::Sql{.text = sql, .once = true}, {}));
                      return ok();
                    })
                    .has_value());
  }
  void see(const std::string& partner, Outcome outcome, std::uint64_t times, std::uint64_t token = 0) {
    std::vector<ExchangeWatch::Seen> seen;
    for (std::uint64_t i = 0; i < times; ++i) {
      const auto place = token != 0 ? token : ++next_token_ * 0x9E3779B97F4A7C15ULL;
      seen.push_back({.partner = PartnerId{partner}, .at = world_.clock.now(), .outcome = outcome, .token = place});
    }
    watch_.look(seen);
  }
  // Four weeks in which the partner asked so much in this hour of each day.
  void put_past(const std::string& partner, std::uint64_t questions, std::uint64_t unlinked) {
    const auto hour = hour_of(noon).number;
    for (std::uint32_t day = 1; day <= days_of_past; ++day) {
      write("INSERT INTO partner_hour (partner_id, hour, questions, unlinked, denied) VALUES ('" + partner + "', " +
            std::to_string(hour - day * hours_a_day) + ", " + std::to_string(questions) + ", " +
            std::to_string(unlinked) + ", 0)");
    }
  }
  void put_days(const std::string& table, const std::string& who, std::uint64_t count, std::uint64_t today) {
    const auto day = day_of(noon).number;
    for (std::uint32_t before = 1; before <= days_of_past; ++before) {
      write("INSERT INTO " + table + " VALUES ('" + who + "', " + std::to_string(day - before) + ", " +
            std::to_string(count + before % 3) + ")");
    }
    write("INSERT INTO " + table + " VALUES ('" + who + "', " + std::to_string(day) + ", " + std::to_string(today) +
          ")");
  }
  void look_at_traffic() {
    detectors_.look_at_tokens(watch_);
    ASSERT_TRUE(detectors_.write_traffic(watch_).has_value());
    ASSERT_TRUE(detectors_.look_at_partners().has_value());
  }
  std::vector<AlarmKind> raised() {
    std::vector<AlarmKind> kinds;
    for (const auto& alarm : board_.take()) kinds.push_back(alarm.kind);
    return kinds;
  }

 private:
  std::uint64_t next_token_{};
};

using Kinds = std::vector<AlarmKind>;

TEST_F(DetectorsTest, OneTokenThatIsPolledIsFound) {
  see("gojek", Outcome::allow, ExchangeWatch::poll_limit - 1, 42);
  look_at_traffic();
  EXPECT_EQ(raised(), Kinds{});
  see("gojek", Outcome::over_quota, 1, 42);
  look_at_traffic();
  EXPECT_EQ(raised(), Kinds{AlarmKind::token_polled});
}

TEST_F(DetectorsTest, QuestionsOfTwoWindowsAreNotAddedUp) {
  see("gojek", Outcome::allow, ExchangeWatch::poll_limit - 1, 42);
  world_.clock.advance(ExchangeWatch::poll_window);
  see("gojek", Outcome::allow, ExchangeWatch::poll_limit - 1, 42);
  look_at_traffic();
  EXPECT_EQ(raised(), Kinds{});
}

TEST_F(DetectorsTest, APartnerThatAsksFarMoreThanInItsPastIsFoundOnceAnHour) {
  put_past("gojek", 100, 0);
  see("gojek", Outcome::allow, 120);
  look_at_traffic();
  EXPECT_EQ(raised(), Kinds{});
  see("gojek", Outcome::allow, 120);
  look_at_traffic();
  EXPECT_EQ(raised(), Kinds{AlarmKind::partner_pattern});
  see("gojek", Outcome::allow, 500);
  look_at_traffic();
  EXPECT_EQ(raised(), Kinds{}) << "the same hour";
}

TEST_F(DetectorsTest, APartnerWhoseQuestionsAreDeniedAsNeverBeforeIsFound) {
  put_past("gojek", 100, 0);
  see("gojek", Outcome::allow, 40);
  see("gojek", Outcome::deny, 60);
  look_at_traffic();
  EXPECT_EQ(raised(), Kinds{AlarmKind::partner_pattern});
}

TEST_F(DetectorsTest, JunkTokensAreFound) {
  put_past("gojek", 100, 2);
  see("gojek", Outcome::allow, 60);
  see("gojek", Outcome::unlinked, 40);
  look_at_traffic();
  EXPECT_EQ(raised(), Kinds{AlarmKind::junk_tokens});
}

TEST_F(DetectorsTest, WhatAnOfficerLooksUpIsHeldAgainstTheirOwnPast) {
  put_days("officer_day", "siti", 8, 60);
  put_days("officer_day", "budi", 55, 60);
  ASSERT_TRUE(detectors_.look_at_officers().has_value());
  const auto alarms = board_.take();
  ASSERT_EQ(alarms.size(), 1U);
  EXPECT_EQ(alarms.front().kind, AlarmKind::officer_lookups);
  EXPECT_EQ(alarms.front().subject, (domain::Subject{.kind = SubjectKind::officer, .id = "siti"}));
  EXPECT_EQ(alarms.front().count, 60U);
  EXPECT_EQ(alarms.front().usual, 9U);
}

TEST_F(DetectorsTest, AnOfficerWithoutAPastHasALimit) {
  write("INSERT INTO officer_day VALUES ('tri', " + std::to_string(day_of(noon).number) + ", 101)");
  ASSERT_TRUE(detectors_.look_at_officers().has_value());
  EXPECT_EQ(raised(), Kinds{AlarmKind::officer_lookups});
}

TEST_F(DetectorsTest, AnIssuersVelocityIsHeldAgainstItsOwnPast) {
  put_days("issuer_day", "rs-fatmawati", 200, 2'000);
  put_days("issuer_day", "puskesmas-gambir", 200, 280);
  ASSERT_TRUE(detectors_.look_at_issuers().has_value());
  const auto alarms = board_.take();
  ASSERT_EQ(alarms.size(), 1U);
  EXPECT_EQ(alarms.front().kind, AlarmKind::issuer_velocity);
  EXPECT_EQ(alarms.front().subject.id, "rs-fatmawati");
}

TEST_F(DetectorsTest, CountsThatTheDatabaseDidNotTakeAreWrittenLater) {
  see("gojek", Outcome::allow, 7);
  const auto counts = watch_.take();
  watch_.put_back(counts);
  see("gojek", Outcome::deny, 3);
  const auto all = watch_.take();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all.begin()->second.questions, 10U);
  EXPECT_EQ(all.begin()->second.denied, 3U);
}

TEST_F(DetectorsTest, OldCountsAreForgotten) {
  put_past("gojek", 100, 0);
  world_.clock.advance(days{days_kept + 1});
  ASSERT_TRUE(detectors_.forget().has_value());
  std::uint64_t rows = 1;
  ASSERT_TRUE(world_.database
                  ->read([&](store::Transaction& transaction) -> Result<void> {
                    TRY(found, transaction.run(store::Sql{"SELECT hour FROM partner_hour"}, {}));
                    rows = found;
                    return ok();
                  })
                  .has_value());
  EXPECT_EQ(rows, 0U);
}

// Made-up normal months. Traffic of a partner: a level, a shape of the day and the week in Jakarta, each day's own
// factor (log-normal, 10 %), and Poisson's noise; 3 % of questions lead nowhere and 8 % are denied, each day a little
// more or less. Four weeks of past, then 30 days that are judged as they are in the server: each hour several times as
// it grows.
struct Rate {
  std::uint64_t judged{};
  std::uint64_t alarms{};
};

double shape_of(std::uint32_t hour) {
  const auto local = (hour + 7) % hours_a_day;
  const auto day = std::chrono::sys_days{days{(hour + 7) / hours_a_day}};
  const bool is_weekend = std::chrono::weekday{day}.iso_encoding() > 5;
  const auto of_day =
      0.05 + std::pow(std::max(0.0, std::sin((static_cast<double>(local) - 5) / 18 * std::numbers::pi)), 2);
  return of_day * (is_weekend ? 0.7 : 1.0);
}

template <class Random>
std::vector<PartnerHour> month_of(double level, Random& random) {
  constexpr std::uint32_t month = (days_of_past + 30) * hours_a_day;
  const auto first = hour_of(noon).number - month;
  std::lognormal_distribution<double> day_factor{0, 0.1};
  std::vector<PartnerHour> out;
  double factor = 1;
  double unlinked = 0.03;
  double denied = 0.08;
  for (std::uint32_t i = 0; i < month; ++i) {
    if (i % hours_a_day == 0) {
      factor = day_factor(random);
      unlinked = 0.03 * day_factor(random);
      denied = 0.08 * day_factor(random);
    }
    const auto hour = first + i;
    std::poisson_distribution<std::uint64_t> poisson{level * factor * shape_of(hour)};
    const auto questions = poisson(random);
    std::binomial_distribution<std::uint64_t> junk{questions, unlinked};
    std::binomial_distribution<std::uint64_t> refused{questions, denied};
    out.push_back(
        {.hour = hour, .count = {.questions = questions, .unlinked = junk(random), .denied = refused(random)}});
  }
  return out;
}

TEST(DetectorsMonth, ANormalMonthOfAPartnerRaisesHardlyAnAlarm) {
  constexpr int months = 8;                                           // of each partner
  constexpr std::array levels{5.0, 50.0, 500.0, 5'000.0, 100'000.0};  // questions in the busiest hour
  std::mt19937_64 random{20'261'122};                                 // NOLINT: the same months each time
  std::map<AlarmKind, std::uint64_t> alarms;
  std::uint64_t judged = 0;
  for (const auto level : levels) {
    for (int month = 0; month < months; ++month) {
      const auto hours_of_month = month_of(level, random);
      for (std::size_t i = days_of_past * hours_a_day; i < hours_of_month.size(); ++i) {
        const auto begin = hours_of_month.begin() + static_cast<std::ptrdiff_t>(i - days_of_past * hours_a_day);
        const std::vector<PartnerHour> past(begin, hours_of_month.begin() + static_cast<std::ptrdiff_t>(i));
        ++judged;
        for (const auto& finding : judge_partner(past, hours_of_month[i])) ++alarms[finding.kind];
      }
    }
  }
  const auto partner_months = static_cast<double>(months * levels.size());
  for (const auto kind : {AlarmKind::partner_pattern, AlarmKind::junk_tokens}) {
    std::printf("%s: %llu alarms in %.0f partner-months\n", std::string{domain::name_of(kind)}.c_str(),
                static_cast<unsigned long long>(alarms[kind]), partner_months);
    EXPECT_LE(static_cast<double>(alarms[kind]) / partner_months, 0.1) << domain::name_of(kind);
  }
  EXPECT_EQ(judged, 28'800U);
}

TEST(DetectorsMonth, AMonthOfPeopleAtDoorsPollsNoToken) {
  constexpr std::uint64_t people = 5'000;
  std::mt19937_64 random{20'261'123};  // NOLINT: the same month each time
  std::poisson_distribution<std::uint64_t> scans{2.5};
  std::uniform_int_distribution<std::int64_t> second{0, 86'399};
  std::geometric_distribution<std::uint64_t> repeats{0.7};  // a door that asks again at once
  std::uint64_t polled = 0;
  std::uint64_t questions = 0;
  ExchangeWatch watch;
  for (int day = 0; day < 30; ++day) {
    std::vector<ExchangeWatch::Seen> seen;
    for (std::uint64_t person = 1; person <= people; ++person) {
      for (auto left = scans(random); left > 0; --left) {
        const auto at = noon + days{day} + seconds{second(random)};
        const auto times = 1 + repeats(random);
        for (std::uint64_t i = 0; i < times; ++i) {
          seen.push_back({.partner = PartnerId{"gojek"},
                          .at = at,
                          .outcome = Outcome::allow,
                          .token = person * 0x9E3779B97F4A7C15ULL});
        }
      }
    }
    std::ranges::sort(seen, {}, &ExchangeWatch::Seen::at);
    watch.look(seen);
    questions += seen.size();
    for (const auto& [partner, tokens] : watch.take_polled()) polled += tokens;
  }
  std::printf("token-polled: %llu of %llu questions\n", static_cast<unsigned long long>(polled),
              static_cast<unsigned long long>(questions));
  EXPECT_EQ(polled, 0U);
  EXPECT_GT(questions, 400'000U);
}

// Officers look up some people a day, issuers send in some rows: each day judged by the four weeks before it.
Rate judge_days(double level, std::uint64_t least_excess, int months, std::uint64_t seed) {
  std::mt19937_64 random{seed};  // NOLINT: the same months each time
  std::lognormal_distribution<double> day_factor{0, 0.3};
  Rate rate;
  for (int month = 0; month < months; ++month) {
    std::vector<std::uint64_t> counts;
    for (std::uint32_t day = 0; day < days_of_past + 30; ++day) {
      if (day % 7 >= 5) continue;  // nobody works
      std::poisson_distribution<std::uint64_t> poisson{level * day_factor(random)};
      counts.push_back(poisson(random));
    }
    const std::size_t past_days = 20;
    for (std::size_t i = past_days; i < counts.size(); ++i) {
      const std::vector<std::uint64_t> past(counts.begin() + static_cast<std::ptrdiff_t>(i - past_days),
                                            counts.begin() + static_cast<std::ptrdiff_t>(i));
      double usual = 0;
      ++rate.judged;
      if (is_busy_day(past, counts[i], least_excess, 0, usual)) ++rate.alarms;
    }
  }
  return rate;
}

TEST(DetectorsMonth, ANormalMonthOfOfficersAndIssuersRaisesHardlyAnAlarm) {
  constexpr int months = 50;
  struct Group {
    const char* name;
    double level;
    std::uint64_t least_excess;
  };
  for (const auto& group :
       {Group{"officer-lookups, 3 a day", 3, 15}, Group{"officer-lookups, 40 a day", 40, 15},
        Group{"issuer-velocity, 50 a day", 50, 100}, Group{"issuer-velocity, 2000 a day", 2'000, 100}}) {
    const auto rate = judge_days(group.level, group.least_excess, months, 20'261'124);
    std::printf("%s: %llu alarms in %d months\n", group.name, static_cast<unsigned long long>(rate.alarms), months);
    EXPECT_LE(static_cast<double>(rate.alarms) / months, 0.2) << group.name;
    EXPECT_GT(rate.judged, 1'000U);
  }
}

}  // namespace
}  // namespace lindung::service
