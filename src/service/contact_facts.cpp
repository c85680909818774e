#include "service/contact_facts.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/contact_notice.h"
#include "domain/record.h"
#include "service/contact_trace.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/timeline_writer.h"
#include "store/blind_index.h"
#include "store/database.h"

namespace lindung::service {

namespace {

// Few a unit: whoever asks at a door waits for the unit before it.
constexpr std::size_t people_a_unit = 10;

using Contact = std::pair<CitizenRef, Moment>;

Result<domain::Record> record_of(const Platform& platform, const TraceId& trace, const Contact& contact) {
  TRY(index, store::BlindIndex{platform.ring}.of(
                 "trace", Message{}.text("contact").u8(0).raw(trace).raw(contact.first.bytes()).view()));
  const domain::BatchId batch{take<16>(index)};
  return domain::Record{.id = domain::record_id(batch, "contact"),
                        .issuer = IssuerId{std::string{trace_issuer}},
                        .batch = batch,
                        .entered_at = platform.clock.now(),
                        .fact = domain::Contact{.at = contact.second}};
}

Result<bool> has_record(store::Transaction& transaction, const CitizenRef& citizen, const domain::RecordId& record) {
  TRY(found, transaction.run(store::Sql{"SELECT record_id FROM record WHERE citizen_ref = $1 AND record_id = $2"},
                             {citizen.bytes(), record.bytes()}));
  return found != 0;
}

// False for somebody who was erased.
Result<bool> write_fact(store::Transaction& transaction, const Platform& platform, TimelineWriter& timelines,
                        const TraceId& trace, const Contact& contact, const TellContact& tell) {
  const auto& citizen = contact.first;
  auto locked = lock_person(transaction, platform.ring, citizen);
  if (locked.has_error() && locked.error().code == Errc::not_found) return false;
  TRY(person, std::move(locked));
  TRY(record, record_of(platform, trace, contact));
  TRY(is_known, has_record(transaction, citizen, record.id));
  if (is_known) return true;
  TRYV(put_record(transaction, person, record, timelines.position()));
  TRYV(timelines.write(transaction, person, record.entered_at));
  if (tell) {
    TRYV(tell(transaction, citizen, domain::contact_notice(contact.second), record.entered_at));
  }
  return true;
}

}  // namespace

Result<std::uint64_t> write_contact_facts(const Platform& platform, const TraceId& trace, const Contacts& contacts,
                                          const TellContact& tell) {
  // In the order of citizens, as the map has them: two traces that share people wait for each other, and do not
  // deadlock.
  const std::vector<Contact> people{contacts.last_moments.begin(), contacts.last_moments.end()};
  TimelineWriter timelines{platform.ring};
  std::uint64_t facts = 0;
  for (std::size_t from = 0; from < people.size(); from += people_a_unit) {
    const auto part = std::span{people}.subspan(from, std::min(people_a_unit, people.size() - from));
    std::uint64_t facts_now = 0;
    TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
      facts_now = 0;
      TRYV(timelines.begin(transaction));
      for (const auto& contact : part) {
        TRY(has_fact, write_fact(transaction, platform, timelines, trace, contact, tell));
        facts_now += has_fact ? 1 : 0;
      }
      return ok();
    }));
    facts += facts_now;
  }
  return facts;
}

}  // namespace lindung::service
