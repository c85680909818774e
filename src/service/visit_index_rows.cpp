#include "service/visit_index_rows.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "service/visit.h"
#include "service/visit_index_page.h"
#include "store/database.h"
#include "store/period_table.h"

namespace lindung::service {

namespace {

constexpr auto end_of_parts = std::numeric_limits<std::uint8_t>::max();

struct SealedRow {
  std::uint64_t log_index{};
  std::uint8_t part{};
  ByteArray<16> tag{};
  Bytes sealed;
};

std::uint32_t seconds_between(Moment from, Moment to) {
  const auto count = std::clamp<std::int64_t>((to - from).count(), 0, IndexedStay::no_end - 1);
  return static_cast<std::uint32_t>(count);
}

SealedRow sealed_of(const store::Row& row) {
  return {.log_index = static_cast<std::uint64_t>(row.integer(0)),
          .part = static_cast<std::uint8_t>(row.integer(1)),
          .tag = take<16>(row.bytes(2)),
          .sealed = to_bytes(row.bytes(3))};
}

// A log index begins at 0, so what is behind nothing is behind -1.
std::int64_t index_of(const std::optional<VisitRow>& after) {
  return after ? static_cast<std::int64_t>(after->log_index) : -1;
}
std::int64_t part_of(const std::optional<VisitRow>& after) { return after ? after->part : end_of_parts; }

Result<std::vector<VisitRow>> open_rows(const Secret<32>& day_key, Day day, const std::vector<SealedRow>& sealed) {
  std::vector<VisitRow> rows;
  rows.reserve(sealed.size());
  for (const auto& row : sealed) {
    TRY(event, open_visit_event(day_key, day, row.log_index, static_cast<VisitPart>(row.part), row.sealed));
    rows.push_back({.log_index = row.log_index,
                    .part = row.part,
                    .tag = row.tag,
                    .citizen = event.citizen,
                    .venue = event.venue,
                    .in = seconds_between(start_of(day), event.in_at),
                    .length = event.out_at ? seconds_between(event.in_at, *event.out_at) : IndexedStay::no_end});
  }
  return rows;
}

}  // namespace

VisitRow behind(std::uint64_t log_index) {
  VisitRow row;
  row.log_index = log_index;
  row.part = end_of_parts;
  return row;
}

Result<std::vector<VisitRow>> read_visit_rows(store::Transaction& transaction, const Secret<32>& day_key, Day day,
                                              const std::optional<VisitRow>& after, std::size_t limit) {
  std::vector<SealedRow> sealed;
  const auto most = static_cast<std::int64_t>(std::min(limit, visit_rows_a_statement));
  TRYV(transaction.run(
      store::period_sql("SELECT log_index, part, tag, sealed FROM visit_{p} WHERE (log_index, part) > ($1, $2) "
                        "AND part < 2 ORDER BY log_index, part LIMIT $3",
                        day.number),
      {index_of(after), part_of(after), most}, [&](const store::Row& row) { sealed.push_back(sealed_of(row)); }));
  return open_rows(day_key, day, sealed);
}

Result<std::vector<VisitRow>> read_visit_rows_of(store::Transaction& transaction, const Secret<32>& day_key, Day day,
                                                 const ByteArray<16>& tag, const std::optional<VisitRow>& after,
                                                 std::size_t limit) {
  std::vector<SealedRow> sealed;
  const auto most = static_cast<std::int64_t>(std::min(limit, visit_rows_a_statement));
  TRYV(transaction.run(
      store::period_sql("SELECT log_index, part, tag, sealed FROM visit_{p} WHERE (log_index, part) > ($1, $2) "
                        "AND part < 2 AND tag = $4 ORDER BY log_index, part LIMIT $3",
                        day.number),
      {index_of(after), part_of(after), most, BytesView{tag}},
      [&](const store::Row& row) { sealed.push_back(sealed_of(row)); }));
  return open_rows(day_key, day, sealed);
}

void merge_stays(std::vector<IndexedStay>& stays) {
  std::ranges::sort(stays);  // the one with an end comes first: no_end is the largest length
  const auto is_same = [](const IndexedStay& a, const IndexedStay& b) {
    return std::tie(a.key, a.other, a.in) == std::tie(b.key, b.other, b.in);
  };
  const auto rest = std::ranges::unique(stays, is_same);
  stays.erase(rest.begin(), rest.end());
}

std::vector<IndexedStay> stays_by_citizen(const std::vector<VisitRow>& rows) {
  std::vector<IndexedStay> stays;
  stays.reserve(rows.size());
  for (const auto& row : rows) {
    stays.push_back({.key = row.tag, .other = row.venue.value(), .in = row.in, .length = row.length});
  }
  merge_stays(stays);
  return stays;
}

std::vector<IndexedStay> stays_by_venue(const Secret<32>& day_key, const std::vector<VisitRow>& rows) {
  std::unordered_map<VenueId, ByteArray<16>> tags;
  std::vector<IndexedStay> stays;
  stays.reserve(rows.size());
  for (const auto& row : rows) {
    const auto [tag, is_new] = tags.try_emplace(row.venue);
    if (is_new) tag->second = venue_tag(day_key, row.venue);
    stays.push_back({.key = tag->second, .other = row.citizen.value(), .in = row.in, .length = row.length});
  }
  merge_stays(stays);
  return stays;
}

}  // namespace lindung::service
