#include "service/batch_undo.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/record.h"
#include "domain/rule_set.h"
#include "log/entry.h"
#include "service/batches.h"
#include "service/certificate_revocation.h"
#include "service/contact_cases.h"
#include "service/issuer_days.h"
#include "service/logged_unit.h"
#include "service/lot_use.h"
#include "service/notices.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/quarantine.h"
#include "service/timeline_writer.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::size_t citizens_a_unit = 50;

const domain::Text undone_text{
    .id =
        "Catatan kesehatan yang dikirim tentang Anda ternyata tidak sah dan telah dibatalkan. Status Anda dihitung "
        "ulang "
        "dari catatan yang lain.",
    .en =
        "Health records that were sent in about you turned out not to be valid and were taken back. Your status was "
        "worked out again from your other records."};

bool is_under_way(BatchState state) { return state == BatchState::begun || state == BatchState::done; }

Result<void> mark(LoggedUnit& unit, const Batch& batch) {
  TRYV(move_batch(unit.transaction(), batch.id, BatchState::undoing));
  return undo_quarantined(unit.transaction(), batch);
}

Result<void> log_undoing(LoggedUnit& unit, const Hash& command) {
  TRYV(unit.log(log::OfficerEntry{
      .at = unit.now(), .action = "import-undone", .officer_key_digest = {}, .case_digest = command}));
  return ok();
}

// How many records of the batch counted for this citizen. An erased citizen has none left.
Result<std::uint64_t> end_records(store::Transaction& transaction, const Platform& platform, TimelineWriter& timelines,
                                  const CitizenRef& citizen, const domain::BatchId& batch) {
  auto opened = lock_person(transaction, platform.ring, citizen);
  if (opened.has_error() && opened.error().code == Errc::not_found) return std::uint64_t{0};
  TRY(person, std::move(opened));
  TRY(records, read_records(transaction, person));
  std::vector<domain::Record> ending;
  std::ranges::copy_if(records, std::back_inserter(ending), [&](const auto& each) { return each.batch == batch; });
  std::erase_if(records, [&](const auto& each) { return each.batch == batch; });
  const std::uint64_t ended = ending.size();
  while (!ending.empty()) {
    const auto record = std::move(ending.back());
    ending.pop_back();
    TRYV(end_record(transaction, person, record.id, timelines.position()));
    TRYV(withdraw_if_confirmed(transaction, platform.ring, citizen, record, platform.clock.now()));
    if (std::ranges::find(ending, record.fact, &domain::Record::fact) == ending.end()) {
      TRYV(give_back_to_lot(transaction, record, records));
    }
  }
  if (ended != 0) {
    const auto now = platform.clock.now();
    TRYV(timelines.write(transaction, person, records, now));
    TRYV(put_notice(transaction, person, NoticeKind::records_undone, undone_text, now));
  }
  return ended;
}

// Its rows do not count towards the issuer's cap any more, nor as its past.
Result<void> close(store::Transaction& transaction, const Platform& platform, const domain::BatchId& id) {
  TRY(batch, hold_batch(transaction, id));
  if (batch.state != BatchState::undoing) return ok();  // somebody else was faster
  TRY(accepted, count_accepted(transaction, platform.ring, id));
  TRYV(add_to_issuer_day(transaction, batch.issuer, day_of(batch.begun_at), -static_cast<std::int64_t>(accepted)));
  return move_batch(transaction, id, BatchState::undone);
}

Result<void> end_batch(const Platform& platform, const domain::BatchId& batch, UndoReport& report,
                       const UndoProgress& progress) {
  std::vector<CitizenRef> citizens;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(concerned, citizens_of(transaction, batch));
    citizens = std::move(concerned);
    return ok();
  }));
  TimelineWriter timelines{platform.ring};
  for (std::size_t from = 0; from < citizens.size(); from += citizens_a_unit) {
    const auto part = std::span{citizens}.subspan(from, std::min(citizens_a_unit, citizens.size() - from));
    UndoReport done;
    TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
      done = {};
      TRYV(timelines.begin(transaction));
      for (const auto& citizen : part) {
        TRY(ended, end_records(transaction, platform, timelines, citizen, batch));
        done.records += ended;
        done.citizens += ended == 0 ? 0 : 1;
      }
      return ok();
    }));
    // Also of those whose records ended before an interruption.
    for (const auto& citizen : part) {
      TRYV(revoke_unfounded(platform, citizen));
    }
    report.records += done.records;
    report.citizens += done.citizens;
    if (progress) progress(report);
  }
  TRYV(platform.database.write([&](store::Transaction& transaction) { return close(transaction, platform, batch); }));
  ++report.batches;
  return ok();
}

Result<UndoReport> end_batches(const Platform& platform, const std::vector<domain::BatchId>& batches,
                               const UndoProgress& progress) {
  UndoReport report;
  for (const auto& batch : batches) {
    TRYV(end_batch(platform, batch, report, progress));
  }
  return report;
}

}  // namespace

Result<UndoReport> undo_batch(const Platform& platform, const IssuerId& issuer, const std::string& import_id,
                              const Hash& command, const UndoProgress& progress) {
  const auto id = domain::batch_id(issuer, import_id);
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(batch, hold_batch(unit.transaction(), id));
    if (batch.state == BatchState::undone) return fail(Errc::conflict, "this import was undone before");
    if (batch.state == BatchState::undoing) return ok();
    TRYV(mark(unit, batch));
    return log_undoing(unit, command);
  }));
  return end_batches(platform, {id}, progress);
}

Result<UndoReport> undo_signed_by(const Platform& platform, const KeyRange& range, const Hash& command,
                                  const UndoProgress& progress) {
  std::vector<domain::BatchId> ids;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    ids.clear();
    TRY(batches, list_batches(unit.transaction(), range.issuer));
    bool is_news = false;
    for (const auto& listed : batches) {
      if (listed.key != range.key || listed.begun_at < range.from || listed.begun_at >= range.to) continue;
      TRY(batch, hold_batch(unit.transaction(), listed.id));
      if (is_under_way(batch.state)) {
        TRYV(mark(unit, batch));
        is_news = true;
      }
      if (batch.state != BatchState::undone) ids.push_back(batch.id);
    }
    if (ids.empty()) return fail(Errc::not_found, "this key signed nothing in that time that is not undone");
    return is_news ? log_undoing(unit, command) : Result<void>{ok()};
  }));
  return end_batches(platform, ids, progress);
}

}  // namespace lindung::service
