#include "service/visit_index_reader.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/visit.h"
#include "service/visit_index_page.h"
#include "service/visit_index_rows.h"
#include "store/database.h"
#include "store/period_table.h"
#include "store/ring_ratchet.h"

namespace lindung::service {

namespace {

void take_stays_of(const ByteArray<16>& tag, const std::vector<IndexedStay>& stays, std::vector<IndexedStay>& found) {
  const auto of_tag = std::ranges::equal_range(stays, tag, {}, &IndexedStay::key);
  found.insert(found.end(), of_tag.begin(), of_tag.end());
}

}  // namespace

Result<void> VisitIndexReader::list() {
  if (is_listed_) return ok();
  TRY(oldest, ring_.oldest(store::Ratchet::visit_day));
  TRY(visits, store::list_periods(transaction_, store::PeriodTable::visit));
  TRY(indexed, store::list_periods(transaction_, store::PeriodTable::visit_index));
  oldest_ = oldest;
  with_visits_ = {visits.begin(), visits.end()};
  with_index_ = {indexed.begin(), indexed.end()};
  is_listed_ = true;
  return ok();
}

Result<bool> VisitIndexReader::remembers(Day day) {
  TRYV(list());
  return day.number >= oldest_;
}

Result<const VisitIndexReader::OpenDay*> VisitIndexReader::open(Day day) {
  TRYV(list());
  if (day.number < oldest_ || !with_visits_.contains(day.number)) return nullptr;
  if (const auto known = days_.find(day); known != days_.end()) return &known->second;
  TRY(key, ring_.period_key(store::Ratchet::visit_day, day.number));
  OpenDay opened{.day = day, .key = key, .segments = 0, .loose_by_citizen = {}, .loose_by_venue = {}};
  std::optional<std::pair<std::uint32_t, Bytes>> newest;
  if (with_index_.contains(day.number)) {
    TRYV(transaction_.run(store::period_sql("SELECT segment, sealed FROM visit_index_{p} WHERE kind = 0 "
                                            "ORDER BY segment DESC LIMIT 1",
                                            day.number),
                          {}, [&](const store::Row& row) {
                            newest.emplace(static_cast<std::uint32_t>(row.integer(0)), to_bytes(row.bytes(1)));
                          }));
  }
  std::optional<IndexSegment> last;
  if (newest) {
    TRY(segment, open_segment(key, day, newest->first, newest->second));
    last = segment;
    opened.segments = newest->first + 1;
  }
  if (!last || !last->is_last) {
    TRYV(load_loose_rows(opened, last ? std::optional{last->up_to} : std::nullopt));
  }
  return &days_.emplace(day, std::move(opened)).first->second;
}

Result<void> VisitIndexReader::load_loose_rows(OpenDay& opened, std::optional<std::uint64_t> up_to) {
  std::vector<VisitRow> rows;
  auto after = up_to ? std::optional{behind(*up_to)} : std::nullopt;
  const auto tag = only_ ? std::optional{visit_tag(opened.key, *only_)} : std::nullopt;
  for (bool is_more = true; is_more;) {
    TRY(next, tag ? read_visit_rows_of(transaction_, opened.key, opened.day, *tag, after, visit_rows_a_statement)
                  : read_visit_rows(transaction_, opened.key, opened.day, after, visit_rows_a_statement));
    rows.insert(rows.end(), next.begin(), next.end());
    if (rows.size() > loose_rows_max) return fail(Errc::unavailable, "the visit index of a day is behind");
    if (!rows.empty()) after = rows.back();
    is_more = next.size() == visit_rows_a_statement;
  }
  opened.loose_by_citizen = stays_by_citizen(rows);
  opened.loose_by_venue = stays_by_venue(opened.key, rows);
  return ok();
}

// Pages stand in the order of their first tags. A tag's stays are in the last page that begins before it, and in those
// that begin with it.
Result<void> VisitIndexReader::look_into(const OpenDay& day, const PageName& segment, const ByteArray<16>& tag,
                                         std::vector<IndexedStay>& found) {
  std::vector<std::pair<PageName, Bytes>> pages;
  const auto collect = [&](const store::Row& row) {
    auto name = segment;
    name.first = take<16>(row.bytes(0));
    name.page = static_cast<std::uint32_t>(row.integer(1));
    pages.emplace_back(name, to_bytes(row.bytes(2)));
  };
  const auto kind = static_cast<std::int64_t>(segment.kind);
  const std::int64_t number{segment.segment};
  TRYV(transaction_.run(store::period_sql("SELECT first, page, sealed FROM visit_index_{p} WHERE kind = $1 AND "
                                          "segment = $2 AND first < $3 ORDER BY first DESC, page DESC LIMIT 1",
                                          day.day.number),
                        {kind, number, BytesView{tag}}, collect));
  TRYV(transaction_.run(store::period_sql("SELECT first, page, sealed FROM visit_index_{p} WHERE kind = $1 AND "
                                          "segment = $2 AND first = $3 ORDER BY page",
                                          day.day.number),
                        {kind, number, BytesView{tag}}, collect));
  for (const auto& [name, sealed] : pages) {
    TRY(stays, open_index_page(day.key, name, sealed));
    take_stays_of(tag, stays, found);
  }
  return ok();
}

Result<std::vector<IndexedStay>> VisitIndexReader::find(const OpenDay& day, IndexKind kind, const ByteArray<16>& tag,
                                                        const std::vector<IndexedStay>& loose) {
  std::vector<IndexedStay> found;
  for (std::uint32_t segment = 0; segment < day.segments; ++segment) {
    TRYV(look_into(day, {.day = day.day, .kind = kind, .segment = segment, .page = 0, .first = {}}, tag, found));
  }
  take_stays_of(tag, loose, found);
  merge_stays(found);
  return found;
}

Result<std::vector<IndexedStay>> VisitIndexReader::of_citizen(Day day, const CitizenRef& citizen) {
  TRY(opened, open(day));
  if (opened == nullptr) return std::vector<IndexedStay>{};
  return find(*opened, IndexKind::citizens, visit_tag(opened->key, citizen), opened->loose_by_citizen);
}

Result<std::vector<IndexedStay>> VisitIndexReader::at_venue(Day day, const VenueId& venue) {
  TRY(opened, open(day));
  if (opened == nullptr) return std::vector<IndexedStay>{};
  return find(*opened, IndexKind::venues, venue_tag(opened->key, venue), opened->loose_by_venue);
}

}  // namespace lindung::service
