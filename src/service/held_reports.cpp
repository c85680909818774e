#include "service/held_reports.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "domain/report.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "service/report_counting.h"
#include "service/report_keys.h"
#include "service/report_rows.h"
#include "service/reporters.h"
#include "store/database.h"

namespace lindung::service {

Result<std::vector<HeldReports>> list_held_reports(const Platform& platform) {
  std::vector<HeldReports> held;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    held.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT reporter_id, day, held FROM reporter_day WHERE held > 0 ORDER BY day, reporter_id"}, {},
        [&](const store::Row& row) {
          held.push_back({.reporter = ReporterId{std::string{row.text(0)}},
                          .day = {static_cast<std::uint32_t>(row.integer(1))},
                          .reports = static_cast<std::uint64_t>(row.integer(2))});
        }));
    return ok();
  }));
  return held;
}

namespace {

Result<std::uint64_t> decide_held(const Platform& platform, const ReporterId& reporter, Day day, const Hash& command,
                                  bool is_released) {
  TRY(key, find_report_day_key(platform.ring, day));
  const OpenReportDay at{.day = day, .key = key};
  std::uint64_t decided = 0;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    decided = 0;
    auto& transaction = unit.transaction();
    TRYV(ensure_report_tables(transaction, day));
    TRY(held, list_reports(transaction, at.key, day, ReportState::held));
    TRY(counts, read_reporter_day(transaction, at.key, day, reporter));
    for (auto& [ref, kept] : held) {
      if (kept.reporter != reporter) continue;
      ++decided;
      kept.state = is_released ? ReportState::waiting : ReportState::refused;
      if (is_released) {
        const domain::Report codes{.operation = {},
                                   .id = {},
                                   .receipt = {},
                                   .onset = {},
                                   .age = {},
                                   .district = {},
                                   .codes = kept.codes,
                                   .identity = {}};
        const auto syndromes = domain::syndromes_of(codes);
        for (const auto syndrome : syndromes) ++counts.cells[{kept.district, syndrome}];
        TRYV(let_report_count(transaction, at, ref, kept, syndromes));
      } else {
        kept.identity.reset();
      }
      TRYV(put_report(transaction, at.key, day, ref, kept));
    }
    if (decided == 0) return fail(Errc::not_found, "none of this reporter's waits there");
    counts.held = 0;
    if (!is_released) counts.reports -= std::min(counts.reports, decided);  // the reporter's past is without them
    TRYV(put_reporter_day(transaction, at.key, day, reporter, counts));
    TRYV(unit.log(log::OfficerEntry{
        .at = unit.now(),
        .action = is_released ? "reports.released" : "reports.refused",
        .officer_key_digest = command,
        .case_digest = crypto::sha256(
            Message{}.text("lindung held reports v1").u8(0).text(reporter.value()).u8(0).be(day.number).view())}));
    return ok();
  }));
  return decided;
}

}  // namespace

Result<std::uint64_t> release_held_reports(const Platform& platform, const ReporterId& reporter, Day day,
                                           const Hash& command) {
  return decide_held(platform, reporter, day, command, true);
}

Result<std::uint64_t> refuse_held_reports(const Platform& platform, const ReporterId& reporter, Day day,
                                          const Hash& command) {
  return decide_held(platform, reporter, day, command, false);
}

}  // namespace lindung::service
