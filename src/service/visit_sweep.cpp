#include "service/visit_sweep.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/visit.h"
#include "store/database.h"
#include "store/exchange_rows.h"
#include "store/log_head.h"
#include "store/ring.h"
#include "store/ring_ratchet.h"

namespace lindung::service {

namespace {

constexpr std::size_t visits_a_unit = 200;

// Reads the visit again under the head of the log: whoever checked out meanwhile is left alone.
Result<bool> end_if_due(store::Transaction& transaction, const Platform& platform, const CitizenRef& citizen,
                        Moment now) {
  std::optional<Bytes> sealed;
  TRYV(transaction.run(store::Sql{"SELECT sealed FROM open_visit WHERE citizen_ref = $1 AND due_at <= $2"},
                       {citizen.bytes(), static_cast<std::int64_t>(unix_seconds(now))},
                       [&](const store::Row& row) { sealed = to_bytes(row.bytes(0)); }));
  if (!sealed) return false;
  TRY(person, open_person(transaction, platform.ring, citizen));
  TRY(visit, open_open_visit(person.key, citizen, *sealed));
  TRYV(end_open_visit(transaction, platform, person, visit, VisitPart::automatic, visit.due_at));
  return true;
}

}  // namespace

Result<void> end_open_visit(store::Transaction& transaction, const Platform& platform, const OpenPerson& person,
                            const OpenVisit& visit, VisitPart part, Moment out_at) {
  store::ExchangeRows rows{transaction};
  const auto& citizen = person.citizen;
  const auto day = day_of(visit.in_at);
  const auto day_key = platform.ring.period_key(store::Ratchet::visit_day, day.number);
  if (day_key.has_value()) {
    const store::ExchangeRows::NewVisitEvent event{
        .day = day,
        .log_index = visit.log_index,
        .part = static_cast<std::uint8_t>(part),
        .tag = visit_tag(day_key.value(), citizen),
        .sealed = seal_visit_event(day_key.value(), day, visit.log_index, part,
                                   {.citizen = citizen, .venue = visit.venue, .in_at = visit.in_at, .out_at = out_at})};
    TRYV(rows.put_visit_events({&event, 1}));
  }
  const store::ExchangeRows::NewOpenVisit closed{.citizen = citizen, .due_at = {}, .sealed = std::nullopt};
  TRYV(rows.put_open_visits({&closed, 1}));
  TRY(inside, rows.occupancy({&visit.venue, 1}));
  if (inside.front() > 0) {
    TRYV(rows.put_occupancy(visit.venue, inside.front() - 1));
  }
  return ok();
}

Result<std::uint64_t> end_overdue_visits(const Platform& platform) {
  const auto now = platform.clock.now();
  std::vector<CitizenRef> due;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"SELECT citizen_ref FROM open_visit WHERE due_at <= $1"},
                         {static_cast<std::int64_t>(unix_seconds(now))},
                         [&](const store::Row& row) { due.emplace_back(take<16>(row.bytes(0))); }));
    return ok();
  }));
  std::uint64_t ended = 0;
  for (std::size_t from = 0; from < due.size(); from += visits_a_unit) {
    const auto part = std::span{due}.subspan(from, std::min(visits_a_unit, due.size() - from));
    std::uint64_t ended_now = 0;
    TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
      // The exchange changes visits and occupancy under this lock too.
      TRY(head, store::LogHead::lock(transaction));
      ended_now = 0;
      for (const auto& citizen : part) {
        TRY(has_ended, end_if_due(transaction, platform, citizen, now));
        ended_now += has_ended ? 1 : 0;
      }
      return head.finish(now);
    }));
    ended += ended_now;
  }
  return ended;
}

}  // namespace lindung::service
