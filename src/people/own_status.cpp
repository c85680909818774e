#include "people/own_status.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/timeline.h"
#include "people/reason_book.h"
#include "service/identity_row.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/visit.h"
#include "store/database.h"
#include "store/sealing.h"

namespace lindung::people {

namespace {

struct Rows {
  Bytes wrapped_key;
  std::uint64_t generation{};
  Bytes timeline;
  std::optional<Bytes> identity;
  std::optional<Bytes> visit;
  bool is_restricted{};
};

std::optional<Bytes> bytes_or_none(const store::Row& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional{to_bytes(row.bytes(column))};
}

Result<Rows> read_rows(const service::Platform& platform, const CitizenRef& citizen) {
  std::optional<Rows> rows;
  TRYV(platform.database.ask(
      store::Sql{"SELECT c.wrapped_key, t.generation, t.sealed, i.sealed, v.sealed, r.since FROM citizen c "
                 "JOIN log_head h ON h.id = 0 "
                 "JOIN timeline t ON t.citizen_ref = c.citizen_ref AND t.generation = h.generation "
                 "LEFT JOIN identity i ON i.citizen_ref = c.citizen_ref "
                 "LEFT JOIN open_visit v ON v.citizen_ref = c.citizen_ref "
                 "LEFT JOIN restriction r ON r.citizen_ref = c.citizen_ref WHERE c.citizen_ref = $1"},
      {citizen.bytes()}, [&](const store::Row& row) {
        rows = Rows{.wrapped_key = to_bytes(row.bytes(0)),
                    .generation = static_cast<std::uint64_t>(row.integer(1)),
                    .timeline = to_bytes(row.bytes(2)),
                    .identity = bytes_or_none(row, 3),
                    .visit = bytes_or_none(row, 4),
                    .is_restricted = !row.is_null(5)};
      }));
  if (!rows) return fail(Errc::not_found, "no such citizen");
  return std::move(*rows);
}

// The neighbours of a step in which the colour is the same belong to it: doors and reasons may differ between them.
void place_in_time(const domain::Timeline& timeline, const domain::Step& step, OwnStatus& out) {
  const auto& steps = timeline.steps();
  const auto is_other = [&](const domain::Step& each) { return each.colour != step.colour; };
  const auto place = std::ranges::find(steps, step.from, &domain::Step::from);
  const auto next = std::find_if(place, steps.end(), is_other);
  if (next != steps.end()) out.next = OwnStatus::Next{.colour = next->colour, .from = next->from};
  const auto before = std::find_if(std::make_reverse_iterator(place), steps.rend(), is_other);
  if (before != steps.rend()) out.since = before.base()->from;
}

}  // namespace

OwnVenue own_venue(const service::Platform& platform, const VenueId& id) {
  const auto venue = platform.venues.find(id);
  return venue ? OwnVenue{.id = id, .name = venue->name, .category = venue->category}
               : OwnVenue{.id = id, .name = {}, .category = {}};
}

Result<OwnStatus> own_status(const service::Platform& platform, ReasonBook& reasons, const CitizenRef& citizen) {
  TRY(rows, read_rows(platform, citizen));
  TRY(key, store::unwrap_citizen_key(platform.ring, citizen, rows.wrapped_key));
  const service::OpenPerson person{.citizen = citizen, .key = key};
  TRY(timeline, service::open_timeline(key, citizen, rows.generation, rows.timeline));
  OwnStatus out;
  out.at = platform.clock.now();
  if (rows.identity) {
    TRY(identity, service::open_identity(person, *rows.identity));
    out.name = std::move(identity.name);
  }
  const auto& step = timeline.at(out.at);
  TRY(words, reasons.find(timeline, step));
  out.colour = step.colour;
  out.rule = std::move(words.rule);
  out.reason = std::move(words.text);
  place_in_time(timeline, step, out);
  out.is_restricted = rows.is_restricted;
  if (rows.visit) {
    TRY(visit, service::open_open_visit(key, citizen, *rows.visit));
    if (out.at < visit.due_at) {
      out.inside =
          OwnStatus::Inside{.venue = own_venue(platform, visit.venue), .since = visit.in_at, .due = visit.due_at};
    }
  }
  return out;
}

}  // namespace lindung::people
