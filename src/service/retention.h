// Forgetting by destroying keys: hours of recorded answers by themselves, days of visits and evidence by command. The
// rows of a forgotten period are noise, in a backup too; dropping their tables only gives the space back.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "service/platform.h"

namespace lindung::service {

inline constexpr std::chrono::hours recorded_answers_kept{25};  // protocol.md section 9
inline constexpr std::chrono::days visits_kept{14};             // unless the operator says otherwise

// Destroys hour keys older than 25 hours, and drops the tables of those hours.
[[nodiscard]] Result<void> forget_old_hours(const Platform& platform);

struct RetentionReport {
  std::vector<std::uint64_t> visit_days;  // whose key was destroyed now
  std::vector<std::uint64_t> answer_days;
  std::uint64_t rows_before{};    // rows of these days in the database, pages of their indexes too
  std::uint64_t rows_readable{};  // how many of them still open afterwards: 0, or the promise is broken
};

// Destroys the keys of the days before `now - keep`, tries to read a row of each such day again, then drops the tables;
// all in the log. Errors: invalid_argument for less than one day; corrupt if a row could still be read.
[[nodiscard]] Result<RetentionReport> run_retention(const Platform& platform, std::chrono::days keep);

}  // namespace lindung::service
