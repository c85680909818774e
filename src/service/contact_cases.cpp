#include "service/contact_cases.h"

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
#include "crypto/digest.h"
#include "domain/contact.h"
#include "domain/record.h"
#include "domain/rule_set.h"
#include "log/entry.h"
#include "service/asked.h"
#include "service/contact_case_row.h"
#include "service/contact_facts.h"
#include "service/contact_trace.h"
#include "service/install.h"
#include "service/logged_unit.h"
#include "service/notices.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/visit_index.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/ring_ratchet.h"

namespace lindung::service {

namespace {

constexpr std::size_t case_number_max = 64;
constexpr std::size_t segments_a_call = 4;
constexpr std::uint64_t shown_step = 5;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

// Nobody without the ring can tell from the id whom the case is about.
Result<TraceId> make_id(const store::KeyRing& ring, std::string_view kind, BytesView what) {
  TRY(index, store::BlindIndex{ring}.of("trace", Message{}.text(kind).u8(0).raw(what).view()));
  return take<16>(index);
}

Result<TraceId> id_of_confirmed(const store::KeyRing& ring, const CitizenRef& citizen, const domain::RecordId& source) {
  return make_id(ring, "record", Message{}.raw(citizen.bytes()).raw(source.bytes()).view());
}

// Whether some of the infectious time is not forgotten.
Result<bool> is_in_reach(const store::KeyRing& ring, Moment at) {
  TRY(oldest, ring.oldest(store::Ratchet::visit_day));
  const auto infectious = domain::infectious_time(domain::built_in_contact_policy(), at);
  return infectious.until > start_of(Day{static_cast<std::uint32_t>(oldest)});
}

Result<void> put_case(store::Transaction& transaction, const store::KeyRing& ring, const TraceId& id,
                      const TraceRow& row, Moment now) {
  TRY(sealed, seal_trace(ring, id, row));
  TRYV(transaction.run(store::Sql{"INSERT INTO trace_case (trace_id, state, queued_at, changed_at, sealed) "
                                  "VALUES ($1, $2, $3, $3, $4) ON CONFLICT (trace_id) DO NOTHING"},
                       {BytesView{id}, static_cast<std::int64_t>(TraceState::queued), as_int(now), BytesView{sealed}}));
  return ok();
}

struct StoredCase {
  TraceListing listing;
  Bytes sealed;
};

StoredCase read_row(const store::Row& row) {
  return {.listing = {.id = take<16>(row.bytes(0)),
                      .cause = {},
                      .state = static_cast<TraceState>(row.integer(1)),
                      .queued_at = moment_of(static_cast<std::uint64_t>(row.integer(2))),
                      .changed_at = moment_of(static_cast<std::uint64_t>(row.integer(3))),
                      .log_index = row.is_null(4) ? 0 : static_cast<std::uint64_t>(row.integer(4)),
                      .figures = {}},
          .sealed = to_bytes(row.bytes(5))};
}

Result<std::vector<StoredCase>> read_cases(const Platform& platform, store::Sql sql) {
  std::vector<StoredCase> cases;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    cases.clear();
    TRYV(transaction.run(sql, {}, [&](const store::Row& row) { cases.push_back(read_row(row)); }));
    return ok();
  }));
  return cases;
}

// The citizen is there, and so is the record, if one confirmed the case: it may have been undone since.
Result<bool> still_holds(const Platform& platform, const TraceSubject& subject) {
  bool holds = false;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    holds = false;
    const auto person = open_person(transaction, platform.ring, subject.citizen);
    if (person.has_error()) return person.error().code == Errc::not_found ? ok() : Result<void>{person.error()};
    if (!subject.source) {
      holds = true;
      return ok();
    }
    TRY(records, read_records(transaction, person.value()));
    holds = std::ranges::any_of(records, [&](const domain::Record& record) {
      return record.id == *subject.source && domain::confirms_case(record.fact);
    });
    return ok();
  }));
  return holds;
}

Hash digest_of(const TraceId& id, const TraceRow& row) {
  return crypto::sha256(Message{}.text("lindung trace v1").u8(0).raw(id).raw(row.command).view());
}

