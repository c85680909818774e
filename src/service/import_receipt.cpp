#include "service/import_receipt.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::size_t fields_a_row = 4;

std::string key_of(const ImportName& name) { return name.issuer.value() + "/" + name.import_id; }

store::RowAddress address(std::string_view key) {
  return {.table = "import", .primary_key = as_bytes(key), .version = row_version};
}

using Rows = std::vector<domain::Rejected>;

// Reasons are written by their names, once: their numbers are this program's own.
void write_rows(codec::CborWriter& out, const Rows& rows, const std::vector<std::string_view>& names) {
  out.array(rows.size() * fields_a_row);
  for (const auto& row : rows) {
    const auto name = std::ranges::find(names, domain::name_of(row.reason));
    out.uint(row.place.file)
        .uint(row.place.line)
        .text(row.place.pointer)
        .uint(static_cast<std::uint64_t>(name - names.begin()));
  }
}

Bytes encode(const ImportReceipt& receipt) {
  std::vector<std::string_view> names;
  for (const auto* rows : {&receipt.rejected, &receipt.quarantined}) {
    for (const auto& row : *rows) {
      const auto name = domain::name_of(row.reason);
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  }
  codec::CborWriter out;
  out.array(4).uint(1).array(names.size());
  for (const auto name : names) out.text(name);
  write_rows(out, receipt.rejected, names);
  write_rows(out, receipt.quarantined, names);
  return std::move(out).take();
}

Result<std::vector<domain::Reason>> read_reasons(codec::CborReader& in) {
  TRY(count, in.array());
  if (count > domain::reason_names.size()) return fail(Errc::corrupt, "receipt: reasons");
  std::vector<domain::Reason> reasons;
  for (std::uint64_t i = 0; i < count; ++i) {
    TRY(name, in.text());
    const auto* const known = std::ranges::find(domain::reason_names, name);
    if (known == domain::reason_names.end()) return fail(Errc::corrupt, "receipt: a reason of another program");
    reasons.push_back(static_cast<domain::Reason>(known - domain::reason_names.begin()));
  }
  return reasons;
}

Result<Rows> read_rows(codec::CborReader& in, const std::vector<domain::Reason>& reasons) {
  TRY(items, in.array());
  if (items % fields_a_row != 0 || items > max_named_rows * fields_a_row) return fail(Errc::corrupt, "receipt: rows");
  Rows rows;
  rows.reserve(items / fields_a_row);
  for (std::uint64_t i = 0; i < items; i += fields_a_row) {
    TRY(file, in.uint());
    TRY(line, in.uint());
    TRY(pointer, in.text());
    TRY(reason, in.uint());
    if (reason >= reasons.size()) return fail(Errc::corrupt, "receipt: reason");
    rows.push_back({.place = {.file = file, .line = line, .pointer = std::string{pointer}}, .reason = reasons[reason]});
  }
  return rows;
}

Result<void> decode(BytesView plain, ImportReceipt& receipt) {
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != 4 || version != 1) return fail(Errc::corrupt, "receipt: version");
  TRY(reasons, read_reasons(in));
  TRY(rejected, read_rows(in, reasons));
  TRY(quarantined, read_rows(in, reasons));
  TRYV(in.end());
  receipt.rejected = std::move(rejected);
  receipt.quarantined = std::move(quarantined);
  return ok();
}

}  // namespace

void ImportReceipt::add(const domain::ReadBatch& part) {
  balance += part.balance;
  const auto has_room = [this] { return rejected.size() + quarantined.size() < max_named_rows; };
  for (const auto& row : part.rejected) {
    if (has_room()) rejected.push_back(row);
  }
  for (const auto& row : part.quarantined) {
    if (has_room()) quarantined.push_back({.place = row.place, .reason = row.reason});
  }
}

Result<std::optional<ImportReceipt>> find_receipt(store::Transaction& transaction, const store::KeyRing& ring,
                                                  const ImportName& name) {
  std::optional<ImportReceipt> receipt;
  bool is_other = false;
  Bytes sealed;
  TRYV(transaction.run(
      store::Sql{"SELECT content_digest, rows_in, accepted, rejected, quarantined, log_index, sealed FROM import "
                 "WHERE issuer_id = $1 AND import_id = $2"},
      {name.issuer.value(), std::string_view{name.import_id}}, [&](const store::Row& row) {
        const auto number = [&](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
        is_other = !equal_secret(row.bytes(0), name.content);
        receipt = ImportReceipt{
            .balance = {.rows_in = number(1), .accepted = number(2), .rejected = number(3), .quarantined = number(4)},
            .rejected = {},
            .quarantined = {},
            .log_index = number(5),
            .is_repeated = true};
        sealed = to_bytes(row.bytes(6));
      }));
  if (is_other) return fail(Errc::conflict, "this import id was used for other content");
  if (!receipt) return receipt;
  const auto key = key_of(name);
  TRY(plain, store::RowSealer{ring}.open(address(key), sealed));
  TRYV(decode(plain, *receipt));
  return receipt;
}

Result<void> put_receipt(store::Transaction& transaction, const store::KeyRing& ring, const ImportName& name,
                         const ImportReceipt& receipt, Moment now) {
  const auto key = key_of(name);
  TRY(sealed, store::RowSealer{ring}.seal(address(key), encode(receipt)));
  const auto& balance = receipt.balance;
  TRYV(transaction.run(
      store::Sql{"INSERT INTO import (issuer_id, import_id, content_digest, at, rows_in, accepted, rejected, "
                 "quarantined, log_index, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"},
      {name.issuer.value(), std::string_view{name.import_id}, BytesView{name.content},
       static_cast<std::int64_t>(unix_seconds(now)), static_cast<std::int64_t>(balance.rows_in),
       static_cast<std::int64_t>(balance.accepted), static_cast<std::int64_t>(balance.rejected),
       static_cast<std::int64_t>(balance.quarantined), static_cast<std::int64_t>(receipt.log_index),
       BytesView{sealed}}));
  return ok();
}

}  // namespace lindung::service
