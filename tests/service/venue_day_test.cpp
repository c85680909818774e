// How many are inside over the day, the codes of a door's screen, and partners' traffic.
#include "service/venue_day.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/category.h"
#include "domain/venue_code.h"
#include "service/partner_traffic.h"
#include "service/platform.h"
#include "service/venues.h"
#include "store/database.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service {
namespace {

constexpr Moment late{seconds{1'795'279'500}};  // 2026-11-21T16:45:00Z: 23:45 in Jakarta

class VenueDayTest : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    world_ = std::make_unique<test::World>(late, GetParam());
    const auto code = domain::parse_venue_code(world_->add_venue(domain::Category::restaurant, 40));
    ASSERT_TRUE(code.has_value());
    venue_ = code.value().venue;
  }
  [[nodiscard]] const Platform& platform() const { return *world_->platform; }
  void write(store::Sql sql, std::int64_t value) {
    const auto done = world_->database->write([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(sql, {venue_.bytes(), value}));
      return ok();
    });
    ASSERT_TRUE(done.has_value()) << done.error().text();
  }
  void put_inside(std::int64_t inside) {
    write(store::Sql{"INSERT INTO occupancy (venue_id, inside) VALUES ($1, $2) ON CONFLICT (venue_id) "
                     "DO UPDATE SET inside = excluded.inside"},
          inside);
  }
  void watch() {
    ASSERT_TRUE(
        world_->database->write([&](store::Transaction& transaction) { return watch_venue(transaction, venue_); })
            .has_value());
  }
  void note() { ASSERT_TRUE(note_occupancy(platform()).has_value()); }

  VenueId venue_;
  std::unique_ptr<test::World> world_;
};

TEST_P(VenueDayTest, IsWrittenDownInSlotsWithTheHighestOfEach) {
  EXPECT_EQ(read_venue_day(platform(), venue_).error().code, Errc::not_found) << "nobody watches it";
  put_inside(3);
  note();
  watch();
  EXPECT_EQ(read_venue_day(platform(), venue_).value().slots.size(), 1U) << "of now alone: nobody watched it before";
  put_inside(9);
  note();
  put_inside(5);
  note();
  world_->clock.advance(occupancy_slot);
  put_inside(6);
  const auto day = read_venue_day(platform(), venue_).value();
  EXPECT_EQ(day.inside, 6U);
  EXPECT_EQ(day.alarm_percent, usual_alarm_percent);
  ASSERT_EQ(day.slots.size(), 2U);
  EXPECT_EQ(day.slots[0].at, late);
  EXPECT_EQ(day.slots[0].inside, 5U);
  EXPECT_EQ(day.slots[0].peak, 9U);
  EXPECT_EQ(day.slots[1].at, late + occupancy_slot);
  EXPECT_EQ(day.slots[1].inside, 6U);
  EXPECT_EQ(day.slots[1].peak, 6U);
}

TEST_P(VenueDayTest, BeginsAtMidnightInJakartaAndIsForgottenAfterTwo) {
  watch();
  put_inside(2);
  note();
  world_->clock.advance(std::chrono::minutes{15});  // midnight
  note();
  const auto day = read_venue_day(platform(), venue_).value();
  ASSERT_EQ(day.slots.size(), 1U);
  EXPECT_EQ(day.slots[0].at, late + std::chrono::minutes{15});
  world_->clock.advance(occupancy_kept + occupancy_slot);
  note();
  std::uint64_t left = 0;
  ASSERT_TRUE(world_->database
                  ->read([&](store::Transaction& transaction) -> Result<void> {
                    TRY(rows, transaction.run(store::Sql{"SELECT slot FROM venue_slot"}, {}));
                    left = rows;
                    return ok();
                  })
                  .has_value());
  EXPECT_EQ(left, 1U) << "the one of now";
}

TEST_P(VenueDayTest, AlarmsFromItsShareOfTheCapacityOn) {
  EXPECT_EQ(set_alarm_percent(platform(), venue_, 50).error().code, Errc::not_found);
  watch();
  EXPECT_EQ(set_alarm_percent(platform(), venue_, 101).error().code, Errc::invalid_argument);
  ASSERT_TRUE(set_alarm_percent(platform(), venue_, 80).has_value());
  EXPECT_EQ(read_venue_day(platform(), venue_).value().alarm_percent, 80U);
  watch();
  EXPECT_EQ(read_venue_day(platform(), venue_).value().alarm_percent, 80U) << "a second owner does not set it back";
  EXPECT_FALSE(is_alarm(31, 40, 80));
  EXPECT_TRUE(is_alarm(32, 40, 80));
  EXPECT_FALSE(is_alarm(40, 40, 0)) << "turned off";
  EXPECT_FALSE(is_alarm(1'000, 0, 80)) << "no limit";
}

TEST_P(VenueDayTest, AScreenHasTheCodesOfNowAndOfTheNextStepsAndEachIsTakenInItsTime) {
  const auto screen = screen_codes(platform(), venue_, 10).value();
  ASSERT_EQ(screen.codes.size(), 10U);
  EXPECT_EQ(screen.codes[0].from, late);
  for (const auto& each : screen.codes) {
    EXPECT_TRUE(world_->venues.check(each.code, each.from)) << "at its beginning";
    EXPECT_FALSE(world_->venues.check(each.code, each.from - seconds{1})) << "not before";
  }
  EXPECT_EQ(screen.short_code, short_code(platform(), venue_).value());
  EXPECT_EQ(screen.short_code.size(), 9U);
  EXPECT_EQ(screen.short_code[4], '-');
  ASSERT_TRUE(replace_venue_key(platform(), venue_).has_value());
  EXPECT_NE(short_code(platform(), venue_).value(), screen.short_code) << "an old poster shows";
  const VenueId nobody{crypto::random_bytes<16>()};
  EXPECT_EQ(screen_codes(platform(), nobody, 1).error().code, Errc::not_found);
  EXPECT_EQ(short_code(platform(), nobody).error().code, Errc::not_found);
}

TEST_P(VenueDayTest, PartnersTrafficIsReadByTheHour) {
  const auto hour = static_cast<std::int64_t>(hour_of(late).number);
  for (const auto* const partner : {"gojek", "grab"}) {
    for (const auto back : {0, 2, 30}) {
      const auto done = world_->database->write([&](store::Transaction& transaction) -> Result<void> {
        TRYV(transaction.run(store::Sql{"INSERT INTO partner_hour (partner_id, hour, questions, unlinked, denied) "
                                        "VALUES ($1, $2, 10, 2, 3)"},
                             {std::string_view{partner}, hour - back}));
        return ok();
      });
      ASSERT_TRUE(done.has_value()) << done.error().text();
    }
  }
  const auto all = read_traffic(platform(), std::nullopt, late - std::chrono::hours{23}).value();
  ASSERT_EQ(all.size(), 2U);
  const auto one = read_traffic(platform(), PartnerId{"grab"}, late - std::chrono::hours{23}).value();
  ASSERT_EQ(one.size(), 1U);
  const auto& hours = one.at(PartnerId{"grab"});
  ASSERT_EQ(hours.size(), 2U);
  EXPECT_EQ(hours[0].at, start_of(hour_of(late)) - std::chrono::hours{2});
  EXPECT_EQ(hours[1].count.questions, 10U);
  EXPECT_EQ(hours[1].count.denied, 3U);
}

INSTANTIATE_TEST_SUITE_P(Engines, VenueDayTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& engine) {
                           return engine.param == store::Engine::sqlite ? "sqlite" : "postgresql";
                         });

}  // namespace
}  // namespace lindung::service
