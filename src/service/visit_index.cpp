#include "service/visit_index.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "service/platform.h"
#include "service/visit_index_page.h"
#include "service/visit_index_rows.h"
#include "store/database.h"
#include "store/period_table.h"
#include "store/ring_ratchet.h"

namespace lindung::service {

namespace {

using store::PeriodTable;

// A day that is over, the longest stay that began in it, and time for what was still being committed.
constexpr std::chrono::hours closed_after{24 + 24 + 1};
// Few a unit: whoever asks at a door waits for the unit before it.
constexpr std::size_t pages_a_unit = 32;

// Where the index of a day ends.
struct Frontier {
  std::uint32_t next_segment{};
  std::optional<VisitRow> last{};
  bool is_whole{};
};

Result<bool> is_forgotten(const Platform& platform, Day day) {
  TRY(oldest, platform.ring.oldest(store::Ratchet::visit_day));
  return day.number < oldest;
}

Result<std::vector<Day>> days_with_visits(const Platform& platform) {
  TRY(oldest, platform.ring.oldest(store::Ratchet::visit_day));
  std::vector<Day> days;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(periods, store::list_periods(transaction, PeriodTable::visit));
    days.clear();
    for (const auto period : periods) {
      if (period >= oldest) days.push_back({static_cast<std::uint32_t>(period)});
    }
    return ok();
  }));
  return days;
}

Result<Frontier> read_frontier(store::Transaction& transaction, const Secret<32>& day_key, Day day) {
  Frontier frontier;
  TRY(indexed, store::list_periods(transaction, PeriodTable::visit_index));
  if (!std::ranges::binary_search(indexed, std::uint64_t{day.number})) return frontier;
  std::optional<std::pair<std::uint32_t, Bytes>> newest;
  TRYV(transaction.run(store::period_sql("SELECT segment, sealed FROM visit_index_{p} WHERE kind = 0 "
                                         "ORDER BY segment DESC LIMIT 1",
                                         day.number),
                       {}, [&](const store::Row& row) {
                         newest.emplace(static_cast<std::uint32_t>(row.integer(0)), to_bytes(row.bytes(1)));
                       }));
  if (!newest) return frontier;
  TRY(segment, open_segment(day_key, day, newest->first, newest->second));
  frontier.next_segment = newest->first + 1;
  frontier.last = behind(segment.up_to);
  frontier.is_whole = segment.is_last;
  return frontier;
}

// Whether so many rows stand behind the frontier. A log index has two rows that count at most, so a look at the newest
// one tells mostly.
Result<bool> has_rows(store::Transaction& transaction, Day day, const Frontier& frontier, std::size_t wanted) {
  const std::int64_t begin = frontier.last ? static_cast<std::int64_t>(frontier.last->log_index) : -1;
  std::int64_t newest = -1;
  TRYV(transaction.run(store::period_sql("SELECT log_index FROM visit_{p} ORDER BY log_index DESC LIMIT 1", day.number),
                       {}, [&](const store::Row& row) { newest = row.integer(0); }));
  if (newest - begin < static_cast<std::int64_t>(wanted / 2)) return false;
  std::int64_t count = 0;
  TRYV(transaction.run(
      store::period_sql("SELECT COUNT(*) FROM (SELECT log_index FROM visit_{p} WHERE log_index > $1 AND part < 2 "
                        "LIMIT $2) AS behind",
                        day.number),
      {begin, static_cast<std::int64_t>(wanted)}, [&](const store::Row& row) { count = row.integer(0); }));
  return count >= static_cast<std::int64_t>(wanted);
}

struct SegmentRows {
  std::vector<VisitRow> rows;
  bool is_last{};  // no row stands behind them
};

// The rows of the next segment. All rows of one log index are in one segment.
Result<SegmentRows> read_segment(const Platform& platform, const Secret<32>& day_key, Day day, const Frontier& frontier,
                                 std::size_t rows_a_segment) {
  SegmentRows segment;
  auto& rows = segment.rows;
  const auto wanted = rows_a_segment + 1;  // one more, to know whether there is more
  rows.reserve(wanted);
  auto after = frontier.last;
  for (bool is_more = true; is_more && rows.size() < wanted;) {
    std::vector<VisitRow> next;
    const auto limit = std::min(visit_rows_a_statement, wanted - rows.size());
    TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
      TRY(read, read_visit_rows(transaction, day_key, day, after, limit));
      next = std::move(read);
      return ok();
    }));
    rows.insert(rows.end(), next.begin(), next.end());
    if (!rows.empty()) after = rows.back();
    is_more = next.size() == limit;
  }
  segment.is_last = rows.size() < wanted;
  if (!segment.is_last) {
    const auto cut = rows.back().log_index;
    while (!rows.empty() && rows.back().log_index == cut) rows.pop_back();
  }
  return segment;
}

