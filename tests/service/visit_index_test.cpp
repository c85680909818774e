// The visit index against a scan of the rows, in parts, repeated, closed and forgotten.
#include "service/visit_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <random>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "service/contact_world.h"
#include "service/retention.h"
#include "service/visit_index_page.h"
#include "service/visit_index_reader.h"
#include "service/visit_index_rows.h"
#include "store/database.h"
#include "store/period_table.h"
#include "store/ring_ratchet.h"
#include "support/test_store.h"

namespace lindung::service {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr IndexShape small{.rows_a_segment = 40, .stays_a_page = 4};

class VisitIndex : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    place_.emplace(GetParam());
    for (auto& each : citizens_) each = CitizenRef{crypto::random_bytes<16>()};
    for (auto& each : venues_) each = VenueId{crypto::random_bytes<16>()};
  }
  ContactWorld& at() { return *place_; }
  const Platform& platform() { return *place_->world.platform; }
  Moment now() { return place_->world.clock.now(); }

  // Few venues and people, so that each has many stays, in several segments and pages.
  void fill(Day day, int stays) {
    std::uniform_int_distribution<int> minute{0, 1439};
    for (int i = 0; i < stays; ++i) {
      const auto from = start_of(day) + minutes{minute(random_)};
      const auto citizen = citizens_[static_cast<std::size_t>(minute(random_)) % citizens_.size()];
      const auto venue = venues_[static_cast<std::size_t>(minute(random_)) % venues_.size()];
      const auto until = i % 7 == 0 ? std::nullopt : std::optional{from + minutes{minute(random_) % 300 + 1}};
      at().stayed(citizen, venue, from, until);
    }
  }
  void build() {
    for (bool is_whole = false; !is_whole;) {
      const auto built = build_visit_index(platform(), 1, small);
      ASSERT_TRUE(built.has_value()) << built.error().text();
      is_whole = built.value();
    }
  }
  // Every stay of the day by the index, and by opening every row of the table.
  void expect_equal_to_a_scan(Day day) {
    const auto read = at().world.database->read([&](store::Transaction& transaction) -> Result<void> {
      TRY(key, at().world.ring->period_key(store::Ratchet::visit_day, day.number));
      TRY(rows, read_visit_rows(transaction, key, day, std::nullopt, visit_rows_a_statement));
      EXPECT_GT(rows.size(), 0U);
      VisitIndexReader reader{transaction, *at().world.ring};
      std::vector<IndexedStay> by_citizen;
      for (const auto& citizen : citizens_) {
        TRY(found, reader.of_citizen(day, citizen));
        by_citizen.insert(by_citizen.end(), found.begin(), found.end());
      }
      std::vector<IndexedStay> by_venue;
      for (const auto& venue : venues_) {
        TRY(found, reader.at_venue(day, venue));
        by_venue.insert(by_venue.end(), found.begin(), found.end());
      }
      std::ranges::sort(by_citizen);
      std::ranges::sort(by_venue);
      EXPECT_EQ(by_citizen, stays_by_citizen(rows));
      EXPECT_EQ(by_venue, stays_by_venue(key, rows));
      return ok();
    });
    ASSERT_TRUE(read.has_value()) << read.error().text();
  }
  std::int64_t count(store::Sql sql) {
    std::int64_t counted = -1;
    EXPECT_TRUE(at().world.database->read([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(sql, {}, [&](const store::Row& row) { counted = row.integer(0); }));
      return ok();
    }));
    return counted;
  }

  std::optional<ContactWorld> place_;
  std::mt19937 random_{7};
  std::array<CitizenRef, 23> citizens_;
  std::array<VenueId, 5> venues_;
};
INSTANTIATE_TEST_SUITE_P(Engines, VisitIndex, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& engine) {
                           return engine.param == store::Engine::sqlite ? "Sqlite" : "Postgres";
                         });

TEST_P(VisitIndex, TellsWhatAScanOfTheRowsTells) {
  const auto closed = day_of(now() - days{3});
  const auto open = day_of(now());
  fill(closed, 150);
  fill(open, 100);
  expect_equal_to_a_scan(open);  // without an index
  build();
  const auto segments = [&](Day day) {
    return count(store::period_sql("SELECT COUNT(*) FROM visit_index_{p} WHERE kind = 0", day.number));
  };
  EXPECT_GE(segments(closed), 6);
  EXPECT_GE(segments(open), 3) << "whole segments of a day that goes on";
  expect_equal_to_a_scan(closed);
  expect_equal_to_a_scan(open);
  fill(open, 30);
  expect_equal_to_a_scan(open);
  build();
  expect_equal_to_a_scan(open);
}

