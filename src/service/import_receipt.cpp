#include "service/import_receipt.h"

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
#include "service/batches.h"
#include "service/row_list.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;

std::string key_of(const ImportName& name) { return name.issuer.value() + "/" + name.import_id; }

store::RowAddress address(std::string_view key) {
  return {.table = "import", .primary_key = as_bytes(key), .version = row_version};
}

Bytes encode(const ImportReceipt& receipt) {
  const auto names = names_in(receipt.rejected, receipt.quarantined);
  codec::CborWriter out;
  out.array(4).uint(1);
  write_reasons(out, names);
  write_rows(out, receipt.rejected, names);
  write_rows(out, receipt.quarantined, names);
  return std::move(out).take();
}

Result<void> decode(BytesView plain, ImportReceipt& receipt) {
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != 4 || version != 1) return fail(Errc::corrupt, "receipt: version");
  TRY(reasons, read_reasons(in));
  TRY(rejected, read_rows(in, reasons, max_named_rows));
  TRY(quarantined, read_rows(in, reasons, max_named_rows));
  TRYV(in.end());
  receipt.rejected = std::move(rejected);
  receipt.quarantined = std::move(quarantined);
  return ok();
}

}  // namespace

void ImportReceipt::add(const PartOutcome& part, const RowList& rejected_rows) {
  balance += part.balance;
  const auto name_rows = [this](RowList& named, const RowList& rows) {
    for (const auto& row : rows) {
      if (rejected.size() + quarantined.size() < max_named_rows) named.push_back(row);
    }
  };
  name_rows(rejected, rejected_rows);
  name_rows(quarantined, part.quarantined);
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
