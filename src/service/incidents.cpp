#include "service/incidents.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "domain/alarm.h"
#include "domain/incident.h"
#include "domain/rule_set.h"
#include "log/entry.h"
#include "service/alarm_board.h"
#include "service/incident_rows.h"
#include "service/logged_unit.h"
#include "service/partners.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::chrono::days longest_unnoticed{30};

using Field = std::string domain::IncidentTexts::*;
constexpr std::array fields{&domain::IncidentTexts::title,    &domain::IncidentTexts::description,
                            &domain::IncidentTexts::impact,   &domain::IncidentTexts::data,
                            &domain::IncidentTexts::handling, &domain::IncidentTexts::recovery,
                            &domain::IncidentTexts::lesson};

std::size_t limit_of(Field field) {
  return field == &domain::IncidentTexts::description || field == &domain::IncidentTexts::lesson
             ? domain::longest_description
             : domain::longest_incident_text;
}

Result<domain::IncidentTexts> clean(const domain::IncidentTexts& texts) {
  domain::IncidentTexts out;
  for (const auto field : fields) {
    TRY(text, domain::clean_text(texts.*field, limit_of(field)));
    out.*field = std::move(text);
  }
  return out;
}

// Random bytes of the id are in it: nobody finds by trying what an entry is about.
Hash digest_of(const domain::IncidentId& id, std::string_view action, const CommandDigest& command) {
  return crypto::sha256(
      Message{}.text("lindung incident v1").u8(0).raw(id.bytes()).text(action).u8(0).raw(command).view());
}

Result<IncidentRow> begin(LoggedUnit& unit, const Platform& platform, IncidentRow row, const CommandDigest& command) {
  row.id = domain::IncidentId{crypto::random_bytes<16>()};
  row.opened_at = unit.now();
  row.changed_at = unit.now();
  const auto& line = domain::account_of(row.alarm());
  const std::string action = row.is_drill ? "drill.opened" : "incident.opened";
  TRY(index, unit.log(log::OfficerEntry{.at = unit.now(),
                                        .action = action,
                                        .officer_key_digest = command,
                                        .case_digest = digest_of(row.id, action, command)}));
  row.log_index = index;
  TRYV(insert_incident(unit.transaction(), platform.ring, row));
  TRYV(add_event(unit.transaction(), platform.ring, row.id, {.at = unit.now(), .log_index = index, .text = line}));
  return row;
}

// Reads, changes, writes; conflict once it is closed.
template <class Change>
Result<void> change_incident(LoggedUnit& unit, const Platform& platform, const domain::IncidentId& id, Change change) {
  TRY(row, read_incident(unit.transaction(), platform.ring, id));
  if (row.state == domain::IncidentState::closed) return fail(Errc::conflict, "the incident is closed");
  row.changed_at = unit.now();
  TRYV(change(row));
  return update_incident(unit.transaction(), platform.ring, row);
}

// The newest moment of the log, for the clocks.
Result<Moment> reading_of(store::Transaction& transaction, Moment machine) {
  Moment newest;
  TRYV(transaction.run(store::Sql{"SELECT last_at FROM log_head WHERE id = 0"}, {},
                       [&](const store::Row& row) { newest = moment_of(static_cast<std::uint64_t>(row.integer(0))); }));
  return domain::clock_reading(machine, newest);
}

IncidentView view_of(IncidentRow row, Moment reading) {
  using domain::IncidentClock;
  const auto first = domain::read_clock(IncidentClock::authorities_24h, row.aware_at, row.met_first, reading);
  const auto second = domain::read_clock(IncidentClock::persons_72h, row.aware_at, row.met_second, reading);
  return {.row = std::move(row), .reading = reading, .first = first, .second = second};
}

}  // namespace

