#include "service/imports.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "domain/import.h"
#include "domain/import_reader.h"
#include "domain/issuer.h"
#include "domain/record.h"
#include "log/entry.h"
#include "service/batches.h"
#include "service/contact_cases.h"
#include "service/import_guard.h"
#include "service/import_receipt.h"
#include "service/issuers.h"
#include "service/licences.h"
#include "service/logged_unit.h"
#include "service/person_finder.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/quarantine.h"
#include "service/timeline_writer.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::size_t part_rows = 250;
// Whoever asks at a door waits for the unit before theirs: one part a unit while others write, several while nobody
// does, which halves what a row costs.
constexpr std::size_t most_parts_a_unit = 8;
constexpr std::uint64_t units_of_a_quiet_time = 2;

// One import on its way through the parts.
class Import {
 public:
  Import(const Platform& platform, const SignedImport& import, const ImportProgress& progress)
      : platform_{platform}, import_{import}, progress_{progress}, timelines_{platform.ring} {}

  Result<ImportReceipt> run() {
    TRY(known, begin());
    if (known) return std::move(*known);
    const domain::ImportContext context{
        .issuer = import_.issuer, .import_id = import_.import_id, .now = batch_.begun_at};
    TRY(balance, domain::read_import(import_.files, context, batch_.part_rows,
                                     [&](domain::ReadBatch&& part) { return take(std::move(part)); }));
    TRYV(flush());
    // The guard moves rows from accepted to quarantined, and nothing else.
    const auto& counted = receipt_.balance;
    if (!counted.holds() || balance.rows_in != counted.rows_in || balance.rejected != counted.rejected) {
      return fail(Errc::corrupt, "the balance of the import does not hold");
    }
    TRYV(finish());
    return std::move(receipt_);
  }

 private:
  [[nodiscard]] ImportName name() const {
    return {.issuer = import_.issuer, .import_id = import_.import_id, .content = content_};
  }

  // The receipt of the same import before; else its batch is begun, or begun again.
  Result<std::optional<ImportReceipt>> begin() {
    content_ = domain::content_digest(import_.files);
    const auto now = platform_.clock.now();
    std::optional<ImportReceipt> known;
    std::optional<KeyId> signer;
    TRYV(platform_.database.read([&](store::Transaction& transaction) -> Result<void> {
      TRY(issuer, find_issuer(transaction, platform_.ring, import_.issuer));
      TRY(key, domain::verify_import(issuer, import_.import_id, content_, import_.signature, now));
      TRYV(check_licence(transaction, issuer.terms.licence, now));
      TRY(receipt, find_receipt(transaction, platform_.ring, name()));
      known = std::move(receipt);
      signer = std::move(key);
      issuer_ = std::move(issuer);
      return ok();
    }));
    TRYV(platform_.database.write([&](store::Transaction& transaction) -> Result<void> {
      TRY(batch, begin_batch(transaction,
                             {.id = domain::batch_id(import_.issuer, import_.import_id),
                              .issuer = import_.issuer,
                              .import_id = import_.import_id,
                              .key = *signer,
                              .content = content_,
                              .begun_at = now,
                              .part_rows = part_rows,
                              .state = known ? BatchState::done : BatchState::begun},
                             import_.signature));
      batch_ = std::move(batch);
      return ok();
    }));
    return known;
  }

  Result<void> take(domain::ReadBatch&& part) {
    waiting_.push_back({.number = parts_++, .batch = std::move(part), .outcome = {}});
    return waiting_.size() < parts_a_unit_ ? Result<void>{ok()} : flush();
  }

  // Writes the parts that wait, as one unit.
  Result<void> flush() {
    if (waiting_.empty()) return ok();
    const auto before = platform_.database.counters().units;
    TRYV(platform_.database.write([&](store::Transaction& transaction) -> Result<void> {
      for (auto& part : waiting_) {
        auto copy = part.batch;  // a unit may run more than once
        TRYV(write_part(transaction, part.number, std::move(copy), part.outcome));
      }
      return ok();
    }));
    const auto others = platform_.database.counters().units - before;
    parts_a_unit_ = others > units_of_a_quiet_time ? 1 : std::min(parts_a_unit_ * 2, most_parts_a_unit);
    for (const auto& part : waiting_) receipt_.add(part.outcome, part.batch.rejected);
    waiting_.clear();
    if (progress_) progress_(receipt_.balance.rows_in);
    return ok();
  }

