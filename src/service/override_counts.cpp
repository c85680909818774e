#include "service/override_counts.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/colour.h"
#include "service/hand_rows.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::size_t month_size = 7;  // of "2026-11"

Result<void> count(store::Transaction& transaction, const KeptHand& hand, Moment now, std::int64_t set,
                   std::int64_t ended) {
  const auto month = month_of(now);
  TRYV(transaction.run(
      store::Sql{"INSERT INTO override_count (month, basis, colour, set_count, ended_count) "
                 "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (month, basis, colour) DO UPDATE SET "
                 "set_count = override_count.set_count + excluded.set_count, "
                 "ended_count = override_count.ended_count + excluded.ended_count"},
      {std::string_view{month}, std::string_view{hand.basis}, static_cast<std::int64_t>(hand.colour), set, ended}));
  return ok();
}

bool tells_little(std::uint64_t count) { return count == 0 || count >= fewest_told; }

}  // namespace

std::string month_of(Moment at) { return rfc3339(at).substr(0, month_size); }

Result<std::string> parse_month(std::string_view text) {
  const auto first = parse_rfc3339(std::string{text} + "-01T00:00:00Z");
  if (text.size() != month_size || first.has_error() || month_of(first.value()) != text) {
    return fail(Errc::malformed, "month: one like 2026-11 is needed");
  }
  return std::string{text};
}

Result<void> count_set(store::Transaction& transaction, const KeptHand& hand, Moment now) {
  return count(transaction, hand, now, 1, 0);
}

Result<void> count_ended(store::Transaction& transaction, const KeptHand& hand, Moment now) {
  return count(transaction, hand, now, 0, 1);
}

std::vector<OverrideCount> publishable(std::vector<OverrideCount> cells, bool is_over) {
  const bool by_colour = is_over && std::ranges::all_of(cells, [](const OverrideCount& cell) {
                           return tells_little(cell.set) && tells_little(cell.ended);
                         });
  if (by_colour) return cells;
  OverrideCount all{.month = cells.front().month, .basis = cells.front().basis, .colour = {}};
  for (const auto& cell : cells) {
    all.set += cell.set;
    all.ended += cell.ended;
  }
  return {std::move(all)};
}

Result<std::vector<OverrideCount>> public_override_counts(const Platform& platform,
                                                          const std::optional<std::string>& month) {
  std::vector<OverrideCount> cells;
  const auto wanted = month.value_or("");
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    cells.clear();
    TRYV(transaction.run(store::Sql{"SELECT month, basis, colour, set_count, ended_count FROM override_count "
                                    "WHERE $1 = '' OR month = $1 ORDER BY month, basis, colour"},
                         {std::string_view{wanted}}, [&](const store::Row& row) {
                           cells.push_back({.month = std::string{row.text(0)},
                                            .basis = std::string{row.text(1)},
                                            .colour = static_cast<domain::Colour>(row.integer(2)),
                                            .set = static_cast<std::uint64_t>(row.integer(3)),
                                            .ended = static_cast<std::uint64_t>(row.integer(4))});
                         }));
    return ok();
  }));
  const auto running = month_of(platform.clock.now());
  std::vector<OverrideCount> out;
  for (auto from = cells.begin(); from != cells.end();) {
    const auto to = std::find_if(
        from, cells.end(), [&](const auto& cell) { return cell.month != from->month || cell.basis != from->basis; });
    auto told = publishable({from, to}, from->month < running);
    out.insert(out.end(), std::make_move_iterator(told.begin()), std::make_move_iterator(told.end()));
    from = to;
  }
  return out;
}

}  // namespace lindung::service
