#include "service/person_rows.h"

#include <algorithm>
#include <cstdint>
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
#include "codec/cbor.h"
#include "crypto/random.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/record.h"
#include "domain/timeline.h"
#include "service/identity_row.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::string_view person_purpose = "person";
// SQLite has one writer, which holds the database: reading is locking.
constexpr store::Sql select_key{"SELECT wrapped_key FROM citizen WHERE citizen_ref = $1"};
constexpr store::Sql lock_key{"SELECT wrapped_key FROM citizen WHERE citizen_ref = $1 FOR UPDATE"};

store::RowAddress address(std::string_view table, const CitizenRef& citizen) {
  return {.table = table, .primary_key = citizen.bytes(), .version = row_version};
}

ByteArray<32> record_key(const CitizenRef& citizen, const domain::RecordId& record) {
  ByteArray<32> key;
  std::ranges::copy(citizen.value(), key.begin());
  std::ranges::copy(record.value(), key.begin() + 16);
  return key;
}

ByteArray<24> timeline_key(const CitizenRef& citizen, std::uint64_t generation) {
  ByteArray<24> key;
  std::ranges::copy(citizen.value(), key.begin());
  put_be(MutableBytes{key}.subspan(16), generation);
  return key;
}

Result<OpenPerson> open_by(store::Sql select, store::Transaction& transaction, const store::KeyRing& ring,
                           const CitizenRef& citizen) {
  std::optional<Bytes> wrapped;
  TRYV(transaction.run(select, {citizen.bytes()}, [&](const store::Row& row) { wrapped = to_bytes(row.bytes(0)); }));
  if (!wrapped) return fail(Errc::not_found, "no such citizen");
  TRY(key, store::unwrap_citizen_key(ring, citizen, *wrapped));
  return OpenPerson{.citizen = citizen, .key = std::move(key)};
}

}  // namespace

Result<OpenPerson> open_person(store::Transaction& transaction, const store::KeyRing& ring, const CitizenRef& citizen) {
  return open_by(select_key, transaction, ring, citizen);
}

Result<OpenPerson> lock_person(store::Transaction& transaction, const store::KeyRing& ring, const CitizenRef& citizen) {
  return open_by(transaction.engine() == store::Engine::sqlite ? select_key : lock_key, transaction, ring, citizen);
}

KeptIdentity kept_of(const domain::Identity& identity) {
  return {.nik = identity.nik ? std::string{identity.nik->digits()} : std::string{},
          .passport = identity.passport ? std::string{identity.passport->number()} : std::string{},
          .name = identity.name,
          .birth = identity.birth};
}

Bytes encode_identity(const KeptIdentity& identity) {
  const auto birth = identity.birth.value_or(domain::PartialDate{});
  codec::CborWriter out;
  out.array(7)
      .uint(1)
      .text(identity.nik)
      .text(identity.passport)
      .text(identity.name)
      .uint(static_cast<std::uint64_t>(birth.year))
      .uint(birth.month)
      .uint(birth.day);
  return std::move(out).take();
}

Result<KeptIdentity> decode_identity(BytesView stored) {
  codec::CborReader in{stored};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != 7 || version != 1) return fail(Errc::corrupt, "identity: version");
  TRY(nik, in.text());
  TRY(passport, in.text());
  TRY(name, in.text());
  TRY(year, in.uint());
  TRY(month, in.uint());
  TRY(day, in.uint());
  TRYV(in.end());
  KeptIdentity kept{.nik = std::string{nik}, .passport = std::string{passport}, .name = std::string{name}, .birth = {}};
  if (year != 0) {
    kept.birth = domain::PartialDate{
        .year = static_cast<int>(year), .month = static_cast<unsigned>(month), .day = static_cast<unsigned>(day)};
  }
  return kept;
}

Result<Hash> person_index(const store::KeyRing& ring, const domain::Identity& identity) {
  const auto key = domain::index_key(identity);
  return store::BlindIndex{ring}.of(person_purpose, key);
}

Result<void> put_identity(store::Transaction& transaction, const OpenPerson& person, const KeptIdentity& identity) {
  auto plain = encode_identity(identity);
  const auto sealed = store::seal_under(person.key, address("identity", person.citizen), plain);
  wipe(plain.data(), plain.size());
  TRYV(transaction.run(store::Sql{"INSERT INTO identity (citizen_ref, sealed) VALUES ($1, $2) "
                                  "ON CONFLICT (citizen_ref) DO UPDATE SET sealed = excluded.sealed"},
                       {person.citizen.bytes(), BytesView{sealed}}));
  return ok();
}

Result<KeptIdentity> read_identity(store::Transaction& transaction, const OpenPerson& person) {
  Bytes sealed;
  TRYV(transaction.run(store::Sql{"SELECT sealed FROM identity WHERE citizen_ref = $1"}, {person.citizen.bytes()},
                       [&](const store::Row& row) { sealed = to_bytes(row.bytes(0)); }));
  return open_identity(person, sealed);
}

