#include "service/incident_rows.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/cbor.h"
#include "domain/alarm.h"
#include "domain/incident.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::uint64_t items_in_row = 12;
constexpr std::uint64_t items_in_event = 3;
constexpr std::size_t least_prefix = 4;
constexpr store::Sql columns_of_all{
    "SELECT incident_id, kind, state, is_drill, aware_at, opened_at, changed_at, met_first, met_second, log_index, "
    "telling, last_told, persons_found, persons_told, sealed FROM incident ORDER BY opened_at DESC, incident_id"};
constexpr store::Sql columns_of_one{
    "SELECT incident_id, kind, state, is_drill, aware_at, opened_at, changed_at, met_first, met_second, log_index, "
    "telling, last_told, persons_found, persons_told, sealed FROM incident WHERE incident_id = $1"};

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }
Moment from_int(std::int64_t at) { return moment_of(static_cast<std::uint64_t>(at)); }

store::Param optional_int(const std::optional<Moment>& at) {
  return at ? store::Param{as_int(*at)} : store::Param{std::monostate{}};
}

Bytes event_key(const domain::IncidentId& id, std::uint64_t number) {
  return Message{}.raw(id.bytes()).be(number).take();
}

Bytes plain_of(const IncidentRow& row) {
  codec::CborWriter out;
  out.array(items_in_row)
      .uint(row_version)
      .uint(static_cast<std::uint64_t>(row.subject.kind))
      .text(row.subject.id)
      .uint(row.count)
      .uint(row.usual);
  const auto& texts = row.texts;
  for (const auto* text : {&texts.title, &texts.description, &texts.impact, &texts.data, &texts.handling,
                           &texts.recovery, &texts.lesson}) {
    out.text(*text);
  }
  return std::move(out).take();
}

Result<void> open_into(const store::KeyRing& ring, BytesView sealed, IncidentRow& row) {
  TRY(plain, open_of_incident(ring, "incident", row.id.bytes(), sealed));
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != items_in_row || version != row_version) return fail(Errc::corrupt, "incident: version");
  TRY(kind, in.uint());
  TRY(subject, in.text());
  row.subject = {.kind = static_cast<domain::SubjectKind>(kind), .id = std::string{subject}};
  TRY(count, in.uint());
  row.count = count;
  TRY(usual, in.uint());
  row.usual = usual;
  auto& texts = row.texts;
  for (auto* text : {&texts.title, &texts.description, &texts.impact, &texts.data, &texts.handling, &texts.recovery,
                     &texts.lesson}) {
    TRY(said, in.text());
    *text = said;
  }
  return in.end();
}

struct Stored {
  IncidentRow row;
  Bytes sealed;
};

Stored stored_of(const store::Row& row) {
  const auto moment = [&](int column) {
    return row.is_null(column) ? std::nullopt : std::optional{from_int(row.integer(column))};
  };
  const auto number = [&](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
  return {.row = {.id = domain::IncidentId{take<16>(row.bytes(0))},
                  .kind = static_cast<domain::AlarmKind>(row.integer(1)),
                  .state = static_cast<domain::IncidentState>(row.integer(2)),
                  .is_drill = row.integer(3) != 0,
                  .aware_at = from_int(row.integer(4)),
                  .opened_at = from_int(row.integer(5)),
                  .changed_at = from_int(row.integer(6)),
                  .met_first = moment(7),
                  .met_second = moment(8),
                  .log_index = number(9),
                  .telling = static_cast<Telling>(row.integer(10)),
                  .last_told = CitizenRef{take<16>(row.bytes(11))},
                  .persons_found = number(12),
                  .persons_told = number(13),
                  .subject = {},
                  .texts = {}},
          .sealed = to_bytes(row.bytes(14))};
}

}  // namespace

Result<Bytes> seal_for_incident(const store::KeyRing& ring, std::string_view table, BytesView primary_key,
                                BytesView plain) {
  return store::RowSealer{ring}.seal({.table = table, .primary_key = primary_key, .version = row_version}, plain);
}

Result<Bytes> open_of_incident(const store::KeyRing& ring, std::string_view table, BytesView primary_key,
                               BytesView sealed) {
  return store::RowSealer{ring}.open({.table = table, .primary_key = primary_key, .version = row_version}, sealed);
}

Result<Hash> alarm_key(const store::KeyRing& ring, domain::AlarmKind kind, const domain::Subject& subject) {
  return store::BlindIndex{ring}.of("incident", Message{}
                                                    .u8(static_cast<std::uint8_t>(kind))
                                                    .u8(static_cast<std::uint8_t>(subject.kind))
                                                    .text(subject.id)
                                                    .view());
}

Result<void> insert_incident(store::Transaction& transaction, const store::KeyRing& ring, const IncidentRow& row) {
  TRY(sealed, seal_for_incident(ring, "incident", row.id.bytes(), plain_of(row)));
  TRYV(transaction.run(
      store::Sql{
          "INSERT INTO incident (incident_id, kind, state, is_drill, aware_at, opened_at, changed_at, log_index, "
          "telling, last_told, persons_found, persons_told, sealed) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0, 0, $10)"},
      {row.id.bytes(), static_cast<std::int64_t>(row.kind), static_cast<std::int64_t>(row.state),
       std::int64_t{row.is_drill ? 1 : 0}, as_int(row.aware_at), as_int(row.opened_at), as_int(row.changed_at),
       static_cast<std::int64_t>(row.log_index), row.last_told.bytes(), BytesView{sealed}}));
  return ok();
}

