#include "service/issuer_days.h"

#include <cstdint>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "store/database.h"

namespace lindung::service {

Result<std::uint64_t> hold_issuer_day(store::Transaction& transaction, const IssuerId& issuer, Day day) {
  std::uint64_t accepted = 0;
  TRYV(transaction.run(store::Sql{"INSERT INTO issuer_day (issuer_id, day, accepted) VALUES ($1, $2, 0) "
                                  "ON CONFLICT (issuer_id, day) DO UPDATE SET accepted = issuer_day.accepted "
                                  "RETURNING accepted"},
                       {issuer.value(), std::int64_t{day.number}},
                       [&](const store::Row& row) { accepted = static_cast<std::uint64_t>(row.integer(0)); }));
  return accepted;
}

Result<std::vector<std::uint64_t>> read_issuer_days(store::Transaction& transaction, const IssuerId& issuer,
                                                    std::int64_t from, std::int64_t to) {
  std::vector<std::uint64_t> days;
  TRYV(transaction.run(store::Sql{"SELECT accepted FROM issuer_day WHERE issuer_id = $1 AND day >= $2 AND day < $3 "
                                  "AND accepted > 0"},
                       {issuer.value(), from, to},
                       [&](const store::Row& row) { days.push_back(static_cast<std::uint64_t>(row.integer(0))); }));
  return days;
}

Result<void> add_to_issuer_day(store::Transaction& transaction, const IssuerId& issuer, Day day, std::int64_t rows) {
  TRYV(transaction.run(store::Sql{"UPDATE issuer_day SET accepted = accepted + $3 WHERE issuer_id = $1 AND day = $2"},
                       {issuer.value(), std::int64_t{day.number}, rows}));
  return ok();
}

}  // namespace lindung::service