// The log says that it happens and why, before a fact counts. What went on already is in the log.
Result<void> announce(const Platform& platform, const TraceId& id, const TraceRow& row) {
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    auto state = TraceState::done;
    TRYV(unit.transaction().run(store::Sql{"SELECT state FROM trace_case WHERE trace_id = $1"}, {BytesView{id}},
                                [&](const store::Row& stored) { state = static_cast<TraceState>(stored.integer(0)); }));
    if (state != TraceState::queued) return ok();
    TRY(index, unit.log(log::OfficerEntry{
                   .at = unit.now(),
                   .action = row.cause == TraceCause::confirmed ? "contacts-confirmed" : "contacts-case",
                   .officer_key_digest = {},
                   .case_digest = digest_of(id, row)}));
    TRYV(unit.transaction().run(
        store::Sql{"UPDATE trace_case SET state = $2, changed_at = $3, log_index = $4 WHERE trace_id = $1"},
        {BytesView{id}, static_cast<std::int64_t>(TraceState::running), as_int(unit.now()),
         static_cast<std::int64_t>(index)}));
    return ok();
  });
}

// Whom it was about is not kept. Nothing happens when the case is in another state by now.
Result<void> finish(const Platform& platform, const TraceId& id, TraceRow row, TraceState from, TraceState to) {
  row.subject.reset();
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(sealed, seal_trace(platform.ring, id, row));
    TRY(moved,
        unit.transaction().run(
            store::Sql{
                "UPDATE trace_case SET state = $2, changed_at = $3, sealed = $4 WHERE trace_id = $1 AND state = $5"},
            {BytesView{id}, static_cast<std::int64_t>(to), as_int(unit.now()), BytesView{sealed},
             static_cast<std::int64_t>(from)}));
    if (moved == 0 || from != TraceState::ending) return ok();
    TRYV(unit.log(log::OfficerEntry{.at = unit.now(),
                                    .action = "contacts-withdrawn",
                                    .officer_key_digest = {},
                                    .case_digest = digest_of(id, row)}));
    return ok();
  });
}

Result<Contacts> contacts_of(const Platform& platform, const Dummy& dummy, const TraceSubject& subject) {
  Contacts contacts;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(found, find_contacts(transaction, platform, dummy, domain::built_in_contact_policy(),
                             {.citizen = subject.citizen, .at = subject.at}));
    contacts = std::move(found);
    return ok();
  }));
  return contacts;
}

// The same people are found again by the same visits.
Result<void> end_case(const Platform& platform, const Dummy& dummy, const TraceId& id, const TraceRow& row,
                      const TellContact& tell) {
  TRY(contacts, contacts_of(platform, dummy, *row.subject));
  TRYV(end_contact_facts(platform, id, contacts, tell));
  return finish(platform, id, row, TraceState::ending, TraceState::withdrawn);
}

Result<void> work_case(const Platform& platform, const Dummy& dummy, const StoredCase& stored,
                       const TellContact& tell) {
  const auto& id = stored.listing.id;
  TRY(row, open_trace(platform.ring, id, stored.sealed));
  if (!row.subject) return fail(Errc::corrupt, "a case without its subject");
  if (stored.listing.state == TraceState::ending) return end_case(platform, dummy, id, row, tell);
  TRY(holds, still_holds(platform, *row.subject));
  if (!holds) return finish(platform, id, row, stored.listing.state, TraceState::withdrawn);
  TRYV(announce(platform, id, row));
  TRY(contacts, contacts_of(platform, dummy, *row.subject));
  TRY(facts, write_contact_facts(platform, id, contacts, tell));
  const auto& figures = contacts.figures;
  row.figures = {.days = figures.days,
                 .days_missing = figures.days_missing,
                 .venues = coarse(figures.venues),
                 .visits = coarse(figures.visits),
                 .persons = coarse(figures.persons),
                 .facts = coarse(facts)};
  return finish(platform, id, row, TraceState::running, TraceState::done);
}

}  // namespace

std::string_view name_of(TraceState state) noexcept {
  switch (state) {
    case TraceState::queued: return "queued";
    case TraceState::running: return "running";
    case TraceState::done: return "done";
    case TraceState::withdrawn: return "withdrawn";
    case TraceState::ending: return "ending";
  }
  return "unknown";
}

std::string_view name_of(TraceCause cause) noexcept {
  return cause == TraceCause::confirmed ? "confirmed" : "case-number";
}

std::uint64_t coarse(std::uint64_t count) noexcept { return count - count % shown_step; }

Result<void> queue_trace(store::Transaction& transaction, const store::KeyRing& ring, const CitizenRef& citizen,
                         Moment specimen, const domain::RecordId& source, Moment now) {
  TRY(reaches, is_in_reach(ring, specimen));
  if (!reaches || specimen > now) return ok();
  TRY(id, id_of_confirmed(ring, citizen, source));
  return put_case(transaction, ring, id,
                  {.cause = TraceCause::confirmed,
                   .subject = TraceSubject{.citizen = citizen, .at = specimen, .source = source},
                   .case_number = {},
                   .command = {},
                   .figures = {}},
                  now);
}

