#include "service/nik_repair.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/guard.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "domain/record.h"
#include "domain/rule_set.h"
#include "log/entry.h"
#include "service/batches.h"
#include "service/certificate_revocation.h"
#include "service/contact_cases.h"
#include "service/logged_unit.h"
#include "service/notices.h"
#include "service/person_finder.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/timeline_writer.h"
#include "store/database.h"

namespace lindung::service {

namespace {

const domain::Text corrected_text{
    .id =
        "Nomor identitas pada sebuah catatan kesehatan keliru dan telah diperbaiki. Catatan Anda kini benar, dan "
        "status "
        "Anda dihitung ulang.",
    .en =
        "The identity number on a health record was mistyped and has been put right. Your records are right now, and "
        "your status was worked out again."};

domain::Identity identity_of(const domain::Nik& nik) {
  return {.nik = nik, .passport = {}, .local = {}, .name = {}, .birth = {}};
}

bool goes_with(const domain::PartialDate& birth, const domain::Nik& nik, Moment now) {
  const auto date = nik.birth_date(now);
  return birth == domain::PartialDate{.year = static_cast<int>(date.year()),
                                      .month = static_cast<unsigned>(date.month()),
                                      .day = static_cast<unsigned>(date.day())};
}

struct Split {
  std::vector<domain::Record> moved;
  std::vector<domain::Record> left;
};

Split split(std::vector<domain::Record> records, const domain::BatchId& batch) {
  Split parts;
  for (auto& record : records) {
    (record.batch == batch ? parts.moved : parts.left).push_back(std::move(record));
  }
  return parts;
}

// What is known of somebody whom only the mistaken import described is not theirs.
Result<void> clear_wrong(store::Transaction& transaction, const OpenPerson& wrong,
                         const std::vector<domain::Record>& left) {
  if (!left.empty()) return ok();
  TRY(kept, read_identity(transaction, wrong));
  kept.name.clear();
  kept.birth.reset();
  return put_identity(transaction, wrong, kept);
}

}  // namespace

Result<RepairReport> repair_nik(const Platform& platform, const NikRepair& repair, const Hash& command) {
  if (repair.wrong == repair.right) return fail(Errc::invalid_argument, "both numbers are one");
  if (!goes_with(repair.birth, repair.right, platform.clock.now())) {
    return fail(Errc::invalid_argument, "the birth date does not go with the right number");
  }
  RepairReport report;
  TimelineWriter timelines{platform.ring};
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    report = {};
    TRYV(timelines.begin(transaction));
    const auto batch = domain::batch_id(repair.issuer, repair.import_id);
    TRY(finder, PersonFinder::begin(transaction, platform.ring));
    TRY(wrong, finder.find(identity_of(repair.wrong)));
    if (!wrong) return fail(Errc::not_found, "nobody is known by the wrong number");
    TRY(wrong_records, read_records(transaction, *wrong));
    auto parts = split(std::move(wrong_records), batch);
    if (parts.moved.empty()) return fail(Errc::not_found, "the wrong number has no record of this import that counts");
    TRY(told, read_identity(transaction, *wrong));
    auto meant = identity_of(repair.right);
    meant.birth = repair.birth;
    if (parts.left.empty()) meant.name = told.name;
    TRY(known, finder.find(meant));
    std::vector<domain::Record> right_records;
    if (known) {
      TRY(kept, read_identity(transaction, *known));
      if (kept.birth && domain::contradicts(repair.birth, *kept.birth)) {
        return fail(Errc::conflict, "the person known by the right number was born on another day");
      }
      TRYV(finder.tell(*known, kept, meant));
      TRY(records, read_records(transaction, *known));
      right_records = std::move(records);
      report.is_known_person = true;
    } else {
      TRY(added, finder.add(meant, unit.now()));
      known = std::move(added.person);
    }
    for (const auto& record : parts.moved) {
      TRYV(end_record(transaction, *wrong, record.id, timelines.position()));
      TRYV(withdraw_if_confirmed(transaction, platform.ring, wrong->citizen, record, unit.now()));
      auto moved = record;
      moved.id = domain::record_id(batch, "repaired " + codec::hex(record.id.bytes()));
      TRYV(put_record(transaction, *known, moved, timelines.position()));
      TRYV(queue_if_confirmed(transaction, platform.ring, known->citizen, moved, unit.now()));
      right_records.push_back(std::move(moved));
    }
    report.records = parts.moved.size();
    TRYV(revoke_unfounded(unit, platform, *wrong));
    TRYV(clear_wrong(transaction, *wrong, parts.left));
    TRYV(timelines.write(transaction, *wrong, parts.left, unit.now()));
    TRYV(timelines.write(transaction, *known, right_records, unit.now()));
    for (const auto* person : {&*wrong, &*known}) {
      TRYV(put_notice(transaction, *person, NoticeKind::records_corrected, corrected_text, unit.now()));
    }
    TRYV(add_to_batch(transaction, platform.ring, batch, known->citizen));
    TRYV(unit.log(log::OfficerEntry{
        .at = unit.now(), .action = "nik-repaired", .officer_key_digest = {}, .case_digest = command}));
    return ok();
  }));
  return report;
}

}  // namespace lindung::service