  Result<void> write_part(store::Transaction& transaction, std::uint64_t number, domain::ReadBatch part,
                          PartOutcome& outcome) {
    TRY(batch, hold_batch(transaction, batch_.id));
    if (batch.state == BatchState::undoing || batch.state == BatchState::undone) {
      return fail(Errc::conflict, "this import was undone meanwhile");
    }
    TRY(is_written, find_part(transaction, platform_.ring, batch_.id, number, outcome));
    if (is_written) return ok();
    TRYV(timelines_.begin(transaction));
    TRY(guard, ImportGuard::begin(transaction, issuer_, batch_.begun_at));
    TRY(finder, PersonFinder::begin(transaction, platform_.ring));
    TRY(people, guard.screen(finder, part));
    std::vector<CitizenRef> concerned;
    concerned.reserve(people.size());
    for (auto& incoming : people) {
      TRY(citizen, write_person(transaction, finder, incoming));
      concerned.push_back(citizen);
    }
    outcome = {.balance = part.balance, .quarantined = {}};
    for (const auto& row : part.quarantined) {
      TRYV(put_quarantined(transaction, platform_.ring, batch_, row));
      outcome.quarantined.push_back({.place = row.place, .reason = row.reason});
    }
    std::ranges::sort(outcome.quarantined, {}, [](const domain::Rejected& row) {
      return std::tie(row.place.file, row.place.line, row.place.pointer);
    });
    if (!part.balance.holds()) return fail(Errc::corrupt, "the balance of a part does not hold");
    TRYV(guard.count(part.balance.accepted));
    return put_part(transaction, platform_.ring, batch_.id, number, outcome, concerned);
  }

  Result<CitizenRef> write_person(store::Transaction& transaction, PersonFinder& finder, Incoming& incoming) {
    const auto& told = incoming.told;
    bool is_new = false;
    if (incoming.person) {
      TRYV(finder.tell(*incoming.person, incoming.known, told.person));
    } else {
      TRY(added, finder.add(told.person, batch_.begun_at));
      is_new = added.is_new;
      if (!is_new) {
        TRY(records, read_records(transaction, added.person));
        incoming.records = std::move(records);
      }
      incoming.person = std::move(added.person);
    }
    const auto& person = *incoming.person;
    for (const auto& record : told.records) {
      TRYV(put_record(transaction, person, record, timelines_.position()));
      incoming.records.push_back(record);
      TRYV(queue_if_confirmed(transaction, platform_.ring, person.citizen, record, batch_.begun_at));
    }
    TRYV(is_new ? timelines_.write_first(transaction, person, incoming.records, batch_.begun_at)
                : timelines_.write(transaction, person, incoming.records, batch_.begun_at));
    return person.citizen;
  }

  Result<void> finish() {
    return write_logged(platform_.database, platform_.clock, [&](LoggedUnit& unit) -> Result<void> {
      TRY(before, find_receipt(unit.transaction(), platform_.ring, name()));
      if (before) {  // somebody else finished the same import meanwhile
        receipt_ = std::move(*before);
        return ok();
      }
      TRY(batch, hold_batch(unit.transaction(), batch_.id));
      if (batch.state != BatchState::begun) return fail(Errc::conflict, "this import was undone meanwhile");
      const auto& balance = receipt_.balance;
      TRY(index, unit.log(log::ImportEntry{.at = unit.now(),
                                           .issuer = import_.issuer,
                                           .import_id_digest = crypto::sha256(as_bytes(import_.import_id)),
                                           .rows = balance.rows_in,
                                           .accepted = balance.accepted,
                                           .rejected = balance.rejected,
                                           .quarantined = balance.quarantined}));
      receipt_.log_index = index;
      TRYV(move_batch(unit.transaction(), batch_.id, BatchState::done));
      return put_receipt(unit.transaction(), platform_.ring, name(), receipt_, unit.now());
    });
  }

  const Platform& platform_;
  const SignedImport& import_;
  const ImportProgress& progress_;
  TimelineWriter timelines_;
  domain::Issuer issuer_;
  Hash content_{};
  Batch batch_;
  struct Part {
    std::uint64_t number{};
    domain::ReadBatch batch;
    PartOutcome outcome;
  };
  std::vector<Part> waiting_;
  std::size_t parts_a_unit_{1};
  std::uint64_t parts_{};
  ImportReceipt receipt_;
};

}  // namespace

Result<ImportReceipt> import_records(const Platform& platform, const SignedImport& import,
                                     const ImportProgress& progress) {
  return Import{platform, import, progress}.run();
}

}  // namespace lindung::service
