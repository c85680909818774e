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

KeptIdentity kept_of(const domain::Identity& identity) {
  return {.nik = identity.nik ? std::string{identity.nik->digits()} : std::string{},
          .passport = identity.passport ? std::string{identity.passport->number()} : std::string{},
          .name = identity.name,
          .birth = identity.birth};
}

// What is known of a person stays known when a later row does not say it.
KeptIdentity merge(const KeptIdentity& known, KeptIdentity told) {
  if (told.nik.empty()) told.nik = known.nik;
  if (told.passport.empty()) told.passport = known.passport;
  if (told.name.empty()) told.name = known.name;
  if (!told.birth) told.birth = known.birth;
  return told;
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

Result<void> put_identity(store::Transaction& transaction, const OpenPerson& person, const KeptIdentity& identity) {
  auto plain = encode_identity(identity);
  const auto sealed = store::seal_under(person.key, address("identity", person.citizen), plain);
  wipe(plain.data(), plain.size());
  TRYV(transaction.run(store::Sql{"INSERT INTO identity (citizen_ref, sealed) VALUES ($1, $2) "
                                  "ON CONFLICT (citizen_ref) DO UPDATE SET sealed = excluded.sealed"},
                       {person.citizen.bytes(), BytesView{sealed}}));
  return ok();
}

Result<OpenPerson> open_by(store::Sql select, store::Transaction& transaction, const store::KeyRing& ring,
                           const CitizenRef& citizen) {
  std::optional<Bytes> wrapped;
  TRYV(transaction.run(select, {citizen.bytes()}, [&](const store::Row& row) { wrapped = to_bytes(row.bytes(0)); }));
  if (!wrapped) return fail(Errc::not_found, "no such citizen");
  TRY(key, store::unwrap_citizen_key(ring, citizen, *wrapped));
  return OpenPerson{.citizen = citizen, .key = std::move(key)};
}

// Another node may be writing the same citizen: it is waited for, and what is read afterwards is fresh.
Result<OpenPerson> lock_person(store::Transaction& transaction, const store::KeyRing& ring, const CitizenRef& citizen) {
  return open_by(transaction.engine() == store::Engine::sqlite ? select_key : lock_key, transaction, ring, citizen);
}

// None if another node, which was waited for, has just added this person.
Result<std::optional<OpenPerson>> add_person(store::Transaction& transaction, const store::KeyRing& ring,
                                             const Hash& index, Moment now) {
  OpenPerson person{.citizen = CitizenRef{crypto::random_bytes<16>()}, .key = crypto::random_secret<32>()};
  TRY(added, transaction.run(store::Sql{"INSERT INTO citizen_index (idx, citizen_ref) VALUES ($1, $2) "
                                        "ON CONFLICT (idx) DO NOTHING"},
                             {BytesView{index}, person.citizen.bytes()}));
  if (added == 0) return std::optional<OpenPerson>{};
  TRY(wrapped, store::wrap_citizen_key(ring, person.citizen, person.key));
  TRYV(transaction.run(store::Sql{"INSERT INTO citizen (citizen_ref, wrapped_key, created_at) VALUES ($1, $2, $3)"},
                       {person.citizen.bytes(), BytesView{wrapped}, static_cast<std::int64_t>(unix_seconds(now))}));
  return std::optional{std::move(person)};
}

Result<std::optional<CitizenRef>> find_citizen(store::Transaction& transaction, const Hash& index) {
  std::optional<CitizenRef> known;
  TRYV(transaction.run(store::Sql{"SELECT citizen_ref FROM citizen_index WHERE idx = $1"}, {BytesView{index}},
                       [&](const store::Row& row) { known = CitizenRef{take<16>(row.bytes(0))}; }));
  return known;
}

// Of somebody who also has a NIK, which is what they are known by first.
Result<std::optional<Hash>> passport_index(const store::KeyRing& ring, const domain::Identity& identity) {
  if (!identity.nik || !identity.passport) return std::optional<Hash>{};
  TRY(index, person_index(ring, {.nik = {}, .passport = identity.passport, .local = {}, .name = {}, .birth = {}}));
  return std::optional{index};
}

// A passport that somebody else holds already stays theirs.
Result<void> add_index(store::Transaction& transaction, const Hash& index, const CitizenRef& citizen) {
  TRYV(transaction.run(
      store::Sql{"INSERT INTO citizen_index (idx, citizen_ref) VALUES ($1, $2) ON CONFLICT (idx) DO NOTHING"},
      {BytesView{index}, citizen.bytes()}));
  return ok();
}

// Whoever was known by the passport alone so far, and has no other NIK.
Result<std::optional<CitizenRef>> find_by_passport(store::Transaction& transaction, const store::KeyRing& ring,
                                                   const Hash& passport, const domain::Identity& identity) {
  TRY(holder, find_citizen(transaction, passport));
  if (!holder) return holder;
  TRY(person, lock_person(transaction, ring, *holder));
  TRY(kept, read_identity(transaction, person));
  const bool is_another = !kept.nik.empty() && kept.nik != identity.nik->digits();
  return is_another ? std::optional<CitizenRef>{} : holder;
}

// A canary that has the number of somebody who turns up loses it: the person is a citizen of their own.
Result<void> take_number_from_canary(store::Transaction& transaction, const Hash& index) {
  TRY(canaries,
      transaction.run(store::Sql{"UPDATE canary SET person_index = NULL WHERE person_index = $1"}, {BytesView{index}}));
  if (canaries == 0) return ok();
  TRYV(transaction.run(store::Sql{"DELETE FROM citizen_index WHERE idx = $1"}, {BytesView{index}}));
  return ok();
}

}  // namespace

Result<OpenPerson> open_person(store::Transaction& transaction, const store::KeyRing& ring, const CitizenRef& citizen) {
  return open_by(select_key, transaction, ring, citizen);
}

