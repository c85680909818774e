#include "service/report_counting.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/figures.h"
#include "domain/report_flood.h"
#include "domain/syndrome.h"
#include "service/report_keys.h"
#include "service/report_rows.h"
#include "service/reporters.h"
#include "store/database.h"
#include "store/period_table.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

// What the reporter sent on its days before today, of `part_of` each.
template <class Part>
Result<std::vector<std::uint64_t>> read_past(store::Transaction& transaction, const store::KeyRing& ring,
                                             const ReporterId& reporter, Day today, const Part& part_of) {
  std::vector<std::uint64_t> out;
  for (std::uint32_t back = 1; back <= domain::flood_past_days; ++back) {
    const Day day{today.number - back};
    const auto key = find_report_day_key(ring, day);
    if (key.has_error()) continue;  // nothing was reported on that day
    TRY(past, read_reporter_day(transaction, key.value(), day, reporter));
    if (past.reports != 0) out.push_back(part_of(past));
  }
  return out;
}

}  // namespace

Result<void> ensure_report_tables(store::Transaction& transaction, Day day) {
  TRYV(store::ensure_period(transaction, store::PeriodTable::report, day.number));
  return store::ensure_period(transaction, store::PeriodTable::report_tally, day.number);
}

// The cells of the day that it arrived on, and the office that it waits at.
Result<void> let_report_count(store::Transaction& transaction, const OpenReportDay& at, const ReportRef& ref,
                              KeptReport& kept, const std::vector<domain::Syndrome>& syndromes) {
  for (const auto syndrome : syndromes) {
    if (kept.counted.size() == domain::cells_a_report) break;  // what one report can change is bounded
    TRYV(count_report(transaction, at.key, at.day, {kept.district, syndrome}, 1));
    kept.counted.emplace_back(syndrome, at.day);
  }
  TRYV(transaction.run(store::Sql{"INSERT INTO report_task (office_id, idx, day, state) VALUES ($1, $2, $3, $4) "
                                  "ON CONFLICT (office_id, idx) DO NOTHING"},
                       {kept.office.value(), ref.bytes(), std::int64_t{day_of(kept.at).number},
                        static_cast<std::int64_t>(ReportState::waiting)}));
  return ok();
}

Result<bool> is_flood(store::Transaction& transaction, const store::KeyRing& ring, const ReporterId& reporter,
                      Day today, ReporterDay& counts, const std::vector<Cell>& cells) {
  bool is_over = false;
  if (counts.reports > domain::all_reports_flood.least) {
    if (counts.limit == 0) {
      TRY(past, read_past(transaction, ring, reporter, today,
                          [](const ReporterDay& day) { return day.reports - std::min(day.reports, day.held); }));
      counts.limit = domain::flood_limit(past, domain::all_reports_flood);
    }
    is_over = counts.reports > counts.limit;
  }
  for (const auto& cell : cells) {
    if (counts.cells[cell] <= domain::cell_flood.least) continue;
    const auto in_cell = [&](const ReporterDay& day) {
      const auto found = day.cells.find(cell);
      return found == day.cells.end() ? 0 : found->second;
    };
    if (!counts.limits.contains(cell)) {
      TRY(past, read_past(transaction, ring, reporter, today, in_cell));
      counts.limits[cell] = domain::flood_limit(past, domain::cell_flood);
    }
    is_over = is_over || counts.cells[cell] > counts.limits[cell];
  }
  return is_over;
}

}  // namespace lindung::service
