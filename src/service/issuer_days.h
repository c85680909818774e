// How many rows were accepted of an issuer, by UTC day of entry: its cap and its own past are counted by it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "store/database.h"

namespace lindung::service {

// What the day has so far, held until the unit ends.
[[nodiscard]] Result<std::uint64_t> hold_issuer_day(store::Transaction& transaction, const IssuerId& issuer, Day day);
// The days in [from, to) on which something was accepted.
[[nodiscard]] Result<std::vector<std::uint64_t>> read_issuer_days(store::Transaction& transaction,
                                                                  const IssuerId& issuer, std::int64_t from,
                                                                  std::int64_t to);
// `rows` below 0 take back what was counted of an import that is undone.
[[nodiscard]] Result<void> add_to_issuer_day(store::Transaction& transaction, const IssuerId& issuer, Day day,
                                             std::int64_t rows);

}  // namespace lindung::service
