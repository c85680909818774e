#include "service/incident_persons.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/incident.h"
#include "domain/incident_draft.h"
#include "domain/link_token.h"
#include "domain/rule_set.h"
#include "service/canary_watch.h"
#include "service/directory.h"
#include "service/incident_messages.h"
#include "service/incident_rows.h"
#include "service/incident_settings.h"
#include "service/incidents.h"
#include "service/logged_unit.h"
#include "service/notices.h"
#include "service/partners.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

constexpr std::int64_t links_a_part = 2'000;
constexpr ByteArray<32> before_all_links{};

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

Result<IncidentRow> open_row(store::Transaction& transaction, const Platform& platform, const domain::IncidentId& id) {
  TRY(row, read_incident(transaction, platform.ring, id));
  if (row.state == domain::IncidentState::closed) return fail(Errc::conflict, "the incident is closed");
  return row;
}

// A drill is about canaries, and everything else about everybody but them.
bool is_concerned(const Platform& platform, bool is_drill, const CitizenRef& citizen) {
  return platform.canaries.partner_of(citizen).has_value() == is_drill;
}

// How many of them are new.
Result<std::uint64_t> insert_people(store::Transaction& transaction, const domain::IncidentId& id,
                                    std::span<const CitizenRef> citizens) {
  std::uint64_t found = 0;
  for (const auto& citizen : citizens) {
    TRY(added, transaction.run(store::Sql{"INSERT INTO incident_person (incident_id, citizen_ref) VALUES ($1, $2) "
                                          "ON CONFLICT (incident_id, citizen_ref) DO NOTHING"},
                               {id.bytes(), citizen.bytes()}));
    found += added;
  }
  if (found == 0) return found;
  TRYV(transaction.run(store::Sql{"UPDATE incident SET persons_found = persons_found + $2, last_told = $3 "
                                  "WHERE incident_id = $1"},
                       {id.bytes(), static_cast<std::int64_t>(found), CitizenRef{ByteArray<16>{}}.bytes()}));
  return found;
}

// They are told too, if the others were.
Result<std::uint64_t> add_given(const Platform& platform, const domain::IncidentId& id,
                                std::span<const CitizenRef> citizens) {
  std::uint64_t found = 0;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(row, open_row(unit.transaction(), platform, id));
    std::vector<CitizenRef> concerned;
    for (const auto& citizen : citizens) {
      if (!is_concerned(platform, row.is_drill, citizen)) continue;
      const auto person = open_person(unit.transaction(), platform.ring, citizen);
      if (person.has_error()) {
        if (person.error().code == Errc::not_found) continue;
        return person.error();
      }
      concerned.push_back(citizen);
    }
    TRY(added, insert_people(unit.transaction(), id, concerned));
    found = added;
    if (found == 0 || row.telling != Telling::done) return ok();
    row.telling = Telling::asked;
    row.met_second.reset();
    return update_incident(unit.transaction(), platform.ring, row);
  }));
  return found;
}

struct Scan {
  domain::IncidentId incident;
  ByteArray<16> id{};
  std::string partner;
  std::int64_t from{};
  std::int64_t until{};
  ByteArray<32> last{};
  bool is_drill{};
};

struct FoundLinks {
  std::vector<CitizenRef> citizens;
  std::uint64_t looked_at{};
  ByteArray<32> last{};
};

Result<FoundLinks> look_on(store::Transaction& transaction, const Platform& platform, const Scan& scan) {
  FoundLinks out{.citizens = {}, .looked_at = 0, .last = scan.last};
  const auto last_citizen = BytesView{scan.last}.first(16);
  const auto last_link = BytesView{scan.last}.last(16);
  TRYV(transaction.run(store::Sql{"SELECT citizen_ref, link_id, partner_id, granted_at, withdrawn_at FROM link "
                                  "WHERE (citizen_ref, link_id) > ($1, $2) ORDER BY citizen_ref, link_id LIMIT $3"},
                       {last_citizen, last_link, links_a_part}, [&](const store::Row& row) {
                         ++out.looked_at;
                         std::ranges::copy(row.bytes(0), out.last.begin());
                         std::ranges::copy(row.bytes(1), out.last.begin() + 16);
                         const bool is_theirs = row.text(2) == scan.partner && row.integer(3) < scan.until &&
                                                (row.is_null(4) || row.integer(4) >= scan.from);
                         const CitizenRef citizen{take<16>(row.bytes(0))};
                         if (is_theirs && is_concerned(platform, scan.is_drill, citizen))
                           out.citizens.push_back(citizen);
                       }));
  return out;
}