Result<void> queue_if_confirmed(store::Transaction& transaction, const store::KeyRing& ring, const CitizenRef& citizen,
                                const domain::Record& record, Moment now) {
  if (!domain::confirms_case(record.fact)) return ok();
  return queue_trace(transaction, ring, citizen, domain::moment_of(record.fact), record.id, now);
}

Result<void> withdraw_if_confirmed(store::Transaction& transaction, const store::KeyRing& ring,
                                   const CitizenRef& citizen, const domain::Record& record, Moment now) {
  if (!domain::confirms_case(record.fact)) return ok();
  TRY(id, id_of_confirmed(ring, citizen, record.id));
  TRY(sealed,
      seal_trace(ring, id,
                 {.cause = TraceCause::confirmed,
                  .subject = TraceSubject{.citizen = citizen, .at = domain::moment_of(record.fact), .source = {}},
                  .case_number = {},
                  .command = {},
                  .figures = {}}));
  // One that is still queued is found not to hold any more when its turn comes.
  TRYV(transaction.run(store::Sql{"UPDATE trace_case SET state = $2, changed_at = $3, sealed = $4 "
                                  "WHERE trace_id = $1 AND state IN (2, 3)"},
                       {BytesView{id}, static_cast<std::int64_t>(TraceState::ending), as_int(now), BytesView{sealed}}));
  return ok();
}

Result<TraceId> start_trace(const Platform& platform, const TraceOrder& order) {
  const bool is_printable = std::ranges::all_of(order.case_number, [](char c) { return c >= ' ' && c <= '~'; });
  if (order.case_number.empty() || order.case_number.size() > case_number_max || !is_printable) {
    return fail(Errc::invalid_argument, "case: 1 to 64 printable ASCII characters");
  }
  const auto now = platform.clock.now();
  if (order.at > now) return fail(Errc::invalid_argument, "at: lies in the future");
  TRY(reaches, is_in_reach(platform.ring, order.at));
  if (!reaches) return fail(Errc::invalid_argument, "at: the visits of that time are forgotten");
  TRY(id, make_id(platform.ring, "case",
                  Message{}.raw(order.citizen.bytes()).be(unix_seconds(order.at)).text(order.case_number).view()));
  TRY(dummy, load_dummy(platform.database));
  if (order.citizen == dummy.citizen) return fail(Errc::not_found, "no such citizen");
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(person, open_person(transaction, platform.ring, order.citizen));
    return put_case(transaction, platform.ring, id,
                    {.cause = TraceCause::case_number,
                     .subject = TraceSubject{.citizen = person.citizen, .at = order.at, .source = {}},
                     .case_number = order.case_number,
                     .command = order.command,
                     .figures = {}},
                    now);
  }));
  return id;
}

Result<std::vector<TraceListing>> list_traces(const Platform& platform) {
  TRY(cases, read_cases(platform, store::Sql{"SELECT trace_id, state, queued_at, changed_at, log_index, sealed FROM "
                                             "trace_case ORDER BY queued_at DESC, trace_id"}));
  std::vector<TraceListing> listing;
  listing.reserve(cases.size());
  for (auto& stored : cases) {
    TRY(row, open_trace(platform.ring, stored.listing.id, stored.sealed));
    stored.listing.cause = row.cause;
    stored.listing.figures = row.figures;
    listing.push_back(stored.listing);
  }
  return listing;
}

Result<void> work_traces(const Platform& platform) {
  return work_traces(platform, [&](store::Transaction& transaction, const CitizenRef& citizen,
                                   const domain::Text& notice, Moment now) {
    return put_notice(transaction, platform.ring, citizen, NoticeKind::contact, notice, now);
  });
}

Result<void> work_traces(const Platform& platform, const TellContact& tell, const IndexShape& shape) {
  TRY(waiting,
      read_cases(platform, store::Sql{"SELECT trace_id, state, queued_at, changed_at, log_index, sealed FROM "
                                      "trace_case WHERE state < 3 OR state = 5 ORDER BY queued_at, trace_id"}));
  if (waiting.empty()) return ok();
  TRY(is_whole, build_visit_index(platform, segments_a_call, shape));
  if (!is_whole) return ok();
  TRY(dummy, load_dummy(platform.database));
  std::optional<Error> first_failure;
  for (const auto& stored : waiting) {
    const auto worked = work_case(platform, dummy, stored, tell);
    if (worked.has_error() && !first_failure) first_failure = worked.error();
  }
  return first_failure ? Result<void>{*first_failure} : ok();
}

}  // namespace lindung::service