Result<domain::IncidentId> open_incident(const Platform& platform, const NewIncident& incident) {
  TRY(texts, clean(incident.texts));
  if (incident.is_drill && incident.subject.kind != domain::SubjectKind::partner) {
    return fail(Errc::invalid_argument, "a drill is about a partner");
  }
  domain::IncidentId id;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    const auto aware_at = incident.aware_at.value_or(unit.now());
    if (aware_at > unit.now() || aware_at < unit.now() - longest_unnoticed) {
      return fail(Errc::invalid_argument, "aware-at: a moment of the last 30 days is needed");
    }
    if (incident.subject.kind == domain::SubjectKind::partner) {
      TRY(rows, unit.transaction().run(store::Sql{"SELECT partner_id FROM partner WHERE partner_id = $1"},
                                       {std::string_view{incident.subject.id}}));
      if (rows == 0) return fail(Errc::not_found, "no such partner");
    }
    TRY(row, begin(unit, platform,
                   {.kind = incident.kind,
                    .is_drill = incident.is_drill,
                    .aware_at = aware_at,
                    .subject = incident.subject,
                    .count = incident.is_drill ? std::uint64_t{1} : std::uint64_t{0},
                    .texts = texts},
                   incident.command));
    id = row.id;
    return ok();
  }));
  return id;
}

Result<void> note_alarm(LoggedUnit& unit, const Platform& platform, const domain::Alarm& alarm) {
  TRY(key, alarm_key(platform.ring, alarm.kind, alarm.subject));
  auto& transaction = unit.transaction();
  std::optional<domain::IncidentId> open;
  TRYV(transaction.run(store::Sql{"SELECT a.incident_id FROM incident_alarm a JOIN incident i "
                                  "ON i.incident_id = a.incident_id WHERE a.alarm_key = $1 AND i.state < 4"},
                       {BytesView{key}},
                       [&](const store::Row& row) { open = domain::IncidentId{take<16>(row.bytes(0))}; }));
  if (open) {
    TRYV(transaction.run(store::Sql{"UPDATE incident_alarm SET last_at = $2, times = times + 1 WHERE alarm_key = $1"},
                         {BytesView{key}, static_cast<std::int64_t>(unix_seconds(unit.now()))}));
    return change_incident(unit, platform, *open, [&](IncidentRow& row) -> Result<void> {
      row.count += alarm.count;
      if (alarm.usual != 0) row.usual = alarm.usual;
      return ok();
    });
  }
  TRY(row, begin(unit, platform,
                 {.kind = alarm.kind,
                  .aware_at = unit.now(),
                  .subject = alarm.subject,
                  .count = alarm.count,
                  .usual = alarm.usual,
                  .texts = {}},
                 {}));
  TRYV(transaction.run(store::Sql{"INSERT INTO incident_alarm (alarm_key, incident_id, last_at, times) "
                                  "VALUES ($1, $2, $3, 1) ON CONFLICT (alarm_key) DO UPDATE SET "
                                  "incident_id = $2, last_at = $3, times = 1"},
                       {BytesView{key}, row.id.bytes(), static_cast<std::int64_t>(unix_seconds(unit.now()))}));
  return ok();
}

Result<void> take_alarms(const Platform& platform, AlarmBoard& board) {
  const auto alarms = board.take();
  if (alarms.empty()) return ok();
  const auto written = write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    for (const auto& alarm : alarms) {
      TRYV(note_alarm(unit, platform, alarm));
    }
    return ok();
  });
  if (written.has_error()) board.put_back(alarms);
  return written;
}

Result<std::uint64_t> log_incident(LoggedUnit& unit, const Platform& platform, const IncidentRow& row,
                                   std::string_view what, const domain::Text& line, const CommandDigest& command) {
  const auto action = std::string{row.is_drill ? "drill." : "incident."} + std::string{what};
  TRY(index, unit.log(log::OfficerEntry{.at = unit.now(),
                                        .action = action,
                                        .officer_key_digest = command,
                                        .case_digest = digest_of(row.id, action, command)}));
  TRYV(add_event(unit.transaction(), platform.ring, row.id, {.at = unit.now(), .log_index = index, .text = line}));
  return index;
}

