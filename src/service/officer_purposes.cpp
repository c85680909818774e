#include "service/officer_purposes.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

bool is_officer_purpose(std::string_view word) noexcept {
  return std::ranges::find(officer_purposes, word) != officer_purposes.end();
}

Result<void> count_purpose(store::Transaction& transaction, const OfficerId& officer, Day day,
                           std::string_view purpose) {
  TRYV(transaction.run(store::Sql{"INSERT INTO officer_purpose (officer_id, day, purpose, views) "
                                  "VALUES ($1, $2, $3, 1) ON CONFLICT (officer_id, day, purpose) "
                                  "DO UPDATE SET views = officer_purpose.views + 1"},
                       {officer.value(), std::int64_t{day.number}, purpose}));
  return ok();
}

Result<std::vector<PurposeCount>> count_purposes(const Platform& platform, Day since) {
  std::vector<PurposeCount> counts;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    counts.clear();
    TRYV(transaction.run(store::Sql{"SELECT officer_id, day, purpose, views FROM officer_purpose WHERE day >= $1 "
                                    "ORDER BY day DESC, officer_id, purpose"},
                         {std::int64_t{since.number}}, [&](const store::Row& row) {
                           counts.push_back({.officer = OfficerId{std::string{row.text(0)}},
                                             .day = Day{static_cast<std::uint32_t>(row.integer(1))},
                                             .purpose = std::string{row.text(2)},
                                             .views = static_cast<std::uint64_t>(row.integer(3))});
                         }));
    return ok();
  }));
  return counts;
}

}  // namespace lindung::service
