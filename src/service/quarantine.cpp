#include "service/quarantine.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/nik.h"
#include "domain/passport.h"
#include "domain/record.h"
#include "log/entry.h"
#include "service/batches.h"
#include "service/contact_cases.h"
#include "service/logged_unit.h"
#include "service/lot_use.h"
#include "service/person_finder.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/timeline_writer.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 2;
constexpr std::size_t rows_a_unit = 50;

struct Held {
  std::string place;
  domain::Identity person;
  std::optional<domain::Record> record;
};

std::string key_of(const IssuerId& issuer, std::string_view import_id, std::string_view place) {
  return issuer.value() + "/" + std::string{import_id} + "/" + std::string{place};
}

store::RowAddress address(std::string_view key) {
  return {.table = "quarantine", .primary_key = as_bytes(key), .version = row_version};
}

Result<domain::Identity> identity_of(const KeptIdentity& kept, const domain::LocalId& local) {
  domain::Identity identity{.nik = {}, .passport = {}, .local = local, .name = kept.name, .birth = kept.birth};
  if (!kept.nik.empty()) {
    TRY(nik, domain::parse_nik(kept.nik));
    identity.nik = nik;
  }
  if (!kept.passport.empty()) {
    TRY(passport, domain::parse_passport(kept.passport));
    identity.passport = passport;
  }
  return identity;
}

Result<Held> open_row(const store::KeyRing& ring, const QuarantineChoice& choice, std::string place, BytesView sealed) {
  const auto key = key_of(choice.issuer, choice.import_id, place);
  TRY(plain, store::RowSealer{ring}.open(address(key), sealed));
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != 4 || version != row_version) return fail(Errc::corrupt, "quarantine: version");
  TRY(kept_bytes, in.bytes());
  TRY(local, in.fixed<16>());
  TRY(record_bytes, in.bytes());
  TRYV(in.end());
  TRY(kept, decode_identity(kept_bytes));
  TRY(person, identity_of(kept, domain::LocalId{local}));
  Held held{.place = std::move(place), .person = std::move(person), .record = {}};
  if (!record_bytes.empty()) {
    TRY(record, domain::decode_record(record_bytes));
    held.record = std::move(record);
  }
  return held;
}

// Some rows that wait, held until the unit ends; the place is a filter when it is given.
Result<std::vector<Held>> hold_rows(store::Transaction& transaction, const store::KeyRing& ring,
                                    const QuarantineChoice& choice) {
  constexpr store::Sql select{
      "SELECT place, sealed FROM quarantine WHERE issuer_id = $1 AND import_id = $2 AND state = 1 "
      "AND ($3 = '' OR place = $3) ORDER BY place LIMIT $4"};
  constexpr store::Sql select_and_lock{
      "SELECT place, sealed FROM quarantine WHERE issuer_id = $1 AND import_id = $2 AND state = 1 "
      "AND ($3 = '' OR place = $3) ORDER BY place LIMIT $4 FOR UPDATE"};
  struct Row {
    std::string place;
    Bytes sealed;
  };
  std::vector<Row> rows;
  TRYV(transaction.run(transaction.engine() == store::Engine::sqlite ? select : select_and_lock,
                       {choice.issuer.value(), std::string_view{choice.import_id},
                        std::string_view{choice.place ? *choice.place : ""}, static_cast<std::int64_t>(rows_a_unit)},
                       [&](const store::Row& row) {
                         rows.push_back({.place = std::string{row.text(0)}, .sealed = to_bytes(row.bytes(1))});
                       }));
  std::vector<Held> held;
  for (auto& row : rows) {
    TRY(opened, open_row(ring, choice, std::move(row.place), row.sealed));
    held.push_back(std::move(opened));
  }
  return held;
}

Result<void> decide(store::Transaction& transaction, const QuarantineChoice& choice, const std::string& place,
                    QuarantineState state) {
  TRYV(transaction.run(
      store::Sql{"UPDATE quarantine SET state = $4 WHERE issuer_id = $1 AND import_id = $2 AND place = $3"},
      {choice.issuer.value(), std::string_view{choice.import_id}, std::string_view{place},
       static_cast<std::int64_t>(state)}));
  return ok();
}

Result<void> log_decision(LoggedUnit& unit, const char* action, const Hash& command) {
  TRYV(unit.log(
      log::OfficerEntry{.at = unit.now(), .action = action, .officer_key_digest = {}, .case_digest = command}));
  return ok();
}

Result<void> hold_open_batch(store::Transaction& transaction, const domain::BatchId& id) {
  TRY(batch, hold_batch(transaction, id));
  const bool is_undone = batch.state == BatchState::undoing || batch.state == BatchState::undone;
  return is_undone ? fail(Errc::conflict, "this import was undone") : Result<void>{ok()};
}

// The decision is in the log before the first row counts. Released in part, the same call goes on and is logged again.
Result<void> log_release(const Platform& platform, const QuarantineChoice& choice, const Hash& command) {
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRYV(hold_open_batch(unit.transaction(), domain::batch_id(choice.issuer, choice.import_id)));
    TRY(waiting, hold_rows(unit.transaction(), platform.ring, choice));
    if (waiting.empty()) return fail(Errc::not_found, "no row of this import waits there");
    return log_decision(unit, "quarantine-released", command);
  });
}

