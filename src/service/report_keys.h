// The keys of reports: those that reports are sealed for on their way here, and the key of each day, under which its
// reports and counts lie. A day's key goes with its day. Nothing is made before the first reporter is registered.
#pragma once

#include <chrono>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

inline constexpr std::chrono::days reports_kept{180};

// The keys of today and tomorrow, as rotate_exchange_keys() has them. Returns whether anything changed.
[[nodiscard]] Result<bool> keep_report_keys(store::Database& database, store::KeyRing& ring, const Clock& clock);

// Made when the day has none. Errors: sealed; denied when it was destroyed.
[[nodiscard]] Result<Secret<32>> report_day_key(store::KeyRing& ring, Day day);
// Errors: not_found for a day without reports; denied when it was destroyed.
[[nodiscard]] Result<Secret<32>> find_report_day_key(const store::KeyRing& ring, Day day);

// Days before `now` - `keep`: in the log, then the key destroyed, then the tables dropped and what waited there let go.
// Returns the first day that is kept.
[[nodiscard]] Result<Day> forget_old_reports(const Platform& platform, std::chrono::days keep = reports_kept);

}  // namespace lindung::service
