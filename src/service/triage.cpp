#include "service/triage.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "domain/report.h"
#include "log/entry.h"
#include "service/contact_cases.h"
#include "service/logged_unit.h"
#include "service/notices.h"
#include "service/person_finder.h"
#include "service/platform.h"
#include "service/report_keys.h"
#include "service/report_offices.h"
#include "service/report_rows.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

constexpr std::array<std::string_view, 5> purposes{"investigation", "sampling", "contact-tracing", "follow-up",
                                                   "audit"};
constexpr std::array<std::string_view, 3> outcomes{"probable", "discarded", "handed-over"};
constexpr std::size_t case_number_max = 64;
constexpr std::size_t ref_size = 16;
constexpr std::int64_t views_listed = 30;

bool is_case_number(std::string_view text) {
  return text.size() <= case_number_max && std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

struct Task {
  OfficeId office;
  ReportRef ref;
  Day day;
};

// What is not decided.
Result<std::vector<Task>> read_tasks(store::Transaction& transaction) {
  std::vector<Task> tasks;
  TRYV(transaction.run(store::Sql{"SELECT office_id, idx, day FROM report_task WHERE state <> $1 "
                                  "ORDER BY office_id, idx"},
                       {static_cast<std::int64_t>(ReportState::decided)}, [&](const store::Row& row) {
                         tasks.push_back({.office = OfficeId{std::string{row.text(0)}},
                                          .ref = ReportRef{take<ref_size>(row.bytes(1))},
                                          .day = {static_cast<std::uint32_t>(row.integer(2))}});
                       }));
  return tasks;
}

// A report before an office, open.
struct OpenReport {
  Day day;
  Secret<32> key;
  KeptReport report;
};

// None when its day was forgotten meanwhile, or it was withdrawn.
Result<std::optional<OpenReport>> open_task(store::Transaction& transaction, const store::KeyRing& ring,
                                            const Task& task) {
  const auto key = find_report_day_key(ring, task.day);
  if (key.has_error()) {
    if (key.error().code == Errc::sealed) return key.error();
    return std::optional<OpenReport>{};
  }
  TRY(report, find_report(transaction, key.value(), task.day, task.ref));
  if (!report) return std::optional<OpenReport>{};
  return std::optional{OpenReport{.day = task.day, .key = key.value(), .report = std::move(*report)}};
}

// One that the office may see, decided or not.
Result<OpenReport> find_at_office(store::Transaction& transaction, const store::KeyRing& ring, const OfficeId& office,
                                  const ReportRef& ref) {
  std::optional<Task> task;
  TRYV(transaction.run(store::Sql{"SELECT day FROM report_task WHERE office_id = $1 AND idx = $2"},
                       {office.value(), ref.bytes()}, [&](const store::Row& row) {
                         task = Task{.office = office, .ref = ref, .day = {static_cast<std::uint32_t>(row.integer(0))}};
                       }));
  if (!task) return fail(Errc::not_found, "no such report before this office");
  TRY(open, open_task(transaction, ring, *task));
  if (!open) return fail(Errc::not_found, "no such report before this office");
  return std::move(*open);
}

Result<void> log_act(LoggedUnit& unit, std::string_view action, const Hash& command, const KeptReport& report,
                     const ReportRef& ref) {
  TRYV(unit.log(log::OfficerEntry{.at = unit.now(),
                                  .action = std::string{action},
                                  .officer_key_digest = command,
                                  .case_digest = commitment(report, ref)}));
  return ok();
}

// Finds it, lets `act` change it, writes it back and into the log, as one unit.
using Act = std::function<Result<void>(LoggedUnit&, KeptReport&)>;
Result<void> change(const Platform& platform, const OfficeId& office, const ReportRef& ref, std::string_view action,
                    const Hash& command, const Act& act) {
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(open, find_at_office(unit.transaction(), platform.ring, office, ref));
    TRYV(act(unit, open.report));
    TRYV(put_report(unit.transaction(), open.key, open.day, ref, open.report));
    TRYV(unit.transaction().run(store::Sql{"UPDATE report_task SET state = $3 WHERE office_id = $1 AND idx = $2"},
                                {office.value(), ref.bytes(), static_cast<std::int64_t>(open.report.state)}));
    return log_act(unit, action, command, open.report, ref);
  });
}

}  // namespace

