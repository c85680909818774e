#include "service/imports.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "domain/fhir.h"
#include "domain/import.h"
#include "domain/issuer.h"
#include "log/entry.h"
#include "service/import_receipt.h"
#include "service/issuers.h"
#include "service/logged_unit.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/timeline_writer.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::size_t part_rows = 2'000;

Result<void> write_person(store::Transaction& transaction, const Platform& platform, TimelineWriter& timelines,
                          const domain::PersonRecords& incoming, Moment now) {
  TRY(person, find_or_add_person(transaction, platform.ring, incoming.person, now));
  for (const auto& record : incoming.records) {
    TRYV(put_record(transaction, person, record));
  }
  return timelines.write(transaction, person, now);
}

Result<void> write_receipt(const Platform& platform, const SignedImport& import, const Hash& content,
                           ImportReceipt& receipt) {
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    const ImportName name{.issuer = import.issuer, .import_id = import.import_id, .content = content};
    TRY(before, find_receipt(unit.transaction(), platform.ring, name));
    if (before) {  // somebody else finished the same import meanwhile
      receipt = std::move(*before);
      return ok();
    }
    const auto& balance = receipt.balance;
    TRY(index, unit.log(log::ImportEntry{.at = unit.now(),
                                         .issuer = import.issuer,
                                         .import_id_digest = crypto::sha256(as_bytes(import.import_id)),
                                         .rows = balance.rows_in,
                                         .accepted = balance.accepted,
                                         .rejected = balance.rejected,
                                         .quarantined = balance.quarantined}));
    receipt.log_index = index;
    return put_receipt(unit.transaction(), platform.ring, name, receipt, unit.now());
  });
}

}  // namespace

Result<ImportReceipt> import_records(const Platform& platform, const SignedImport& import,
                                     const ImportProgress& progress) {
  const auto now = platform.clock.now();
  const auto content = domain::content_digest(import.files);
  std::optional<ImportReceipt> known;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(issuer, find_issuer(transaction, import.issuer));
    TRY(key, domain::verify_import(issuer, import.import_id, content, import.signature, now));
    TRY(receipt, find_receipt(transaction, platform.ring,
                              {.issuer = import.issuer, .import_id = import.import_id, .content = content}));
    known = std::move(receipt);
    return ok();
  }));
  if (known) return std::move(*known);

  ImportReceipt receipt;
  TimelineWriter timelines{platform.ring};
  std::vector<domain::fhir::File> files;
  for (const auto& file : import.files) files.push_back({.bytes = file});
  const auto take_part = [&](domain::ReadBatch&& part) -> Result<void> {
    // All imports take people in one order: two that share some wait for each other, and do not deadlock.
    std::ranges::sort(part.people, {}, [](const auto& each) { return domain::index_key(each.person); });
    TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
      TRYV(timelines.begin(transaction));
      for (const auto& person : part.people) {
        TRYV(write_person(transaction, platform, timelines, person, now));
      }
      for (const auto& row : part.quarantined) {
        TRYV(put_quarantined(transaction, platform.ring, import.issuer, import.import_id, row));
      }
      return ok();
    }));
    receipt.add(part);
    if (progress) progress(receipt.balance.rows_in);
    return ok();
  };
  const domain::ImportContext context{.issuer = import.issuer, .import_id = import.import_id, .now = now};
  TRY(balance, domain::fhir::read(files, context, part_rows, take_part));
  if (!balance.holds() || !(balance == receipt.balance))
    return fail(Errc::corrupt, "the balance of the import does not hold");
  TRYV(write_receipt(platform, import, content, receipt));
  return receipt;
}

}  // namespace lindung::service
