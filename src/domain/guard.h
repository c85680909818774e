// What makes a row of an import wait for two officers although it reads well: an issuer that goes beyond its terms or
// its own past, doses that nobody can have had. The numbers are data with their sources (data/codes/guard.json).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/issuer_terms.h"
#include "domain/record.h"

namespace lindung::domain {

struct GuardTable {
  struct Interval {
    std::string series;
    std::chrono::days shortest{};
  };
  std::vector<Interval> intervals;
  std::chrono::days past{};   // how far back an issuer's own past reaches
  std::size_t active_days{};  // with fewer of them there is no past to compare with
  std::uint64_t times{};      // of the busiest day
  std::uint64_t at_least{};   // rows of a day that nobody calls unusual
};

// Errors: malformed for a table of another form.
[[nodiscard]] Result<GuardTable> load_guard_table(std::string_view text);
// The table of this program.
[[nodiscard]] const GuardTable& built_in_guard();

// issuer_closed, outside_district: of any row. None: nothing is wrong with it.
[[nodiscard]] std::optional<Reason> refused_by_terms(const IssuerTerms& terms, Moment entered_at,
                                                     const Identity& person);
// outside_scope, back_dated: of a record.
[[nodiscard]] std::optional<Reason> refused_by_terms(const IssuerTerms& terms, Moment entered_at, const Fact& fact);

// Whether this dose and one that is known, against the same disease, lie closer than any schedule has them, or, of one
// series, stand in the wrong order. The same dose entered again is no other dose.
[[nodiscard]] bool is_impossible_beside(const Vaccination& dose, std::span<const Record> known,
                                        const GuardTable& table = built_in_guard());

// How many rows of one day are not yet unusual for an issuer that had these many on the days before, days without rows
// left out. None: it has no past yet.
[[nodiscard]] std::optional<std::uint64_t> usual_rows(std::span<const std::uint64_t> past_days,
                                                      const GuardTable& table = built_in_guard());

// Whether what a row says of a person cannot be true of the person known by its number.
[[nodiscard]] bool contradicts(const PartialDate& told, const PartialDate& known) noexcept;

}  // namespace lindung::domain