Result<Hash> person_index(const store::KeyRing& ring, const domain::Identity& identity) {
  const auto key = domain::index_key(identity);
  return store::BlindIndex{ring}.of(person_purpose, key);
}

Result<OpenPerson> find_or_add_person(store::Transaction& transaction, const store::KeyRing& ring,
                                      const domain::Identity& identity, Moment now) {
  TRY(index, person_index(ring, identity));
  TRY(passport, passport_index(ring, identity));
  TRYV(take_number_from_canary(transaction, index));
  TRY(known, find_citizen(transaction, index));
  if (!known && passport) {
    TRY(holder, find_by_passport(transaction, ring, *passport, identity));
    known = holder;
    if (known) {
      TRYV(add_index(transaction, index, *known));
    }
  }
  if (!known) {
    TRY(added, add_person(transaction, ring, index, now));
    if (added) {
      if (passport) {
        TRYV(add_index(transaction, *passport, added->citizen));
      }
      TRYV(put_identity(transaction, *added, kept_of(identity)));
      return std::move(*added);
    }
    TRY(meanwhile, find_citizen(transaction, index));
    if (!meanwhile) return fail(Errc::database_retry, "a citizen came and went");
    known = meanwhile;
  }
  TRY(person, lock_person(transaction, ring, *known));
  if (passport) {
    TRYV(add_index(transaction, *passport, person.citizen));
  }
  TRY(kept, read_identity(transaction, person));
  const auto merged = merge(kept, kept_of(identity));
  if (!(merged == kept)) {
    TRYV(put_identity(transaction, person, merged));
  }
  return person;
}

Result<KeptIdentity> read_identity(store::Transaction& transaction, const OpenPerson& person) {
  Bytes sealed;
  TRYV(transaction.run(store::Sql{"SELECT sealed FROM identity WHERE citizen_ref = $1"}, {person.citizen.bytes()},
                       [&](const store::Row& row) { sealed = to_bytes(row.bytes(0)); }));
  TRY(plain, store::open_under(person.key, address("identity", person.citizen), sealed));
  auto kept = decode_identity(plain);
  wipe(plain.data(), plain.size());
  return kept;
}

Result<void> put_quarantined(store::Transaction& transaction, const store::KeyRing& ring, const IssuerId& issuer,
                             const std::string& import_id, const domain::Quarantined& row) {
  const auto place = std::to_string(row.place.file) + ":" + std::to_string(row.place.line) + ":" + row.place.pointer;
  auto plain = codec::CborWriter{};
  plain.array(3)
      .uint(1)
      .bytes(encode_identity(kept_of(row.person)))
      .bytes(row.record ? domain::encode(*row.record) : Bytes{});
  const auto key = issuer.value() + "/" + import_id + "/" + place;
  TRY(sealed, store::RowSealer{ring}.seal({.table = "quarantine", .primary_key = as_bytes(key), .version = row_version},
                                          plain.view()));
  TRYV(transaction.run(store::Sql{"INSERT INTO quarantine (issuer_id, import_id, place, reason, sealed) "
                                  "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (issuer_id, import_id, place) DO NOTHING"},
                       {issuer.value(), std::string_view{import_id}, std::string_view{place},
                        domain::name_of(row.reason), BytesView{sealed}}));
  return ok();
}

Result<void> put_record(store::Transaction& transaction, const OpenPerson& person, const domain::Record& record) {
  const auto key = record_key(person.citizen, record.id);
  const auto sealed = store::seal_under(person.key, {.table = "record", .primary_key = key, .version = row_version},
                                        domain::encode(record));
  TRYV(transaction.run(store::Sql{"INSERT INTO record (citizen_ref, record_id, batch, sealed) VALUES ($1, $2, $3, $4) "
                                  "ON CONFLICT (citizen_ref, record_id) DO NOTHING"},
                       {person.citizen.bytes(), record.id.bytes(), record.batch.bytes(), BytesView{sealed}}));
  return ok();
}

Result<std::vector<domain::Record>> read_records(store::Transaction& transaction, const OpenPerson& person) {
  struct Sealed {
    domain::RecordId id;
    Bytes bytes;
  };
  std::vector<Sealed> rows;
  TRYV(transaction.run(store::Sql{"SELECT record_id, sealed FROM record WHERE citizen_ref = $1 ORDER BY record_id"},
                       {person.citizen.bytes()}, [&](const store::Row& row) {
                         rows.push_back(
                             {.id = domain::RecordId{take<16>(row.bytes(0))}, .bytes = to_bytes(row.bytes(1))});
                       }));
  std::vector<domain::Record> records;
  records.reserve(rows.size());
  for (const auto& row : rows) {
    const auto key = record_key(person.citizen, row.id);
    TRY(plain,
        store::open_under(person.key, {.table = "record", .primary_key = key, .version = row_version}, row.bytes));
    TRY(record, domain::decode_record(plain));
    records.push_back(std::move(record));
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

Result<void> put_timeline(store::Transaction& transaction, const OpenPerson& person, const domain::Timeline& timeline,
                          std::uint64_t generation) {
  const auto key = timeline_key(person.citizen, generation);
  const auto sealed = store::seal_under(person.key, {.table = "timeline", .primary_key = key, .version = row_version},
                                        domain::encode(timeline));
  TRYV(transaction.run(store::Sql{"INSERT INTO timeline (citizen_ref, generation, sealed) VALUES ($1, $2, $3) "
                                  "ON CONFLICT (citizen_ref, generation) DO UPDATE SET sealed = excluded.sealed"},
                       {person.citizen.bytes(), static_cast<std::int64_t>(generation), BytesView{sealed}}));
  return ok();
}

}  // namespace lindung::service
