#include "service/batches.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "crypto/random.h"
#include "domain/import.h"
#include "domain/record.h"
#include "service/row_list.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::size_t ref_size = 16;
constexpr std::size_t most_rows = 1U << 20U;  // of one part
// Parts of the files are counted from 0; who came later gets a random number behind them.
constexpr std::uint64_t first_late_part = std::uint64_t{1} << 40U;

constexpr store::Sql select_batch{
    "SELECT batch, issuer_id, import_id, key_id, content_digest, begun_at, part_rows, state FROM batch "
    "WHERE batch = $1"};
constexpr store::Sql hold_batch_row{
    "SELECT batch, issuer_id, import_id, key_id, content_digest, begun_at, part_rows, state FROM batch "
    "WHERE batch = $1 FOR UPDATE"};

std::int64_t as_int(std::uint64_t value) { return static_cast<std::int64_t>(value); }

Batch batch_of(const store::Row& row) {
  return {.id = domain::BatchId{take<16>(row.bytes(0))},
          .issuer = IssuerId{std::string{row.text(1)}},
          .import_id = std::string{row.text(2)},
          .key = KeyId{std::string{row.text(3)}},
          .content = take<32>(row.bytes(4)),
          .begun_at = moment_of(static_cast<std::uint64_t>(row.integer(5))),
          .part_rows = static_cast<std::uint64_t>(row.integer(6)),
          .state = static_cast<BatchState>(row.integer(7))};
}

ByteArray<24> part_key(const domain::BatchId& batch, std::uint64_t part) {
  ByteArray<24> key;
  std::ranges::copy(batch.value(), key.begin());
  put_be(MutableBytes{key}.subspan(ref_size), part);
  return key;
}

Bytes encode(const PartOutcome& outcome) {
  const auto names = names_in(outcome.quarantined);
  const auto& balance = outcome.balance;
  codec::CborWriter out;
  out.array(7).uint(1).uint(balance.rows_in).uint(balance.accepted).uint(balance.rejected).uint(balance.quarantined);
  write_reasons(out, names);
  write_rows(out, outcome.quarantined, names);
  return std::move(out).take();
}

Result<PartOutcome> decode(BytesView plain) {
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != 7 || version != 1) return fail(Errc::corrupt, "part: version");
  TRY(rows_in, in.uint());
  TRY(accepted, in.uint());
  TRY(rejected, in.uint());
  TRY(quarantined, in.uint());
  TRY(reasons, read_reasons(in));
  TRY(rows, read_rows(in, reasons, most_rows));
  TRYV(in.end());
  return PartOutcome{
      .balance = {.rows_in = rows_in, .accepted = accepted, .rejected = rejected, .quarantined = quarantined},
      .quarantined = std::move(rows)};
}

Result<std::optional<Batch>> find(store::Sql sql, store::Transaction& transaction, const domain::BatchId& id) {
  std::optional<Batch> found;
  TRYV(transaction.run(sql, {id.bytes()}, [&](const store::Row& row) { found = batch_of(row); }));
  return found;
}

// Its files could not be read: nothing came of it, and its id is free.
Result<bool> has_no_parts(store::Transaction& transaction, const Batch& batch) {
  if (batch.state != BatchState::begun) return false;
  TRY(parts, transaction.run(store::Sql{"SELECT part FROM batch_part WHERE batch = $1 LIMIT 1"}, {batch.id.bytes()}));
  return parts == 0;
}

}  // namespace

std::string_view name_of(BatchState state) noexcept {
  switch (state) {
    case BatchState::begun: return "begun";
    case BatchState::done: return "done";
    case BatchState::undoing: return "undoing";
    case BatchState::undone: break;
  }
  return "undone";
}

Result<Batch> begin_batch(store::Transaction& transaction, const Batch& batch, BytesView signature) {
  TRYV(transaction.run(
      store::Sql{"INSERT INTO batch (batch, issuer_id, import_id, key_id, signature, content_digest, begun_at, "
                 "part_rows, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (batch) DO NOTHING"},
      {batch.id.bytes(), batch.issuer.value(), std::string_view{batch.import_id}, batch.key.value(), signature,
       BytesView{batch.content}, as_int(unix_seconds(batch.begun_at)), as_int(batch.part_rows),
       static_cast<std::int64_t>(batch.state)}));
  TRY(known, find(select_batch, transaction, batch.id));
  if (!known) return fail(Errc::database_retry, "a batch came and went");
  if (!equal_secret(known->content, batch.content)) {
    TRY(is_empty, has_no_parts(transaction, *known));
    if (!is_empty) return fail(Errc::conflict, "this import id was used for other content");
    TRYV(transaction.run(store::Sql{"UPDATE batch SET key_id = $2, signature = $3, content_digest = $4, begun_at = $5, "
                                    "part_rows = $6 WHERE batch = $1"},
                         {batch.id.bytes(), batch.key.value(), signature, BytesView{batch.content},
                          as_int(unix_seconds(batch.begun_at)), as_int(batch.part_rows)}));
    return batch;
  }
  if (known->state == BatchState::undoing || known->state == BatchState::undone) {
    return fail(Errc::conflict, "this import was undone: send it under another id");
  }
  return std::move(*known);
}

