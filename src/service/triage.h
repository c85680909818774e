// Triage: a health office looks at the reports of its districts, one at a time, the most urgent first. Every look has a
// purpose and is counted; what is late goes up by itself. There is no way to see many at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/report.h"
#include "service/platform.h"
#include "service/report_offices.h"
#include "service/report_rows.h"

namespace lindung::service {

// What an officer may look for. Errors: invalid_argument for another word.
[[nodiscard]] Result<void> check_purpose(std::string_view purpose);

// Says nothing of what it is about but when it is due.
struct WaitingReport {
  ReportRef ref;
  ReportState state{};
  Moment due;
  bool is_escalated{};
};
// The most urgent one that nobody has taken. None when nothing waits.
[[nodiscard]] Result<std::optional<WaitingReport>> next_report(const Platform& platform, const OfficeId& office);

// Shows one report, counts the look and writes it into the log; from then on it is taken. Errors: not_found when it is
// not before this office; invalid_argument for the purpose.
[[nodiscard]] Result<KeptReport> take_up(const Platform& platform, const OfficeId& office, const ReportRef& ref,
                                         const std::string& purpose, const Hash& command);

// What came of it: "probable", "discarded" or "handed-over"; with a case number when it was handed over. In the log.
// Errors: not_found; conflict unless it was taken up; invalid_argument.
struct TriageDecision {
  std::string outcome;
  std::string case_number;  // 1 to 64 printable ASCII characters, or empty
};
[[nodiscard]] Result<void> decide_report(const Platform& platform, const OfficeId& office, const ReportRef& ref,
                                         const TriageDecision& decision, const Hash& command);

struct OfficeQueue {
  OfficeId office;
  std::uint64_t waiting{};
  std::uint64_t overdue{};
  std::uint64_t escalated{};
  std::uint64_t taken{};
};
[[nodiscard]] Result<std::vector<OfficeQueue>> list_due(const Platform& platform);

struct ViewCount {
  OfficeId office;
  Day day;
  std::string purpose;
  std::uint64_t views{};
};
// Newest first, of the last 30 days with any.
[[nodiscard]] Result<std::vector<ViewCount>> list_views(const Platform& platform);

// Marks what is overdue and nobody has taken, each once, and writes it into the log.
[[nodiscard]] Result<std::uint64_t> escalate_overdue(const Platform& platform);

// The sealed identity of a report that both offices open together. In the log, durably, before it is given out; who
// holds the receipt sees it from then on. Errors: not_found; denied when it was sealed for other offices than these;
// conflict for a report without consent.
[[nodiscard]] Result<domain::SealedIdentity> open_identity(const Platform& platform, const OfficeId& office,
                                                           const OfficeId& second, const ReportRef& ref,
                                                           const Hash& command);
// After both offices have opened it: tells the person, where they are a citizen that is known here, and hands the case
// over to the tracing of contacts under the case number, if there is one. Nothing of the number is kept. Returns
// whether a citizen was told. Errors: not_found; conflict unless open_identity() was called.
[[nodiscard]] Result<bool> tell_identity_opened(const Platform& platform, const OfficeId& office, const ReportRef& ref,
                                                std::string_view nik, const std::string& case_number,
                                                const Hash& command);

}  // namespace lindung::service
