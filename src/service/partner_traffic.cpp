#include "service/partner_traffic.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::uint64_t seconds_an_hour = 3600;

std::uint64_t number(const store::Row& row, int column) { return static_cast<std::uint64_t>(row.integer(column)); }

}  // namespace

Result<std::map<PartnerId, std::vector<TrafficHour>>> read_traffic(const Platform& platform,
                                                                   const std::optional<PartnerId>& partner,
                                                                   Moment since) {
  std::map<PartnerId, std::vector<TrafficHour>> hours;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    hours.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT partner_id, hour, questions, unlinked, denied FROM partner_hour "
                   "WHERE hour >= $1 ORDER BY partner_id, hour"},
        {std::int64_t{hour_of(since).number}}, [&](const store::Row& row) {
          const PartnerId id{std::string{row.text(0)}};
          if (partner && *partner != id) return;
          hours[id].push_back(
              {.at = moment_of(number(row, 1) * seconds_an_hour),
               .count = {.questions = number(row, 2), .unlinked = number(row, 3), .denied = number(row, 4)}});
        }));
    return ok();
  }));
  return hours;
}

}  // namespace lindung::service