Result<bool> work_scan(const Platform& platform) {
  bool has_worked = false;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    has_worked = false;
    std::optional<Scan> scan;
    TRYV(transaction.run(
        store::Sql{"SELECT s.incident_id, s.scan_id, s.partner_id, s.from_at, s.until_at, s.last_link, i.is_drill "
                   "FROM incident_scan s JOIN incident i ON i.incident_id = s.incident_id WHERE s.is_done = 0 LIMIT 1"},
        {}, [&](const store::Row& row) {
          scan = Scan{.incident = domain::IncidentId{take<16>(row.bytes(0))},
                      .id = take<16>(row.bytes(1)),
                      .partner = std::string{row.text(2)},
                      .from = row.integer(3),
                      .until = row.integer(4),
                      .last = take<32>(row.bytes(5)),
                      .is_drill = row.integer(6) != 0};
        }));
    if (!scan) return ok();
    has_worked = true;
    TRY(links, look_on(transaction, platform, *scan));
    TRY(found, insert_people(transaction, scan->incident, links.citizens));
    const bool is_done = links.looked_at < static_cast<std::uint64_t>(links_a_part);
    TRYV(transaction.run(
        store::Sql{"UPDATE incident_scan SET last_link = $3, is_done = $4, looked_at = looked_at + $5, "
                   "found = found + $6 WHERE incident_id = $1 AND scan_id = $2"},
        {scan->incident.bytes(), BytesView{scan->id}, BytesView{links.last}, std::int64_t{is_done ? 1 : 0},
         static_cast<std::int64_t>(links.looked_at), static_cast<std::int64_t>(found)}));
    return ok();
  }));
  return has_worked;
}

domain::Text notice_of(domain::Reporter reporter, const IncidentRow& row) {
  return domain::person_notice({.id = row.id,
                                .kind = row.kind,
                                .subject = row.subject,
                                .is_drill = row.is_drill,
                                .state = row.state,
                                .texts = row.texts,
                                .account = {},
                                .opened_at = row.opened_at,
                                .aware_at = row.aware_at,
                                .made_at = row.changed_at,
                                .reporter = std::move(reporter),
                                .chronology = {},
                                .clocks = {},
                                .log_origin = {}});
}

// One part of those who are not told yet; how many it was.
Result<std::size_t> tell_part(store::Transaction& transaction, const Platform& platform, const IncidentRow& row) {
  std::vector<CitizenRef> people;
  TRYV(transaction.run(
      store::Sql{"SELECT citizen_ref FROM incident_person WHERE incident_id = $1 AND citizen_ref > $2 AND "
                 "notice_id IS NULL ORDER BY citizen_ref LIMIT $3"},
      {row.id.bytes(), row.last_told.bytes(), static_cast<std::int64_t>(persons_a_part)},
      [&](const store::Row& found) { people.emplace_back(take<16>(found.bytes(0))); }));
  TRY(settings, read_incident_settings(transaction, platform.ring));
  const auto text = notice_of(std::move(settings.reporter), row);
  for (const auto& citizen : people) {
    NoticeId notice{ByteArray<16>{}};  // zeros: nobody is told, for they are gone or it is a drill
    const auto person = open_person(transaction, platform.ring, citizen);
    if (person.has_error() && person.error().code != Errc::not_found) return person.error();
    if (person.has_value() && !row.is_drill) {
      notice = NoticeId{crypto::random_bytes<16>()};
      TRYV(put_notice(transaction, person.value(), notice, NoticeKind::incident, text, platform.clock.now()));
    }
    TRYV(transaction.run(
        store::Sql{"UPDATE incident_person SET notice_id = $3 WHERE incident_id = $1 AND citizen_ref = $2"},
        {row.id.bytes(), citizen.bytes(), notice.bytes()}));
  }
  if (!people.empty()) {
    TRYV(transaction.run(store::Sql{"UPDATE incident SET persons_told = persons_told + $2, last_told = $3 "
                                    "WHERE incident_id = $1"},
                         {row.id.bytes(), static_cast<std::int64_t>(people.size()), people.back().bytes()}));
  }
  return people.size();
}