Result<void> update_incident(store::Transaction& transaction, const store::KeyRing& ring, const IncidentRow& row) {
  TRY(sealed, seal_for_incident(ring, "incident", row.id.bytes(), plain_of(row)));
  TRYV(transaction.run(
      store::Sql{"UPDATE incident SET state = $2, changed_at = $3, met_first = $4, met_second = $5, telling = $6, "
                 "sealed = $7 WHERE incident_id = $1"},
      {row.id.bytes(), static_cast<std::int64_t>(row.state), as_int(row.changed_at), optional_int(row.met_first),
       optional_int(row.met_second), static_cast<std::int64_t>(row.telling), BytesView{sealed}}));
  return ok();
}

Result<IncidentRow> read_incident(store::Transaction& transaction, const store::KeyRing& ring,
                                  const domain::IncidentId& id) {
  std::optional<Stored> found;
  TRYV(transaction.run(columns_of_one, {id.bytes()}, [&](const store::Row& row) { found = stored_of(row); }));
  if (!found) return fail(Errc::not_found, "no such incident");
  TRYV(open_into(ring, found->sealed, found->row));
  return std::move(found->row);
}

Result<std::vector<IncidentRow>> read_incidents(store::Transaction& transaction, const store::KeyRing& ring) {
  std::vector<Stored> stored;
  TRYV(transaction.run(columns_of_all, {}, [&](const store::Row& row) { stored.push_back(stored_of(row)); }));
  std::vector<IncidentRow> rows;
  rows.reserve(stored.size());
  for (auto& each : stored) {
    TRYV(open_into(ring, each.sealed, each.row));
    rows.push_back(std::move(each.row));
  }
  return rows;
}

Result<domain::IncidentId> find_incident(store::Transaction& transaction, std::string_view prefix) {
  if (prefix.size() < least_prefix) return fail(Errc::invalid_argument, "incident: at least four digits of its id");
  std::vector<domain::IncidentId> found;
  TRYV(transaction.run(store::Sql{"SELECT incident_id FROM incident"}, {}, [&](const store::Row& row) {
    if (codec::hex(row.bytes(0)).starts_with(prefix)) found.emplace_back(take<16>(row.bytes(0)));
  }));
  if (found.empty()) return fail(Errc::not_found, "no such incident");
  if (found.size() > 1) return fail(Errc::invalid_argument, "incident: several begin with these digits");
  return found.front();
}

Result<void> add_event(store::Transaction& transaction, const store::KeyRing& ring, const domain::IncidentId& id,
                       const IncidentEvent& event) {
  std::int64_t number = 1;
  TRYV(transaction.run(store::Sql{"SELECT coalesce(max(number), 0) + 1 FROM incident_event WHERE incident_id = $1"},
                       {id.bytes()}, [&](const store::Row& row) { number = row.integer(0); }));
  codec::CborWriter plain;
  plain.array(items_in_event).uint(row_version).text(event.text.id).text(event.text.en);
  const auto key = event_key(id, static_cast<std::uint64_t>(number));
  TRY(sealed, seal_for_incident(ring, "incident_event", key, plain.view()));
  TRYV(transaction.run(
      store::Sql{"INSERT INTO incident_event (incident_id, number, at, log_index, sealed) "
                 "VALUES ($1, $2, $3, $4, $5)"},
      {id.bytes(), number, as_int(event.at),
       event.log_index ? store::Param{static_cast<std::int64_t>(*event.log_index)} : store::Param{std::monostate{}},
       BytesView{sealed}}));
  return ok();
}

Result<std::vector<IncidentEvent>> read_events(store::Transaction& transaction, const store::KeyRing& ring,
                                               const domain::IncidentId& id) {
  struct Sealed {
    std::uint64_t number{};
    IncidentEvent event;
    Bytes bytes;
  };
  std::vector<Sealed> stored;
  TRYV(transaction.run(
      store::Sql{"SELECT number, at, log_index, sealed FROM incident_event WHERE incident_id = $1 ORDER BY number"},
      {id.bytes()}, [&](const store::Row& row) {
        stored.push_back(
            {.number = static_cast<std::uint64_t>(row.integer(0)),
             .event = {.at = from_int(row.integer(1)),
                       .log_index =
                           row.is_null(2) ? std::nullopt : std::optional{static_cast<std::uint64_t>(row.integer(2))},
                       .text = {}},
             .bytes = to_bytes(row.bytes(3))});
      }));
  std::vector<IncidentEvent> events;
  events.reserve(stored.size());
  for (auto& each : stored) {
    TRY(plain, open_of_incident(ring, "incident_event", event_key(id, each.number), each.bytes));
    codec::CborReader in{plain};
    TRY(items, in.array());
    TRY(version, in.uint());
    if (items != items_in_event || version != row_version) return fail(Errc::corrupt, "incident_event: version");
    TRY(indonesian, in.text());
    TRY(english, in.text());
    TRYV(in.end());
    each.event.text = {.id = std::string{indonesian}, .en = std::string{english}};
    events.push_back(std::move(each.event));
  }
  return events;
}

}  // namespace lindung::service