Result<void> check_purpose(std::string_view purpose) {
  if (std::ranges::find(purposes, purpose) != purposes.end()) return ok();
  return fail(Errc::invalid_argument, "purpose: investigation, sampling, contact-tracing, follow-up or audit");
}

Result<std::optional<WaitingReport>> next_report(const Platform& platform, const OfficeId& office) {
  std::optional<WaitingReport> next;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    next.reset();
    TRY(tasks, read_tasks(transaction));
    for (const auto& task : tasks) {
      if (task.office != office) continue;
      TRY(open, open_task(transaction, platform.ring, task));
      if (!open || open->report.state != ReportState::waiting) continue;
      if (next && next->due <= open->report.due) continue;
      next = WaitingReport{.ref = task.ref,
                           .state = open->report.state,
                           .due = open->report.due,
                           .is_escalated = open->report.is_escalated};
    }
    return ok();
  }));
  return next;
}

Result<KeptReport> take_up(const Platform& platform, const OfficeId& office, const ReportRef& ref,
                           const std::string& purpose, const Hash& command) {
  TRYV(check_purpose(purpose));
  KeptReport shown;
  TRYV(change(platform, office, ref, "report.viewed", command,
              [&](LoggedUnit& unit, KeptReport& report) -> Result<void> {
                if (report.state == ReportState::waiting) report.state = ReportState::taken;
                TRYV(unit.transaction().run(
                    store::Sql{"INSERT INTO report_view (office_id, day, purpose, views) VALUES ($1, $2, $3, 1) "
                               "ON CONFLICT (office_id, day, purpose) DO UPDATE SET views = report_view.views + 1"},
                    {office.value(), std::int64_t{day_of(unit.now()).number}, std::string_view{purpose}}));
                shown = report;
                return ok();
              }));
  return shown;
}

Result<void> decide_report(const Platform& platform, const OfficeId& office, const ReportRef& ref,
                           const TriageDecision& decision, const Hash& command) {
  if (std::ranges::find(outcomes, decision.outcome) == outcomes.end()) {
    return fail(Errc::invalid_argument, "outcome: probable, discarded or handed-over");
  }
  if (!is_case_number(decision.case_number) || decision.case_number.empty() == (decision.outcome == "handed-over")) {
    return fail(Errc::invalid_argument, "case number: for what is handed over, 1 to 64 printable characters");
  }
  return change(platform, office, ref, "report.decided", command, [&](LoggedUnit&, KeptReport& report) -> Result<void> {
    if (report.state != ReportState::taken) return fail(Errc::conflict, "it was not taken up, or is decided");
    report.state = ReportState::decided;
    report.outcome = decision.outcome;
    report.case_number = decision.case_number;
    return ok();
  });
}

Result<std::vector<OfficeQueue>> list_due(const Platform& platform) {
  std::map<OfficeId, OfficeQueue> queues;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    queues.clear();
    TRY(tasks, read_tasks(transaction));
    for (const auto& task : tasks) {
      TRY(open, open_task(transaction, platform.ring, task));
      if (!open) continue;
      auto& queue = queues.try_emplace(task.office, OfficeQueue{.office = task.office}).first->second;
      if (open->report.state == ReportState::taken) ++queue.taken;
      if (open->report.state != ReportState::waiting) continue;
      ++queue.waiting;
      if (open->report.due < platform.clock.now()) ++queue.overdue;
      if (open->report.is_escalated) ++queue.escalated;
    }
    return ok();
  }));
  std::vector<OfficeQueue> out;
  for (auto& [id, queue] : queues) out.push_back(std::move(queue));
  return out;
}

Result<std::vector<ViewCount>> list_views(const Platform& platform) {
  std::vector<ViewCount> views;
  const auto from = std::int64_t{day_of(platform.clock.now()).number} - views_listed;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    views.clear();
    TRYV(transaction.run(store::Sql{"SELECT office_id, day, purpose, views FROM report_view WHERE day > $1 "
                                    "ORDER BY day DESC, office_id, purpose"},
                         {from}, [&](const store::Row& row) {
                           views.push_back({.office = OfficeId{std::string{row.text(0)}},
                                            .day = {static_cast<std::uint32_t>(row.integer(1))},
                                            .purpose = std::string{row.text(2)},
                                            .views = static_cast<std::uint64_t>(row.integer(3))});
                         }));
    return ok();
  }));
  return views;
}

