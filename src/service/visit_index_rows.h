// The rows of a day's visits, opened in the order in which they were written: what the index is built from, and what is
// looked through where there is no index yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "service/visit_index_page.h"
#include "store/database.h"

namespace lindung::service {

// A row, opened. Privacy: who was where.
struct VisitRow {
  std::uint64_t log_index{};
  std::uint8_t part{};
  ByteArray<16> tag{};
  CitizenRef citizen;
  VenueId venue;
  std::uint32_t in{};      // seconds since the day began
  std::uint32_t length{};  // seconds; IndexedStay::no_end for a check-in
};

// The next rows behind `after` (from the first one on without it), at most `limit`: few enough for a statement's
// deadline. Automatic check-outs are left out: a stay without an end lasts until it is due, which is what they say.
// Shape: the table of the day is there. Errors: corrupt when a row does not open.
inline constexpr std::size_t visit_rows_a_statement = 8'192;
[[nodiscard]] Result<std::vector<VisitRow>> read_visit_rows(store::Transaction& transaction, const Secret<32>& day_key,
                                                            Day day, const std::optional<VisitRow>& after,
                                                            std::size_t limit);
// The same of one citizen's tag. The database looks through the rows behind `after`, and nobody else's is opened.
[[nodiscard]] Result<std::vector<VisitRow>> read_visit_rows_of(store::Transaction& transaction,
                                                               const Secret<32>& day_key, Day day,
                                                               const ByteArray<16>& tag,
                                                               const std::optional<VisitRow>& after, std::size_t limit);
// Those behind a log index.
[[nodiscard]] VisitRow behind(std::uint64_t log_index);

// The stays that rows tell of, each once, by their citizens' tags and by their venues'; ordered.
[[nodiscard]] std::vector<IndexedStay> stays_by_citizen(const std::vector<VisitRow>& rows);
[[nodiscard]] std::vector<IndexedStay> stays_by_venue(const Secret<32>& day_key, const std::vector<VisitRow>& rows);

// Orders stays and leaves each once: one that has an end replaces the same one without.
void merge_stays(std::vector<IndexedStay>& stays);

}  // namespace lindung::service
