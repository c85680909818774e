#include "people/own_visits.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/category.h"
#include "people/own_status.h"
#include "service/platform.h"
#include "service/visit_index_page.h"
#include "service/visit_index_reader.h"
#include "store/database.h"
#include "store/exchange_rows.h"
#include "store/ring.h"
#include "store/ring_ratchet.h"

namespace lindung::people {

namespace {

// A stay without an end ended by itself when it was due, or goes on.
OwnVisit visit_of(const service::Platform& platform, Day day, const service::IndexedStay& stay, Moment now) {
  OwnVisit visit{.venue = own_venue(platform, VenueId{stay.other}), .in = start_of(day) + seconds{stay.in}, .out = {}};
  if (stay.length != service::IndexedStay::no_end) {
    visit.out = visit.in + seconds{stay.length};
  } else if (const auto due = visit.in + domain::longest_stay(visit.venue.category); due <= now) {
    visit.out = due;
  }
  return visit;
}

}  // namespace

Result<OwnVisits> own_visits(const service::Platform& platform, const CitizenRef& citizen) {
  const auto now = platform.clock.now();
  const auto today = day_of(now);
  TRY(oldest, platform.ring.oldest(store::Ratchet::visit_day));
  OwnVisits out;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    out = {.from = Day{static_cast<std::uint32_t>(oldest)}, .visits = {}};
    service::VisitIndexReader reader{transaction, platform.ring, citizen};
    for (auto day = out.from; day <= today; ++day.number) {
      TRY(stays, reader.of_citizen(day, citizen));
      for (const auto& stay : stays) out.visits.push_back(visit_of(platform, day, stay, now));
    }
    return ok();
  }));
  std::ranges::sort(out.visits, std::greater{}, &OwnVisit::in);
  return out;
}

Result<std::uint64_t> count_inside(const service::Platform& platform, const VenueId& venue) {
  std::uint64_t inside = 0;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    store::ExchangeRows rows{transaction};
    TRY(counts, rows.occupancy({&venue, 1}));
    inside = counts.front();
    return ok();
  }));
  return inside;
}

}  // namespace lindung::people