Result<std::uint64_t> escalate_overdue(const Platform& platform) {
  std::vector<Task> late;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    late.clear();
    TRY(tasks, read_tasks(transaction));
    for (auto& task : tasks) {
      TRY(open, open_task(transaction, platform.ring, task));
      const bool is_late = open && open->report.state == ReportState::waiting && !open->report.is_escalated &&
                           open->report.due < platform.clock.now();
      if (is_late) late.push_back(std::move(task));
    }
    return ok();
  }));
  for (const auto& task : late) {
    const auto escalated = change(platform, task.office, task.ref, "report.overdue", {},
                                  [](LoggedUnit&, KeptReport& report) -> Result<void> {
                                    report.is_escalated = true;
                                    return ok();
                                  });
    // One that was withdrawn a moment ago is no longer late.
    if (escalated.has_error() && escalated.error().code != Errc::not_found) return escalated.error();
  }
  return late.size();
}

Result<domain::SealedIdentity> open_identity(const Platform& platform, const OfficeId& office, const OfficeId& second,
                                             const ReportRef& ref, const Hash& command) {
  std::optional<domain::SealedIdentity> opened;
  TRYV(change(
      platform, office, ref, "identity.opened", command, [&](LoggedUnit& unit, KeptReport& report) -> Result<void> {
        if (!report.identity) return fail(Errc::conflict, "there is no identity: no consent was given");
        TRY(offices, read_offices(unit.transaction()));
        const auto is_of = [&](const OfficeId& id, OfficeRole role, const domain::OfficeKeyId& key) {
          return std::ranges::any_of(
              offices, [&](const Office& each) { return each.id == id && each.role == role && each.key_id() == key; });
        };
        if (!is_of(office, OfficeRole::health, report.identity->first) ||
            !is_of(second, OfficeRole::second, report.identity->second)) {
          return fail(Errc::denied, "it is sealed for other offices than these two");
        }
        if (!report.identity_opened_at) report.identity_opened_at = unit.now();
        opened = report.identity;
        return ok();
      }));
  return *opened;
}

namespace {

constexpr std::string_view told_id =
    "Identitas Anda dalam sebuah laporan kasus suspek, yang Anda setujui untuk disertakan, telah dibuka bersama oleh "
    "dinas kesehatan dan kantor kedua.";
constexpr std::string_view told_en =
    "Your identity in a report of a suspected case, which you agreed to include, has been opened by the health office "
    "and the second office together.";

}  // namespace

Result<bool> tell_identity_opened(const Platform& platform, const OfficeId& office, const ReportRef& ref,
                                  std::string_view nik, const std::string& case_number, const Hash& command) {
  if (!is_case_number(case_number)) return fail(Errc::invalid_argument, "case number");
  TRY(number, domain::parse_nik(nik));
  std::optional<CitizenRef> citizen;
  Day onset;
  TRYV(change(
      platform, office, ref, "identity.told", command, [&](LoggedUnit& unit, KeptReport& report) -> Result<void> {
        citizen.reset();
        if (!report.identity_opened_at) return fail(Errc::conflict, "it was not opened here");
        onset = report.onset;
        if (!case_number.empty()) report.case_number = case_number;
        TRY(finder, PersonFinder::begin(unit.transaction(), platform.ring));
        TRY(person, finder.find(domain::Identity{.nik = number, .passport = {}, .local = {}, .name = {}, .birth = {}}));
        if (!person) return ok();
        citizen = person->citizen;
        return put_notice(unit.transaction(), *person, NoticeKind::report_identity_opened,
                          {.id = std::string{told_id}, .en = std::string{told_en}}, unit.now());
      }));
  if (citizen && !case_number.empty()) {
    TRYV(start_trace(platform,
                     {.citizen = *citizen, .at = start_of(onset), .case_number = case_number, .command = command}));
  }
  return citizen.has_value();
}

}  // namespace lindung::service