// Everybody who is known was told: the log says so, without a number.
Result<void> finish_telling(const Platform& platform, const domain::IncidentId& id) {
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(row, read_incident(unit.transaction(), platform.ring, id));
    if (row.telling != Telling::asked || row.persons_told < row.persons_found) return ok();
    row.telling = Telling::done;
    const auto count = std::to_string(row.persons_told);
    TRYV(log_incident(unit, platform, row, "persons-told",
                      {.id = count + " orang terdampak diberi tahu.", .en = count + " persons concerned were told."},
                      {}));
    if (row.is_drill) {
      TRYV(put_message(unit, platform, row, "persons", domain::DraftForm::persons,
                       MessageId{crypto::random_bytes<16>()}));
    }
    TRYV(settle_clocks(unit, platform, row));
    return update_incident(unit.transaction(), platform.ring, row);
  });
}

Result<bool> work_telling(const Platform& platform) {
  std::optional<domain::IncidentId> finished;
  bool has_more = false;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    finished.reset();
    has_more = false;
    std::optional<domain::IncidentId> id;
    TRYV(transaction.run(store::Sql{"SELECT incident_id FROM incident WHERE telling = 1 AND state < 4 AND NOT EXISTS "
                                    "(SELECT 1 FROM incident_scan s WHERE s.incident_id = incident.incident_id AND "
                                    "s.is_done = 0) ORDER BY incident_id LIMIT 1"},
                         {}, [&](const store::Row& row) { id = domain::IncidentId{take<16>(row.bytes(0))}; }));
    if (!id) return ok();
    TRY(row, read_incident(transaction, platform.ring, *id));
    TRY(told, tell_part(transaction, platform, row));
    has_more = told == persons_a_part;
    if (!has_more) finished = *id;
    return ok();
  }));
  if (finished) {
    TRYV(finish_telling(platform, *finished));
  }
  return has_more;
}

// Looked up without a unit: most of the time there is nothing.
Result<bool> has_work(const Platform& platform) {
  bool has = false;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    has = false;
    const auto found = [&has](const store::Row& /*row*/) { has = true; };
    TRYV(transaction.run(store::Sql{"SELECT is_done FROM incident_scan WHERE is_done = 0 LIMIT 1"}, {}, found));
    TRYV(
        transaction.run(store::Sql{"SELECT telling FROM incident WHERE telling = 1 AND state < 4 LIMIT 1"}, {}, found));
    return ok();
  }));
  return has;
}

}  // namespace

Result<void> look_for_partners_people(const Platform& platform, const domain::IncidentId& id, const PartnerId& partner,
                                      Moment from, Moment until) {
  if (until <= from) return fail(Errc::invalid_argument, "until: lies before from");
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(row, open_row(unit.transaction(), platform, id));
    auto& transaction = unit.transaction();
    TRY(partners, transaction.run(store::Sql{"SELECT partner_id FROM partner WHERE partner_id = $1"},
                                  {std::string_view{partner.value()}}));
    if (partners == 0) return fail(Errc::not_found, "no such partner");
    const auto scan = crypto::random_bytes<16>();
    TRYV(transaction.run(
        store::Sql{
            "INSERT INTO incident_scan (incident_id, scan_id, partner_id, from_at, until_at, last_link, is_done, "
            "looked_at, found) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0)"},
        {id.bytes(), BytesView{scan}, std::string_view{partner.value()}, as_int(from), as_int(until),
         BytesView{before_all_links}}));
    if (row.telling != Telling::done) return ok();
    row.telling = Telling::asked;  // those who are found now are told as well
    return update_incident(transaction, platform.ring, row);
  });
}

