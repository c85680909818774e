#include "service/contact_facts.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
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

// None for somebody who was erased.
Result<std::optional<OpenPerson>> lock_contact(store::Transaction& transaction, const Platform& platform,
                                               const CitizenRef& citizen) {
  auto locked = lock_person(transaction, platform.ring, citizen);
  if (locked.has_error() && locked.error().code == Errc::not_found) return std::optional<OpenPerson>{};
  TRY(person, std::move(locked));
  return std::optional{std::move(person)};
}

// Whether the person has the fact then.
Result<bool> write_fact(store::Transaction& transaction, const Platform& platform, TimelineWriter& timelines,
                        const TraceId& trace, const Contact& contact, const TellContact& tell) {
  TRY(person, lock_contact(transaction, platform, contact.first));
  if (!person) return false;
  TRY(record, record_of(platform, trace, contact));
  TRY(is_known, has_record(transaction, contact.first, record.id));
  if (is_known) return true;
  TRYV(put_record(transaction, *person, record, timelines.position()));
  TRYV(timelines.write(transaction, *person, record.entered_at));
  if (tell) {
    TRYV(tell(transaction, contact.first, domain::contact_notice(contact.second), record.entered_at));
  }
  return true;
}

// Whether the person had the fact until now.
Result<bool> end_fact(store::Transaction& transaction, const Platform& platform, TimelineWriter& timelines,
                      const TraceId& trace, const Contact& contact, const TellContact& tell) {
  TRY(person, lock_contact(transaction, platform, contact.first));
  if (!person) return false;
  TRY(wanted, record_of(platform, trace, contact));
  TRY(records, read_records(transaction, *person));
  const auto found = std::ranges::find(records, wanted.id, &domain::Record::id);
  if (found == records.end()) return false;
  const auto last = domain::moment_of(found->fact);  // as the first notice said it
  TRYV(end_record(transaction, *person, wanted.id, timelines.position()));
  TRYV(timelines.write(transaction, *person, platform.clock.now()));
  if (tell) {
    TRYV(tell(transaction, contact.first, domain::contact_withdrawn_notice(last), platform.clock.now()));
  }
  return true;
}

// In the order of citizens, as the map has them: two traces that share people wait for each other, and do not deadlock.
// Counts for whom `work` says so.
template <class Work>
Result<std::uint64_t> for_each_contact(const Platform& platform, const Contacts& contacts, Work work) {
  const std::vector<Contact> people{contacts.last_moments.begin(), contacts.last_moments.end()};
  TimelineWriter timelines{platform.ring};
  std::uint64_t count = 0;
  for (std::size_t from = 0; from < people.size(); from += people_a_unit) {
    const auto part = std::span{people}.subspan(from, std::min(people_a_unit, people.size() - from));
    std::uint64_t count_now = 0;
    TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
      count_now = 0;
      TRYV(timelines.begin(transaction));
      for (const auto& contact : part) {
        TRY(counts, work(transaction, timelines, contact));
        count_now += counts ? 1 : 0;
      }
      return ok();
    }));
    count += count_now;
  }
  return count;
}

}  // namespace

Result<std::uint64_t> write_contact_facts(const Platform& platform, const TraceId& trace, const Contacts& contacts,
                                          const TellContact& tell) {
  return for_each_contact(platform, contacts, [&](auto& transaction, auto& timelines, const Contact& contact) {
    return write_fact(transaction, platform, timelines, trace, contact, tell);
  });
}

Result<std::uint64_t> end_contact_facts(const Platform& platform, const TraceId& trace, const Contacts& contacts,
                                        const TellContact& tell) {
  return for_each_contact(platform, contacts, [&](auto& transaction, auto& timelines, const Contact& contact) {
    return end_fact(transaction, platform, timelines, trace, contact, tell);
  });
}

}  // namespace lindung::service