Result<std::optional<Batch>> find_batch(store::Transaction& transaction, const domain::BatchId& id) {
  return find(select_batch, transaction, id);
}

Result<Batch> hold_batch(store::Transaction& transaction, const domain::BatchId& id) {
  TRY(held, find(transaction.engine() == store::Engine::sqlite ? select_batch : hold_batch_row, transaction, id));
  if (!held) return fail(Errc::not_found, "no such import");
  return std::move(*held);
}

Result<void> move_batch(store::Transaction& transaction, const domain::BatchId& id, BatchState state) {
  TRYV(transaction.run(store::Sql{"UPDATE batch SET state = $2 WHERE batch = $1"},
                       {id.bytes(), static_cast<std::int64_t>(state)}));
  return ok();
}

Result<std::vector<Batch>> list_batches(store::Transaction& transaction, const IssuerId& issuer) {
  std::vector<Batch> batches;
  TRYV(transaction.run(
      store::Sql{"SELECT batch, issuer_id, import_id, key_id, content_digest, begun_at, part_rows, state FROM batch "
                 "WHERE issuer_id = $1 ORDER BY begun_at DESC, import_id"},
      {issuer.value()}, [&](const store::Row& row) { batches.push_back(batch_of(row)); }));
  return batches;
}

Result<bool> find_part(store::Transaction& transaction, const store::KeyRing& ring, const domain::BatchId& batch,
                       std::uint64_t part, PartOutcome& outcome) {
  Bytes sealed;
  TRY(found,
      transaction.run(store::Sql{"SELECT sealed FROM batch_part WHERE batch = $1 AND part = $2"},
                      {batch.bytes(), as_int(part)}, [&](const store::Row& row) { sealed = to_bytes(row.bytes(0)); }));
  if (found == 0) return false;
  const auto key = part_key(batch, part);
  TRY(plain, store::RowSealer{ring}.open({.table = "batch_part", .primary_key = key, .version = row_version}, sealed));
  TRY(decoded, decode(plain));
  outcome = std::move(decoded);
  return true;
}

Result<void> put_part(store::Transaction& transaction, const store::KeyRing& ring, const domain::BatchId& batch,
                      std::uint64_t part, const PartOutcome& outcome, const std::vector<CitizenRef>& citizens) {
  const auto key = part_key(batch, part);
  TRY(sealed, store::RowSealer{ring}.seal({.table = "batch_part", .primary_key = key, .version = row_version},
                                          encode(outcome)));
  Message refs{citizens.size() * ref_size};
  for (const auto& citizen : citizens) refs.raw(citizen.bytes());
  TRYV(transaction.run(store::Sql{"INSERT INTO batch_part (batch, part, citizens, sealed) VALUES ($1, $2, $3, $4)"},
                       {batch.bytes(), as_int(part), refs.view(), BytesView{sealed}}));
  return ok();
}

Result<std::uint64_t> count_parts(store::Transaction& transaction, const domain::BatchId& batch) {
  std::uint64_t parts = 0;
  TRYV(transaction.run(store::Sql{"SELECT COUNT(*) FROM batch_part WHERE batch = $1 AND part < $2"},
                       {batch.bytes(), as_int(first_late_part)},
                       [&](const store::Row& row) { parts = static_cast<std::uint64_t>(row.integer(0)); }));
  return parts;
}

Result<std::uint64_t> count_accepted(store::Transaction& transaction, const store::KeyRing& ring,
                                     const domain::BatchId& batch) {
  TRY(parts, count_parts(transaction, batch));
  std::uint64_t accepted = 0;
  for (std::uint64_t part = 0; part < parts; ++part) {
    PartOutcome outcome;
    TRY(is_written, find_part(transaction, ring, batch, part, outcome));
    if (!is_written) return fail(Errc::corrupt, "a part of an import is missing");
    accepted += outcome.balance.accepted;
  }
  return accepted;
}

Result<void> add_to_batch(store::Transaction& transaction, const store::KeyRing& ring, const domain::BatchId& batch,
                          const CitizenRef& citizen) {
  const auto random = crypto::random_bytes<4>();
  return put_part(transaction, ring, batch, first_late_part + get_be<std::uint32_t>(random), {}, {citizen});
}

Result<std::vector<CitizenRef>> citizens_of(store::Transaction& transaction, const domain::BatchId& batch) {
  std::vector<CitizenRef> citizens;
  TRYV(transaction.run(store::Sql{"SELECT citizens FROM batch_part WHERE batch = $1"}, {batch.bytes()},
                       [&](const store::Row& row) {
                         const auto refs = row.bytes(0);
                         for (std::size_t at = 0; at + ref_size <= refs.size(); at += ref_size) {
                           citizens.emplace_back(take<ref_size>(refs.subspan(at)));
                         }
                       }));
  std::ranges::sort(citizens);
  const auto repeated = std::ranges::unique(citizens);
  citizens.erase(repeated.begin(), repeated.end());
  return citizens;
}

}  // namespace lindung::service
