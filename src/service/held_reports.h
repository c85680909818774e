// Reports that are kept apart: in no figure and before no office, until two officers decide on a reporter's day.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "service/platform.h"
#include "service/reporters.h"

namespace lindung::service {

struct HeldReports {
  ReporterId reporter;
  Day day;
  std::uint64_t reports{};
};
[[nodiscard]] Result<std::vector<HeldReports>> list_held_reports(const Platform& platform);
// All of a reporter's day: counted on their day and put before their offices, or never. In the log. Returns how many.
// Errors: not_found when none waits there.
[[nodiscard]] Result<std::uint64_t> release_held_reports(const Platform& platform, const ReporterId& reporter, Day day,
                                                         const Hash& command);
[[nodiscard]] Result<std::uint64_t> refuse_held_reports(const Platform& platform, const ReporterId& reporter, Day day,
                                                        const Hash& command);

}  // namespace lindung::service