TEST_P(VisitIndex, OfAClosedDayCoversEveryRowAndIsNotBuiltAgain) {
  const auto day = day_of(now() - days{3});
  fill(day, 30);
  build();
  const auto last = [&] {
    std::optional<IndexSegment> segment;
    EXPECT_TRUE(at().world.database->read([&](store::Transaction& transaction) -> Result<void> {
      TRY(key, at().world.ring->period_key(store::Ratchet::visit_day, day.number));
      std::uint32_t number = 0;
      Bytes sealed;
      TRYV(transaction.run(store::period_sql("SELECT segment, sealed FROM visit_index_{p} WHERE kind = 0 "
                                             "ORDER BY segment DESC LIMIT 1",
                                             day.number),
                           {}, [&](const store::Row& row) {
                             number = static_cast<std::uint32_t>(row.integer(0));
                             sealed = to_bytes(row.bytes(1));
                           }));
      TRY(opened, open_segment(key, day, number, sealed));
      segment = opened;
      return ok();
    }));
    return segment;
  }();
  ASSERT_TRUE(last);
  EXPECT_TRUE(last->is_last);
  const auto pages = count(store::period_sql("SELECT COUNT(*) FROM visit_index_{p}", day.number));
  const auto commits = at().world.database->counters().commits;
  build();
  EXPECT_EQ(at().world.database->counters().commits, commits);
  EXPECT_EQ(count(store::period_sql("SELECT COUNT(*) FROM visit_index_{p}", day.number)), pages);
}

TEST_P(VisitIndex, KilledBeforeASegmentCountsItIsBuiltAgainTheSame) {
  const auto day = day_of(now() - days{3});
  fill(day, 60);
  build();
  const auto pages = count(store::period_sql("SELECT COUNT(*) FROM visit_index_{p}", day.number));
  // Killed before the row of a segment and some of its pages were there.
  ASSERT_TRUE(at().world.database->write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(
        store::period_sql("DELETE FROM visit_index_{p} WHERE segment > 0 AND (kind = 0 OR page > 2)", day.number), {}));
    return ok();
  }));
  expect_equal_to_a_scan(day);
  build();
  EXPECT_EQ(count(store::period_sql("SELECT COUNT(*) FROM visit_index_{p}", day.number)), pages);
  expect_equal_to_a_scan(day);
}

TEST_P(VisitIndex, ADayIsClosedWhenItsLongestStayIsOver) {
  const auto day = day_of(now());
  EXPECT_FALSE(is_closed(day, start_of(day) + hours{48}));
  EXPECT_TRUE(is_closed(day, start_of(day) + hours{49}));
}

TEST_P(VisitIndex, DiesWithTheKeyOfItsDay) {
  const auto day = day_of(now() - days{3});
  fill(day, 30);
  build();
  const auto rows = count(store::period_sql("SELECT COUNT(*) FROM visit_{p}", day.number));
  const auto pages = count(store::period_sql("SELECT COUNT(*) FROM visit_index_{p}", day.number));
  const auto report = run_retention(platform(), days{1});
  ASSERT_TRUE(report.has_value()) << report.error().text();
  EXPECT_EQ(report.value().rows_before, static_cast<std::uint64_t>(rows + pages));
  EXPECT_EQ(report.value().rows_readable, 0U);
  const auto read = at().world.database->read([&](store::Transaction& transaction) -> Result<void> {
    for (const auto table : {store::PeriodTable::visit, store::PeriodTable::visit_index}) {
      TRY(periods, store::list_periods(transaction, table));
      EXPECT_TRUE(std::ranges::find(periods, day.number) == periods.end());
    }
    VisitIndexReader reader{transaction, *at().world.ring};
    TRY(remembers, reader.remembers(day));
    EXPECT_FALSE(remembers);
    TRY(found, reader.of_citizen(day, citizens_.front()));
    EXPECT_TRUE(found.empty());
    return ok();
  });
  ASSERT_TRUE(read.has_value()) << read.error().text();
}

TEST_P(VisitIndex, APageOpensUnderItsNameOnly) {
  const auto day = day_of(now());
  const auto key = at().world.ring->period_key(store::Ratchet::visit_day, day.number);
  ASSERT_TRUE(key.has_value());
  const std::vector<IndexedStay> stays{{.key = {1}, .other = {2}, .in = 60, .length = 900},
                                       {.key = {1}, .other = {3}, .in = 70, .length = IndexedStay::no_end}};
  const PageName name{.day = day, .kind = IndexKind::venues, .segment = 3, .page = 2, .first = {1}};
  const auto sealed = seal_index_page(key.value(), name, stays);
  EXPECT_EQ(open_index_page(key.value(), name, sealed).value(), stays);
  std::vector<PageName> others(5, name);
  others[0].day.number += 1;
  others[1].kind = IndexKind::citizens;
  others[2].segment = 4;
  others[3].page = 1;
  others[4].first = {2};
  for (const auto& other : others) {
    const auto opened = open_index_page(key.value(), other, sealed);
    ASSERT_TRUE(opened.has_error());
    EXPECT_EQ(opened.error().code, Errc::corrupt);
  }
}

}  // namespace
}  // namespace lindung::service
