#include "service/people_page.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "domain/record.h"
#include "service/hand_rows.h"
#include "service/person_rows.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

// Few people have one.
Result<void> add_hands(store::Transaction& transaction, std::vector<PagedPerson>& people) {
  if (people.empty()) return ok();
  std::set<CitizenRef> handed;
  TRYV(transaction.run(store::Sql{"SELECT citizen_ref FROM hand WHERE citizen_ref >= $1 AND citizen_ref <= $2"},
                       {people.front().person.citizen.bytes(), people.back().person.citizen.bytes()},
                       [&](const store::Row& row) { handed.emplace(take<16>(row.bytes(0))); }));
  if (handed.empty()) return ok();
  for (auto& each : people) {
    if (!handed.contains(each.person.citizen)) continue;
    TRY(hands, read_hands(transaction, each.person));
    each.hands = hands_of(hands);
  }
  return ok();
}

}  // namespace

Result<std::vector<CitizenRef>> next_citizens(store::Transaction& transaction, const std::optional<CitizenRef>& after,
                                              std::size_t most) {
  std::vector<CitizenRef> refs;
  TRYV(transaction.run(
      store::Sql{"SELECT citizen_ref FROM citizen WHERE citizen_ref > $1 ORDER BY citizen_ref LIMIT $2"},
      {after ? after->bytes() : BytesView{}, static_cast<std::int64_t>(most)},
      [&](const store::Row& row) { refs.emplace_back(take<16>(row.bytes(0))); }));
  return refs;
}

Result<std::vector<PagedPerson>> read_people(store::Transaction& transaction, const store::KeyRing& ring,
                                             const CitizenRef& first, const CitizenRef& last) {
  std::vector<PagedPerson> people;
  Result<void> state = ok();
  TRYV(transaction.run(
      store::Sql{"SELECT citizen_ref, wrapped_key FROM citizen WHERE citizen_ref >= $1 "
                 "AND citizen_ref <= $2 ORDER BY citizen_ref"},
      {first.bytes(), last.bytes()}, [&](const store::Row& row) {
        const CitizenRef citizen{take<16>(row.bytes(0))};
        auto key = store::unwrap_citizen_key(ring, citizen, row.bytes(1));
        if (key.has_error()) {
          state = key.error();
          return;
        }
        people.push_back({.person = {.citizen = citizen, .key = std::move(key).value()}, .records = {}, .hands = {}});
      }));
  TRYV(std::move(state));
  state = ok();
  auto at = people.begin();
  TRYV(transaction.run(
      store::Sql{"SELECT citizen_ref, record_id, sealed FROM record WHERE citizen_ref >= $1 AND citizen_ref <= $2 "
                 "AND known_until IS NULL ORDER BY citizen_ref, record_id"},
      {first.bytes(), last.bytes()}, [&](const store::Row& row) {
        const CitizenRef citizen{take<16>(row.bytes(0))};
        while (at != people.end() && at->person.citizen < citizen) ++at;
        if (at == people.end() || at->person.citizen != citizen) return;  // came after the first scan, on PostgreSQL
        auto record = open_record(at->person, domain::RecordId{take<16>(row.bytes(1))}, row.bytes(2));
        if (record.has_error()) {
          state = record.error();
          return;
        }
        at->records.push_back(std::move(record).value());
      }));
  TRYV(std::move(state));
  TRYV(add_hands(transaction, people));
  return people;
}

}  // namespace lindung::service