Result<KeptIdentity> open_identity(const OpenPerson& person, BytesView sealed) {
  TRY(plain, store::open_under(person.key, address("identity", person.citizen), sealed));
  auto kept = decode_identity(plain);
  wipe(plain.data(), plain.size());
  return kept;
}

Result<void> put_record(store::Transaction& transaction, const OpenPerson& person, const domain::Record& record,
                        std::uint64_t known_from) {
  const auto key = record_key(person.citizen, record.id);
  const auto sealed = store::seal_under(person.key, {.table = "record", .primary_key = key, .version = row_version},
                                        domain::encode(record));
  TRYV(transaction.run(store::Sql{"INSERT INTO record (citizen_ref, record_id, batch, sealed, known_from) "
                                  "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (citizen_ref, record_id) DO NOTHING"},
                       {person.citizen.bytes(), record.id.bytes(), record.batch.bytes(), BytesView{sealed},
                        static_cast<std::int64_t>(known_from)}));
  return ok();
}

Result<void> end_record(store::Transaction& transaction, const OpenPerson& person, const domain::RecordId& record,
                        std::uint64_t known_until) {
  TRYV(transaction.run(store::Sql{"UPDATE record SET known_until = $3 WHERE citizen_ref = $1 AND record_id = $2 "
                                  "AND known_until IS NULL"},
                       {person.citizen.bytes(), record.bytes(), static_cast<std::int64_t>(known_until)}));
  return ok();
}

Result<domain::Record> open_record(const OpenPerson& person, const domain::RecordId& record, BytesView sealed) {
  const auto key = record_key(person.citizen, record);
  TRY(plain, store::open_under(person.key, {.table = "record", .primary_key = key, .version = row_version}, sealed));
  return domain::decode_record(plain);
}

Result<std::vector<KnownRecord>> read_history(store::Transaction& transaction, const OpenPerson& person) {
  struct Sealed {
    domain::RecordId id;
    Bytes bytes;
    std::uint64_t from{};
    std::optional<std::uint64_t> until;
  };
  std::vector<Sealed> rows;
  TRYV(transaction.run(
      store::Sql{"SELECT record_id, sealed, known_from, known_until FROM record WHERE citizen_ref = $1 "
                 "ORDER BY record_id"},
      {person.citizen.bytes()}, [&](const store::Row& row) {
        rows.push_back(
            {.id = domain::RecordId{take<16>(row.bytes(0))},
             .bytes = to_bytes(row.bytes(1)),
             .from = static_cast<std::uint64_t>(row.integer(2)),
             .until = row.is_null(3) ? std::nullopt : std::optional{static_cast<std::uint64_t>(row.integer(3))}});
      }));
  std::vector<KnownRecord> history;
  history.reserve(rows.size());
  for (const auto& row : rows) {
    TRY(record, open_record(person, row.id, row.bytes));
    history.push_back({.record = std::move(record), .from = row.from, .until = row.until});
  }
  return history;
}

Result<std::vector<domain::Record>> read_records(store::Transaction& transaction, const OpenPerson& person) {
  TRY(history, read_history(transaction, person));
  std::vector<domain::Record> records;
  records.reserve(history.size());
  for (auto& each : history) {
    if (!each.until) records.push_back(std::move(each.record));
  }
  return records;
}

Result<domain::Timeline> open_timeline(const Secret<32>& citizen_key, const CitizenRef& citizen,
                                       std::uint64_t generation, BytesView sealed) {
  const auto key = timeline_key(citizen, generation);
  TRY(plain, store::open_under(citizen_key, {.table = "timeline", .primary_key = key, .version = row_version}, sealed));
  return domain::decode_timeline(plain);
}

Result<domain::Timeline> read_timeline(store::Transaction& transaction, const OpenPerson& person,
                                       std::uint64_t generation) {
  std::optional<Bytes> sealed;
  TRYV(transaction.run(store::Sql{"SELECT sealed FROM timeline WHERE citizen_ref = $1 AND generation = $2"},
                       {person.citizen.bytes(), static_cast<std::int64_t>(generation)},
                       [&](const store::Row& row) { sealed = to_bytes(row.bytes(0)); }));
  if (!sealed) return fail(Errc::not_found, "no timeline");
  return open_timeline(person.key, person.citizen, generation, *sealed);
}

Bytes seal_timeline(const OpenPerson& person, const domain::Timeline& timeline, std::uint64_t generation) {
  const auto key = timeline_key(person.citizen, generation);
  return store::seal_under(person.key, {.table = "timeline", .primary_key = key, .version = row_version},
                           domain::encode(timeline));
}

Result<void> put_timeline(store::Transaction& transaction, const OpenPerson& person, const domain::Timeline& timeline,
                          std::uint64_t generation) {
  const auto sealed = seal_timeline(person, timeline, generation);
  TRYV(transaction.run(store::Sql{"INSERT INTO timeline (citizen_ref, generation, sealed) VALUES ($1, $2, $3) "
                                  "ON CONFLICT (citizen_ref, generation) DO UPDATE SET sealed = excluded.sealed"},
                       {person.citizen.bytes(), static_cast<std::int64_t>(generation), BytesView{sealed}}));
  return ok();
}

}  // namespace lindung::service