Result<void> add_to_incident(const Platform& platform, const domain::IncidentId& id, const IncidentAddition& addition,
                             const CommandDigest& command) {
  TRY(texts, clean(addition.texts));
  TRY(note, domain::clean_text(addition.note, domain::longest_description));
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    return change_incident(unit, platform, id, [&](IncidentRow& row) -> Result<void> {
      for (const auto field : fields) {
        if (!(texts.*field).empty()) row.texts.*field = texts.*field;
      }
      if (!note.empty()) {
        TRYV(log_incident(unit, platform, row, "noted", {.id = note, .en = note}, command));
      }
      return ok();
    });
  });
}

Result<std::uint64_t> contain_incident(const Platform& platform, const domain::IncidentId& id,
                                       const CommandDigest& command) {
  std::uint64_t index = 0;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    return change_incident(unit, platform, id, [&](IncidentRow& row) -> Result<void> {
      if (row.state != domain::IncidentState::open) return fail(Errc::conflict, "it is contained already");
      const bool are_told = row.met_first && row.met_second;
      row.state = are_told ? domain::IncidentState::notified : domain::IncidentState::contained;
      TRY(at, log_incident(unit, platform, row, "contained",
                           {.id = "Penyebabnya dihentikan, kata dua petugas.",
                            .en = "What caused it was stopped, say two officers."},
                           command));
      index = at;
      return ok();
    });
  }));
  return index;
}

Result<std::uint64_t> close_incident(const Platform& platform, const domain::IncidentId& id, std::string_view lesson,
                                     const CommandDigest& command) {
  TRY(learned, domain::clean_text(lesson, domain::longest_description));
  if (learned.empty()) return fail(Errc::invalid_argument, "lesson: a text is needed");
  std::uint64_t index = 0;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    return change_incident(unit, platform, id, [&](IncidentRow& row) -> Result<void> {
      row.state = domain::IncidentState::closed;
      row.texts.lesson = learned;
      TRY(at, log_incident(unit, platform, row, "closed", {.id = "Insiden ditutup.", .en = "The incident was closed."},
                           command));
      index = at;
      return ok();
    });
  }));
  return index;
}

Result<std::vector<IncidentView>> list_incidents(const Platform& platform, bool with_drills) {
  std::vector<IncidentView> views;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    views.clear();
    TRY(reading, reading_of(transaction, platform.clock.now()));
    TRY(rows, read_incidents(transaction, platform.ring));
    for (auto& row : rows) {
      if (!row.is_drill || with_drills) views.push_back(view_of(std::move(row), reading));
    }
    return ok();
  }));
  return views;
}

Result<IncidentView> find_incident(const Platform& platform, std::string_view prefix) {
  std::optional<IncidentView> view;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(id, find_incident(transaction, prefix));
    TRY(reading, reading_of(transaction, platform.clock.now()));
    TRY(row, read_incident(transaction, platform.ring, id));
    view = view_of(std::move(row), reading);
    return ok();
  }));
  return std::move(*view);
}

Result<std::vector<IncidentEvent>> list_events(const Platform& platform, const domain::IncidentId& id) {
  std::vector<IncidentEvent> events;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(read, read_events(transaction, platform.ring, id));
    events = std::move(read);
    return ok();
  }));
  return events;
}

Result<void> show_running(const Platform& platform, AlarmBoard& board) {
  TRY(views, list_incidents(platform, false));
  std::vector<RunningIncident> running;
  for (const auto& view : views) {
    if (view.row.state == domain::IncidentState::closed) continue;
    running.push_back({.id = view.row.id,
                       .aware_at = view.row.aware_at,
                       .is_first_met = view.row.met_first.has_value(),
                       .is_second_met = view.row.met_second.has_value(),
                       .reading = view.reading});
  }
  board.set_running(std::move(running));
  return ok();
}

}  // namespace lindung::service
