#include "service/imports.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "domain/fhir.h"
#include "domain/import.h"
#include "domain/issuer.h"
#include "log/entry.h"
#include "service/issuers.h"
#include "service/logged_unit.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/timeline_writer.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::size_t part_rows = 2'000;

Result<std::optional<ImportReceipt>> find_receipt(store::Transaction& transaction, const SignedImport& import,
                                                  const Hash& content) {
  std::optional<ImportReceipt> receipt;
  bool is_other = false;
  TRYV(transaction.run(
      store::Sql{"SELECT content_digest, rows_in, accepted, rejected, quarantined, log_index FROM import "
                 "WHERE issuer_id = $1 AND import_id = $2"},
      {import.issuer.value(), std::string_view{import.import_id}}, [&](const store::Row& row) {
        const auto number = [&](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
        is_other = !equal_secret(row.bytes(0), content);
        receipt = ImportReceipt{
            .balance = {.rows_in = number(1), .accepted = number(2), .rejected = number(3), .quarantined = number(4)},
            .rejected = {},
            .log_index = number(5),
            .is_repeated = true};
      }));
  if (is_other) return fail(Errc::conflict, "this import id was used for other content");
  return receipt;
}

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
    TRY(before, find_receipt(unit.transaction(), import, content));
    if (before) {  // somebody else finished the same import meanwhile
      receipt.log_index = before->log_index;
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
    TRYV(unit.transaction().run(
        store::Sql{"INSERT INTO import (issuer_id, import_id, content_digest, at, rows_in, accepted, rejected, "
                   "quarantined, log_index, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"},
        {import.issuer.value(), std::string_view{import.import_id}, BytesView{content},
         static_cast<std::int64_t>(unix_seconds(unit.now())), static_cast<std::int64_t>(balance.rows_in),
         static_cast<std::int64_t>(balance.accepted), static_cast<std::int64_t>(balance.rejected),
         static_cast<std::int64_t>(balance.quarantined), static_cast<std::int64_t>(index), BytesView{}}));
    receipt.log_index = index;
    return ok();
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
    TRY(receipt, find_receipt(transaction, import, content));
    known = std::move(receipt);
    return ok();
  }));
  if (known) return std::move(*known);

  ImportReceipt receipt;
  TimelineWriter timelines{platform.ring};
  std::vector<domain::fhir::File> files;
  for (const auto& file : import.files) files.push_back({.bytes = file});
  const auto take_part = [&](domain::ReadBatch&& part) -> Result<void> {
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
    receipt.balance += part.balance;
    receipt.rejected.insert(receipt.rejected.end(), std::make_move_iterator(part.rejected.begin()),
                            std::make_move_iterator(part.rejected.end()));
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
