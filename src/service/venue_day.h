// How many were inside a venue over the day, for whoever runs it: counts, in slots of five minutes. Only of venues that
// somebody watches (service/venue_day.h watch_venue).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

inline constexpr seconds occupancy_slot{300};
inline constexpr seconds occupancy_kept{2 * 86'400};
inline constexpr std::uint64_t usual_alarm_percent = 90;

// From now on its occupancy is written down. Once is enough.
[[nodiscard]] Result<void> watch_venue(store::Transaction& transaction, const VenueId& venue);
// The share of the capacity from which the page of a venue alarms; 0: never. Errors: invalid_argument above 100;
// not_found for a venue that nobody watches.
[[nodiscard]] Result<void> set_alarm_percent(const Platform& platform, const VenueId& venue, std::uint64_t percent);

// Writes down how many are inside now; several times a slot, of which the highest is kept too. Forgets old slots.
[[nodiscard]] Result<void> note_occupancy(const Platform& platform);

struct OccupancySlot {
  Moment at;  // its beginning
  std::uint64_t inside{};
  std::uint64_t peak{};
};
struct VenueDay {
  std::uint64_t inside{};  // now
  std::uint64_t alarm_percent{};
  std::vector<OccupancySlot> slots;  // since midnight in Jakarta, the oldest first; the last one is of now
};
// Errors: not_found for a venue that nobody watches.
[[nodiscard]] Result<VenueDay> read_venue_day(const Platform& platform, const VenueId& venue);

// Privacy: pure counts. Whether `inside` is at the share of `capacity` or above.
[[nodiscard]] constexpr bool is_alarm(std::uint64_t inside, std::uint64_t capacity, std::uint64_t percent) noexcept {
  return capacity != 0 && percent != 0 && inside * 100 >= capacity * percent;
}

}  // namespace lindung::service