Result<void> put_row(store::Transaction& transaction, const PageName& name, BytesView sealed) {
  TRYV(transaction.run(
      store::period_sql("INSERT INTO visit_index_{p} (kind, segment, first, page, sealed) "
                        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, segment, first, page) DO NOTHING",
                        name.day.number),
      {static_cast<std::int64_t>(name.kind), std::int64_t{name.segment}, BytesView{name.first}, std::int64_t{name.page},
       sealed}));
  return ok();
}

struct SealedPage {
  PageName name;
  Bytes sealed;
};

Result<void> put_pages(const Platform& platform, Day day, std::span<const SealedPage> pages) {
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(forgotten, is_forgotten(platform, day));
    if (forgotten) return fail(Errc::denied, "the day was forgotten meanwhile");  // and its table dropped
    TRYV(store::ensure_period(transaction, PeriodTable::visit_index, day.number));
    for (const auto& page : pages) {
      TRYV(put_row(transaction, page.name, page.sealed));
    }
    return ok();
  });
}

Result<void> write_stays(const Platform& platform, const Secret<32>& day_key, PageName name,
                         std::span<const IndexedStay> stays, std::size_t stays_a_page) {
  std::vector<SealedPage> pages;
  for (std::size_t from = 0; from < stays.size(); from += stays_a_page, ++name.page) {
    const auto part = stays.subspan(from, std::min(stays_a_page, stays.size() - from));
    name.first = part.front().key;
    pages.push_back({.name = name, .sealed = seal_index_page(day_key, name, part)});
    if (pages.size() < pages_a_unit) continue;
    TRYV(put_pages(platform, name.day, pages));
    pages.clear();
  }
  return pages.empty() ? ok() : put_pages(platform, name.day, pages);
}

// True when a segment was built.
Result<bool> build_next(const Platform& platform, Day day, const IndexShape& shape) {
  TRY(day_key, platform.ring.period_key(store::Ratchet::visit_day, day.number));
  const bool closed = is_closed(day, platform.clock.now());
  Frontier frontier;
  bool is_due = false;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(at, read_frontier(transaction, day_key, day));
    frontier = at;
    is_due = !frontier.is_whole && closed;
    if (frontier.is_whole || closed) return ok();
    TRY(enough, has_rows(transaction, day, frontier, shape.rows_a_segment + 1));
    is_due = enough;
    return ok();
  }));
  if (!is_due) return false;
  TRY(segment, read_segment(platform, day_key, day, frontier, shape.rows_a_segment));
  PageName name{.day = day, .kind = IndexKind::citizens, .segment = frontier.next_segment, .page = 0, .first = {}};
  TRYV(write_stays(platform, day_key, name, stays_by_citizen(segment.rows), shape.stays_a_page));
  name.kind = IndexKind::venues;
  TRYV(write_stays(platform, day_key, name, stays_by_venue(day_key, segment.rows), shape.stays_a_page));
  const auto begin = frontier.last ? frontier.last->log_index : 0;
  const IndexSegment covered{.up_to = segment.rows.empty() ? begin : segment.rows.back().log_index,
                             .rows = segment.rows.size(),
                             .is_last = closed && segment.is_last};
  name = {.day = day, .kind = IndexKind::segment, .segment = frontier.next_segment, .page = 0, .first = {}};
  const SealedPage head{.name = name, .sealed = seal_segment(day_key, day, frontier.next_segment, covered)};
  TRYV(put_pages(platform, day, {&head, 1}));
  return true;
}

}  // namespace

bool is_closed(Day day, Moment now) noexcept { return now >= start_of(day) + closed_after; }

Result<bool> build_visit_index(const Platform& platform, std::size_t segments, const IndexShape& shape) {
  TRY(days, days_with_visits(platform));
  std::optional<Error> first_failure;
  for (const auto day : days) {
    for (bool is_more = true; is_more;) {
      if (segments == 0) return false;
      auto built = build_next(platform, day, shape);
      if (built.has_error()) {
        TRY(forgotten, is_forgotten(platform, day));
        if (!forgotten && !first_failure) first_failure = built.error();
      }
      is_more = built.has_value() && built.value();
      if (is_more) --segments;
    }
  }
  if (first_failure) return *first_failure;
  return true;
}

}  // namespace lindung::service
