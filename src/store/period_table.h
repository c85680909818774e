// Tables of one day or one hour: forgotten rows are dropped as a whole table, never deleted one by one (a deleted day
// of eight million rows is an hour of writing, a dropped one is none).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/database.h"

namespace lindung::store {

// The kinds of period table, each with its columns.
enum class PeriodTable : std::uint8_t {
  answered,  // by hour of client time: recorded answers, found by partner and request id (protocol.md section 9)
  evidence,  // by day of the answer: opening, signature, and what rebuilds signature base and plaintext, sealed
  visit,     // by day of the check-in: check-ins and check-outs, sealed and tagged under the day's key
  // By day too: pages of many stays each, found by the first tag in them, sealed under the day's key. `kind` 0 says
  // what a segment covers; the others are as service/visit_index_page.h.
  visit_index,
  report,        // by day of the report: reports, found by the digest of their receipt, sealed under the day's own key
  report_tally,  // by day too: how many of each syndrome and district, sealed likewise; the name tells neither
  look,          // by day of the answer: where the log holds the answers about one person, tagged and sealed likewise
};

// The statement with every "{p}" replaced by the period's number. `text` must be a literal. Thread-safe; the result
// lives as long as the program and is the same object each time, so that prepared statements are found again.
[[nodiscard]] Sql period_sql(std::string_view text, std::uint64_t period);

// Creates the table if it is not there.
[[nodiscard]] Result<void> ensure_period(Transaction& transaction, PeriodTable table, std::uint64_t period);

// Removes the table and all its rows, if it is there.
[[nodiscard]] Result<void> drop_period(Transaction& transaction, PeriodTable table, std::uint64_t period);

// The periods whose table exists, ascending.
[[nodiscard]] Result<std::vector<std::uint64_t>> list_periods(Transaction& transaction, PeriodTable table);

}  // namespace lindung::store
