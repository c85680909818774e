#include "service/venue_day.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::uint64_t most_percent = 100;
constexpr std::uint64_t seconds_a_day = 86'400;
constexpr std::uint64_t to_jakarta = 7ULL * 3600;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }
std::uint64_t number(const store::Row& row, int column) { return static_cast<std::uint64_t>(row.integer(column)); }

Moment slot_of(Moment at) {
  const auto slot = static_cast<std::uint64_t>(occupancy_slot.count());
  return moment_of(unix_seconds(at) / slot * slot);
}

Moment midnight_before(Moment now) {
  return moment_of((unix_seconds(now) + to_jakarta) / seconds_a_day * seconds_a_day - to_jakarta);
}

}  // namespace

Result<void> watch_venue(store::Transaction& transaction, const VenueId& venue) {
  TRYV(transaction.run(store::Sql{"INSERT INTO venue_watch (venue_id, alarm_percent) VALUES ($1, $2) "
                                  "ON CONFLICT (venue_id) DO NOTHING"},
                       {venue.bytes(), static_cast<std::int64_t>(usual_alarm_percent)}));
  return ok();
}

Result<void> set_alarm_percent(const Platform& platform, const VenueId& venue, std::uint64_t percent) {
  if (percent > most_percent) return fail(Errc::invalid_argument, "percent: 0 to 100");
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(changed, transaction.run(store::Sql{"UPDATE venue_watch SET alarm_percent = $2 WHERE venue_id = $1"},
                                 {venue.bytes(), static_cast<std::int64_t>(percent)}));
    if (changed == 0) return fail(Errc::not_found, "nobody watches this venue");
    return ok();
  });
}

Result<void> note_occupancy(const Platform& platform) {
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    const auto now = platform.clock.now();
    // "WHERE true": without it SQLite reads ON as a part of the join.
    TRYV(transaction.run(
        store::Sql{"INSERT INTO venue_slot (venue_id, slot, inside, peak) "
                   "SELECT w.venue_id, $1, o.inside, o.inside FROM venue_watch w "
                   "JOIN occupancy o ON o.venue_id = w.venue_id WHERE true "
                   "ON CONFLICT (venue_id, slot) DO UPDATE SET inside = excluded.inside, "
                   "peak = CASE WHEN excluded.peak > venue_slot.peak THEN excluded.peak ELSE venue_slot.peak END"},
        {as_int(slot_of(now))}));
    TRYV(transaction.run(store::Sql{"DELETE FROM venue_slot WHERE slot < $1"}, {as_int(now - occupancy_kept)}));
    return ok();
  });
}

Result<VenueDay> read_venue_day(const Platform& platform, const VenueId& venue) {
  const auto now = platform.clock.now();
  VenueDay day;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    day = {};
    std::optional<std::uint64_t> percent;
    TRYV(transaction.run(store::Sql{"SELECT alarm_percent FROM venue_watch WHERE venue_id = $1"}, {venue.bytes()},
                         [&](const store::Row& row) { percent = number(row, 0); }));
    if (!percent) return fail(Errc::not_found, "nobody watches this venue");
    day.alarm_percent = *percent;
    TRYV(transaction.run(store::Sql{"SELECT inside FROM occupancy WHERE venue_id = $1"}, {venue.bytes()},
                         [&](const store::Row& row) { day.inside = number(row, 0); }));
    TRYV(transaction.run(store::Sql{"SELECT slot, inside, peak FROM venue_slot WHERE venue_id = $1 AND slot >= $2 "
                                    "ORDER BY slot"},
                         {venue.bytes(), as_int(midnight_before(now))}, [&](const store::Row& row) {
                           day.slots.push_back(
                               {.at = moment_of(number(row, 0)), .inside = number(row, 1), .peak = number(row, 2)});
                         }));
    return ok();
  }));
  const auto slot = slot_of(now);
  if (day.slots.empty() || day.slots.back().at < slot) day.slots.push_back({.at = slot, .inside = 0, .peak = 0});
  auto& last = day.slots.back();
  last.inside = day.inside;
  last.peak = std::max(last.peak, day.inside);
  return day;
}

}  // namespace lindung::service
