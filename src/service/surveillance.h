// Surveillance: counts of reports by district and syndrome, days on which they are more than they should be, and the
// figures that are published of them, under a budget of privacy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/syndrome.h"
#include "service/platform.h"
#include "service/report_rows.h"

namespace lindung::service {

inline constexpr std::size_t surveillance_days = 30;  // that a day is held against

// Days from `first` to `last`; a cell that never had a report is not there. Privacy: small counts, for health offices.
struct Counts {
  Day first;
  Day last;
  std::map<Cell, std::vector<std::uint64_t>> series;
};
// Of districts ("3174"). Errors: invalid_argument for more than 400 days.
[[nodiscard]] Result<Counts> read_counts(const Platform& platform, Day first, Day last);
// Districts added up to provinces ("31").
[[nodiscard]] Counts by_province(const Counts& counts);

struct Alarm {
  std::string place;  // "3174" or "31"
  domain::Syndrome syndrome{};
  std::string_view method;  // "C1", "C2", "C3", "CUSUM"
  double value{};
  std::uint64_t count{};  // of that day
};
// Of one day, by its days before; of districts and of provinces.
[[nodiscard]] Result<std::vector<Alarm>> find_alarms(const Platform& platform, Day day);

// The privacy budget: at most this much for one day's figures, and for those of any 30 days together.
inline constexpr std::uint64_t most_epsilon_milli_a_day = 1'000;
inline constexpr std::uint64_t most_epsilon_milli_a_month = 15'000;
inline constexpr std::uint32_t budget_days = 30;

struct PublishedDay {
  Day day;
  std::uint64_t epsilon_milli{};
  Moment published_at;
  std::string body;  // JSON, as it was published: the same for ever
};
// Publishes a day that is over; of one that was published it gives what was published. In the log with the digest.
// Errors: invalid_argument for an epsilon of 0 or over the day's most, or a day that is not over or is forgotten; quota
// when the budget of the 30 days around it is spent.
[[nodiscard]] Result<PublishedDay> publish_figures(const Platform& platform, Day day, std::uint64_t epsilon_milli,
                                                   const Hash& command);
// Errors: not_found.
[[nodiscard]] Result<PublishedDay> find_figures(const Platform& platform, Day day);
// In the order of the days.
[[nodiscard]] Result<std::vector<PublishedDay>> list_figures(const Platform& platform, Day first, Day last);

}  // namespace lindung::service
