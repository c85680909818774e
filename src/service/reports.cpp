#include "service/reports.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "domain/figures.h"
#include "domain/report.h"
#include "domain/syndrome.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "service/report_counting.h"
#include "service/report_keys.h"
#include "service/report_offices.h"
#include "service/report_rows.h"
#include "service/reporters.h"
#include "store/database.h"

namespace lindung::service {

namespace {

using domain::Report;
using domain::ReportAnswer;
using domain::ReportOperation;
using domain::ReportOutcome;
using domain::ReportStage;

constexpr std::uint64_t minute_s = 60;
constexpr std::uint64_t day_s = 86'400;

// To the hour: when one person was heard says nothing in public.
Moment logged_at(Moment now) { return start_of(hour_of(now)); }

Result<void> log_report(LoggedUnit& unit, const ReporterKey& key, std::string_view action, const Hash& about) {
  TRYV(unit.log(log::OfficerEntry{.at = logged_at(unit.now()),
                                  .action = std::string{action},
                                  .officer_key_digest = crypto::sha256(key.key.bytes()),
                                  .case_digest = about}));
  return ok();
}

Result<ReporterKey> check_sender(store::Transaction& transaction, const ReportSender& sender) {
  TRY(key, find_reporter_key(transaction, sender.key));
  if (!key) return fail(Errc::bad_signature, "signature");
  if (key->state == ReporterState::cut) return fail(Errc::partner_cut);
  if (key->state == ReporterState::suspended) return fail(Errc::partner_suspended);
  return std::move(*key);
}

ReportStage stage_of(ReportState state) noexcept {
  switch (state) {
    case ReportState::waiting:
    case ReportState::held:
    case ReportState::refused: return ReportStage::received;
    case ReportState::taken: return ReportStage::looked_at;
    case ReportState::decided: return ReportStage::decided;
    case ReportState::withdrawn: break;
  }
  return ReportStage::withdrawn;
}

// Errors: quota.
Result<void> use_quota(LoggedUnit& unit, const ReporterKey& key, const ReporterDay& today) {
  const auto now_s = unix_seconds(unit.now());
  if (today.reports >= key.limits.per_day) {
    return Error{.code = Errc::quota, .detail = "reports a day", .number = day_s - now_s % day_s};
  }
  const auto minute = static_cast<std::int64_t>(now_s / minute_s);
  std::uint64_t used = 0;
  TRYV(unit.transaction().run(store::Sql{"SELECT used FROM reporter_rate WHERE reporter_id = $1 AND minute = $2"},
                              {key.reporter.value(), minute},
                              [&](const store::Row& row) { used = static_cast<std::uint64_t>(row.integer(0)); }));
  if (used >= key.limits.per_minute) {
    return Error{.code = Errc::quota, .detail = "reports a minute", .number = minute_s - now_s % minute_s};
  }
  TRYV(unit.transaction().run(store::Sql{"INSERT INTO reporter_rate (reporter_id, minute, used) VALUES ($1, $2, $3) "
                                         "ON CONFLICT (reporter_id) DO UPDATE SET minute = excluded.minute, "
                                         "used = excluded.used"},
                              {key.reporter.value(), minute, static_cast<std::int64_t>(used + 1)}));
  return ok();
}

Moment due_of(const std::vector<domain::Syndrome>& syndromes, Moment now) {
  auto soonest = std::chrono::hours::max();
  for (const auto each : syndromes) soonest = std::min(soonest, domain::info_of(each).deadline);
  return now + soonest;
}

// The same report again, of today or, around midnight, of yesterday.
Result<std::optional<ReportAnswer>> find_again(store::Transaction& transaction, const OpenReportDay& at,
                                               const ReporterId& reporter, const ReportSender& sender,
                                               const Report& report) {
  TRYV(ensure_report_tables(transaction, at.day));
  const auto receipt = make_receipt(at.key, at.day, reporter, report.id);
  TRY(kept, find_report(transaction, at.key, at.day, ref_of(receipt)));
  if (!kept) return std::optional<ReportAnswer>{};
  if (kept->content != sender.content) return fail(Errc::replay_conflict, "another report under this id");
  return std::optional{ReportAnswer{.outcome = ReportOutcome::duplicate,
                                    .stage = stage_of(kept->state),
                                    .receipt = receipt,
                                    .identity_opened_at = kept->identity_opened_at}};
}

Result<ReportAnswer> create(LoggedUnit& unit, const Platform& platform, const ReportSender& sender,
                            const Report& report, const OpenReportDay& today,
                            const std::optional<OpenReportDay>& yesterday) {
  auto& transaction = unit.transaction();
  TRY(key, check_sender(transaction, sender));
  for (const auto* day : {&today, yesterday ? &*yesterday : nullptr}) {
    if (day == nullptr) continue;
    TRY(again, find_again(transaction, *day, key.reporter, sender, report));
    if (again) return *again;
  }
  if (!key.scope.covers(report)) return fail(Errc::malformed, "scope: not what this key may report");
  TRY(counts, read_reporter_day(transaction, today.key, today.day, key.reporter));
  TRYV(use_quota(unit, key, counts));
  const auto syndromes = domain::syndromes_of(report);
  std::vector<Cell> cells;
  ++counts.reports;
  for (const auto syndrome : syndromes) {
    cells.emplace_back(report.district, syndrome);
    ++counts.cells[cells.back()];
  }
  TRY(is_held, is_flood(transaction, platform.ring, key.reporter, today.day, counts, cells));
  if (is_held) {
    ++counts.held;
    for (const auto& cell : cells) --counts.cells[cell];  // or a flood would raise the limits of the days after it
  }
  TRYV(put_reporter_day(transaction, today.key, today.day, key.reporter, counts));

  TRY(offices, read_offices(transaction));
  const auto receipt = make_receipt(today.key, today.day, key.reporter, report.id);
  const auto ref = ref_of(receipt);
  KeptReport kept{.state = is_held ? ReportState::held : ReportState::waiting,
                  .reporter = key.reporter,
                  .content = sender.content,
                  .at = unit.now(),
                  .onset = report.onset,
                  .age = report.age,
                  .district = report.district,
                  .codes = report.codes,
                  .identity = report.identity,
                  .counted = {},
                  .office = office_of(offices, report.district),
                  .due = due_of(syndromes, unit.now()),
                  .outcome = {},
                  .case_number = {},
                  .identity_opened_at = {},
                  .salt = crypto::random_bytes<32>()};
  if (!is_held) {
    TRYV(let_report_count(transaction, today, ref, kept, syndromes));
  }
  TRYV(put_report(transaction, today.key, today.day, ref, kept));
  // One action for both: the public log does not tell a forger either.
  TRYV(log_report(unit, key, "report.accepted", commitment(kept, ref)));
  return ReportAnswer{
      .outcome = ReportOutcome::accepted, .stage = ReportStage::received, .receipt = receipt, .identity_opened_at = {}};
}

Result<void> add_to(LoggedUnit& unit, const Report& report, KeptReport& kept, const OpenReportDay& today,
                    const ReporterKey& key) {
  for (const auto& code : report.codes) {
    if (std::ranges::find(kept.codes, code) == kept.codes.end()) kept.codes.push_back(code);
  }
  if (kept.codes.size() > domain::report_codes_max) return fail(Errc::malformed, "codes: more than eight");
  auto whole = report;
  whole.district = kept.district;
  if (!key.scope.covers(whole)) return fail(Errc::malformed, "scope: not what this key may report");
  if (report.identity) kept.identity = report.identity;
  if (kept.state == ReportState::held) return ok();  // it counts as a whole, or not at all
  for (const auto syndrome : domain::syndromes_of(report)) {
    const bool is_counted = std::ranges::any_of(kept.counted, [&](const auto& each) { return each.first == syndrome; });
    if (is_counted || kept.counted.size() == domain::cells_a_report) continue;
    TRYV(count_report(unit.transaction(), today.key, today.day, {kept.district, syndrome}, 1));
    kept.counted.emplace_back(syndrome, today.day);
  }
  return ok();
}

// Nothing of it stays but that it was there.
Result<void> take_back(LoggedUnit& unit, const Platform& platform, KeptReport& kept, const ReportRef& ref) {
  for (const auto& [syndrome, day] : kept.counted) {
    TRY(key, find_report_day_key(platform.ring, day));
    TRYV(count_report(unit.transaction(), key, day, {kept.district, syndrome}, -1));
  }
  TRYV(unit.transaction().run(store::Sql{"DELETE FROM report_task WHERE office_id = $1 AND idx = $2"},
                              {kept.office.value(), ref.bytes()}));
  if (kept.state == ReportState::held) {
    const auto day = day_of(kept.at);
    TRY(key, find_report_day_key(platform.ring, day));
    TRY(counts, read_reporter_day(unit.transaction(), key, day, kept.reporter));
    counts.held -= std::min<std::uint64_t>(counts.held, 1);
    TRYV(put_reporter_day(unit.transaction(), key, day, kept.reporter, counts));
  }
  kept.state = ReportState::withdrawn;
  kept.counted.clear();
  kept.codes.clear();
  kept.identity.reset();
  kept.district.clear();
  kept.onset = {};
  kept.age = domain::AgeBand::unknown;
  return ok();
}

Result<ReportAnswer> follow_up(LoggedUnit& unit, const Platform& platform, const ReportSender& sender,
                               const Report& report, const OpenReportDay& at, const OpenReportDay& today) {
  auto& transaction = unit.transaction();
  TRY(key, check_sender(transaction, sender));
  TRYV(ensure_report_tables(transaction, at.day));
  TRYV(ensure_report_tables(transaction, today.day));
  const auto ref = ref_of(report.receipt);
  TRY(found, find_report(transaction, at.key, at.day, ref));
  ReportAnswer answer{
      .outcome = ReportOutcome::unknown, .stage = {}, .receipt = report.receipt, .identity_opened_at = {}};
  if (!found) return answer;
  auto& kept = *found;
  answer.identity_opened_at = kept.identity_opened_at;
  if (kept.state == ReportState::withdrawn || report.operation == ReportOperation::status) {
    answer.outcome = report.operation == ReportOperation::withdraw ? ReportOutcome::withdrawn : ReportOutcome::shown;
    answer.stage = stage_of(kept.state);
    return answer;
  }
  if (report.operation == ReportOperation::add) {
    TRYV(add_to(unit, report, kept, today, key));
    answer.outcome = ReportOutcome::added;
  } else {
    TRYV(take_back(unit, platform, kept, ref));
    answer.outcome = ReportOutcome::withdrawn;
  }
  answer.stage = stage_of(kept.state);
  TRYV(put_report(transaction, at.key, at.day, ref, kept));
  TRYV(log_report(unit, key, report.operation == ReportOperation::add ? "report.added-to" : "report.withdrawn",
                  commitment(kept, ref)));
  return answer;
}

}  // namespace

Result<ReportAnswer> take_report(const Platform& platform, const ReportSender& sender, const Report& report) {
  const auto day = day_of(platform.clock.now());
  TRY(today_key, report_day_key(platform.ring, day));
  const OpenReportDay today{.day = day, .key = today_key};
  std::optional<OpenReportDay> other;  // yesterday, or the day of the receipt
  const Day other_day =
      report.operation == ReportOperation::create ? Day{day.number - 1} : domain::receipt_day(report.receipt);
  if (const auto key = find_report_day_key(platform.ring, other_day); key.has_value()) {
    other = OpenReportDay{.day = other_day, .key = key.value()};
  } else if (key.error().code == Errc::sealed) {
    return key.error();
  }
  ReportAnswer answer{
      .outcome = ReportOutcome::unknown, .stage = {}, .receipt = report.receipt, .identity_opened_at = {}};
  if (report.operation != ReportOperation::create && !other) return answer;  // of no day, or of a forgotten one
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(made, report.operation == ReportOperation::create ? create(unit, platform, sender, report, today, other)
                                                          : follow_up(unit, platform, sender, report, *other, today));
    answer = made;
    return ok();
  }));
  return answer;
}

}  // namespace lindung::service