// One unit of a release: some rows become records, and the colours of their people are derived again.
Result<std::size_t> release_some(store::Transaction& transaction, const Platform& platform,
                                 const QuarantineChoice& choice, TimelineWriter& timelines,
                                 std::set<CitizenRef>& citizens) {
  const auto batch = domain::batch_id(choice.issuer, choice.import_id);
  TRYV(hold_open_batch(transaction, batch));
  TRYV(timelines.begin(transaction));
  TRY(rows, hold_rows(transaction, platform.ring, choice));
  const auto now = platform.clock.now();
  // People in the order of all imports, so that two do not wait for each other.
  std::ranges::sort(rows, {}, [](const Held& row) { return domain::index_key(row.person); });
  for (const auto& row : rows) {
    TRY(person, find_or_add_person(transaction, platform.ring, row.person, now));
    if (row.record) {
      TRY(others, read_records(transaction, person));
      TRYV(take_from_lot(transaction, *row.record, others));
      TRYV(put_record(transaction, person, *row.record, timelines.position()));
      TRYV(queue_if_confirmed(transaction, platform.ring, person.citizen, *row.record, now));
    }
    TRYV(timelines.write(transaction, person, now));
    TRYV(add_to_batch(transaction, platform.ring, batch, person.citizen));
    TRYV(decide(transaction, choice, row.place, QuarantineState::released));
    citizens.insert(person.citizen);
  }
  return rows.size();
}

}  // namespace

std::string_view name_of(QuarantineState state) noexcept {
  switch (state) {
    case QuarantineState::held: return "held";
    case QuarantineState::released: return "released";
    case QuarantineState::refused: return "refused";
    case QuarantineState::undone: break;
  }
  return "undone";
}

Result<void> put_quarantined(store::Transaction& transaction, const store::KeyRing& ring, const Batch& batch,
                             const domain::Quarantined& row) {
  const auto place = std::to_string(row.place.file) + ":" + std::to_string(row.place.line) + ":" + row.place.pointer;
  codec::CborWriter plain;
  plain.array(4)
      .uint(row_version)
      .bytes(encode_identity(kept_of(row.person)))
      .bytes(row.person.local.bytes())
      .bytes(row.record ? domain::encode(*row.record) : Bytes{});
  const auto key = key_of(batch.issuer, batch.import_id, place);
  TRY(sealed, store::RowSealer{ring}.seal(address(key), plain.view()));
  TRYV(transaction.run(
      store::Sql{"INSERT INTO quarantine (issuer_id, import_id, place, reason, sealed, state, held_at) "
                 "VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT (issuer_id, import_id, place) DO NOTHING"},
      {batch.issuer.value(), std::string_view{batch.import_id}, std::string_view{place}, domain::name_of(row.reason),
       BytesView{sealed}, static_cast<std::int64_t>(unix_seconds(batch.begun_at))}));
  return ok();
}

Result<std::vector<QuarantinedRow>> list_quarantined(const Platform& platform, const std::optional<IssuerId>& issuer,
                                                     bool all) {
  std::vector<QuarantinedRow> rows;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    rows.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT issuer_id, import_id, place, reason, state, held_at FROM quarantine "
                   "WHERE ($1 = '' OR issuer_id = $1) AND ($2 = 1 OR state = 1) ORDER BY issuer_id, import_id, place"},
        {std::string_view{issuer ? issuer->value() : ""}, std::int64_t{all ? 1 : 0}}, [&](const store::Row& row) {
          rows.push_back({.issuer = IssuerId{std::string{row.text(0)}},
                          .import_id = std::string{row.text(1)},
                          .place = std::string{row.text(2)},
                          .reason = std::string{row.text(3)},
                          .state = static_cast<QuarantineState>(row.integer(4)),
                          .held_at = moment_of(static_cast<std::uint64_t>(row.integer(5)))});
        }));
    return ok();
  }));
  return rows;
}

Result<QuarantineDecision> release_quarantined(const Platform& platform, const QuarantineChoice& choice,
                                               const Hash& command) {
  TRYV(log_release(platform, choice, command));
  QuarantineDecision decision;
  std::set<CitizenRef> citizens;
  TimelineWriter timelines{platform.ring};
  for (std::size_t rows = rows_a_unit; rows == rows_a_unit;) {
    std::set<CitizenRef> concerned;
    TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
      concerned.clear();
      TRY(released, release_some(transaction, platform, choice, timelines, concerned));
      rows = released;
      return ok();
    }));
    decision.rows += rows;
    citizens.merge(concerned);
  }
  decision.citizens = citizens.size();
  return decision;
}

Result<QuarantineDecision> refuse_quarantined(const Platform& platform, const QuarantineChoice& choice,
                                              const Hash& command) {
  QuarantineDecision decision;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(refused,
        unit.transaction().run(store::Sql{"UPDATE quarantine SET state = 3 WHERE issuer_id = $1 AND import_id = $2 "
                                          "AND state = 1 AND ($3 = '' OR place = $3)"},
                               {choice.issuer.value(), std::string_view{choice.import_id},
                                std::string_view{choice.place ? *choice.place : ""}}));
    if (refused == 0) return fail(Errc::not_found, "no row of this import waits there");
    decision.rows = refused;
    return log_decision(unit, "quarantine-refused", command);
  }));
  return decision;
}

Result<void> undo_quarantined(store::Transaction& transaction, const Batch& batch) {
  TRYV(transaction.run(
      store::Sql{"UPDATE quarantine SET state = 4 WHERE issuer_id = $1 AND import_id = $2 AND state = 1"},
      {batch.issuer.value(), std::string_view{batch.import_id}}));
  return ok();
}

}  // namespace lindung::service