Result<std::uint64_t> add_people_of_tokens(const Platform& platform, const domain::IncidentId& id,
                                           std::span<const domain::LinkToken> tokens) {
  std::vector<std::pair<PartnerId, Hash>> indices;
  for (const auto& [partner, known] : platform.directory.get()->partners) {
    const auto trace =
        platform.ring.hmac_key({.cls = store::KeyClass::partner_trace, .scope = partner.value(), .epoch = 0});
    if (trace.has_error() || known.epoch == 0) continue;
    for (const auto& token : tokens) {
      if (!domain::is_traced_by(token, *trace.value())) continue;
      const auto index = store::BlindIndex{platform.ring}.of(
          {.cls = store::KeyClass::partner_index, .scope = partner.value(), .epoch = known.epoch}, token.bytes);
      if (index.has_value()) {
        indices.emplace_back(partner, index.value());
      } else if (index.error().code != Errc::denied) {
        return index.error();
      }
    }
  }
  std::vector<CitizenRef> citizens;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    citizens.clear();
    for (const auto& [partner, index] : indices) {
      TRYV(transaction.run(store::Sql{"SELECT citizen_ref FROM token WHERE partner_id = $1 AND token_index = $2"},
                           {std::string_view{partner.value()}, BytesView{index}},
                           [&](const store::Row& row) { citizens.emplace_back(take<16>(row.bytes(0))); }));
    }
    return ok();
  }));
  return add_given(platform, id, citizens);
}

Result<std::uint64_t> add_people(const Platform& platform, const domain::IncidentId& id,
                                 std::span<const CitizenRef> citizens) {
  return add_given(platform, id, citizens);
}

Result<void> tell_persons(const Platform& platform, const domain::IncidentId& id, const CommandDigest& command) {
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(row, open_row(unit.transaction(), platform, id));
    if (row.telling != Telling::not_asked) return fail(Errc::conflict, "they are being told already");
    row.telling = Telling::asked;
    TRYV(log_incident(unit, platform, row, "telling",
                      {.id = "Orang yang terdampak mulai diberi tahu.", .en = "The persons concerned are being told."},
                      command));
    return update_incident(unit.transaction(), platform.ring, row);
  });
}

Result<bool> work_persons(const Platform& platform) {
  TRY(has, has_work(platform));
  if (!has) return false;
  TRY(has_looked, work_scan(platform));
  if (has_looked) return true;
  return work_telling(platform);
}

Result<PersonsProgress> persons_progress(const Platform& platform, const domain::IncidentId& id) {
  PersonsProgress progress;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    progress = {};
    TRY(row, read_incident(transaction, platform.ring, id));
    progress.found = row.persons_found;
    progress.told = row.persons_told;
    progress.tells = row.telling == Telling::asked;
    TRYV(transaction.run(store::Sql{"SELECT is_done, looked_at FROM incident_scan WHERE incident_id = $1"},
                         {id.bytes()}, [&](const store::Row& scan) {
                           progress.looks = progress.looks || scan.integer(0) == 0;
                           progress.looked_at += static_cast<std::uint64_t>(scan.integer(1));
                         }));
    TRYV(transaction.run(store::Sql{"SELECT count(*) FROM incident_person p JOIN notice n ON n.citizen_ref = "
                                    "p.citizen_ref AND n.notice_id = p.notice_id WHERE p.incident_id = $1 AND "
                                    "n.delivered_at IS NOT NULL"},
                         {id.bytes()}, [&](const store::Row& count) {
                           progress.delivered = static_cast<std::uint64_t>(count.integer(0));
                         }));
    return ok();
  }));
  return progress;
}

}  // namespace lindung::service
