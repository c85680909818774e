// How a report comes into the counts of its day, and when a reporter's own counts say that it should not.
#pragma once

#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "domain/syndrome.h"
#include "service/report_rows.h"
#include "service/reporters.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// A day whose key is there.
struct OpenReportDay {
  Day day;
  Secret<32> key;
};

[[nodiscard]] Result<void> ensure_report_tables(store::Transaction& transaction, Day day);

// Into the cells of the day that it arrived on, at most domain::cells_a_report of them, and before its office.
[[nodiscard]] Result<void> let_report_count(store::Transaction& transaction, const OpenReportDay& at,
                                            const ReportRef& ref, KeptReport& kept,
                                            const std::vector<domain::Syndrome>& syndromes);

// Whether today's counts, this report among them, are far over what this reporter sent on its days before. `cells` are
// those of this report; limits that were looked up are left in `counts`.
[[nodiscard]] Result<bool> is_flood(store::Transaction& transaction, const store::KeyRing& ring,
                                    const ReporterId& reporter, Day today, ReporterDay& counts,
                                    const std::vector<Cell>& cells);

}  // namespace lindung::service
