// Reports and their counts as they are stored: under the key of their day, found by the digest of a receipt that the
// server does not keep.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "domain/report.h"
#include "domain/syndrome.h"
#include "service/report_offices.h"
#include "service/reporters.h"
#include "store/database.h"

namespace lindung::service {

using ReportRef = Id<struct ReportRefTag, ByteArray<16>>;  // the front of SHA-256(receipt)

// The numbers stand in the database.
enum class ReportState : std::uint8_t { waiting = 1, taken = 2, decided = 3, withdrawn = 4, held = 5, refused = 6 };
[[nodiscard]] std::string_view name_of(ReportState state) noexcept;

// Privacy: what an unnamed person has; sealed only.
struct KeptReport {
  ReportState state{ReportState::waiting};
  ReporterId reporter;
  Hash content{};  // digest of what was sent: the same id with another content is refused
  Moment at;
  Day onset;
  domain::AgeBand age{};
  std::string district;
  std::vector<domain::SyndromeCode> codes;
  std::optional<domain::SealedIdentity> identity;
  std::vector<std::pair<domain::Syndrome, Day>> counted;  // in which cells it stands
  OfficeId office;
  Moment due;
  bool is_escalated{};
  std::string outcome;      // of the office; empty while there is none
  std::string case_number;  // when it was handed over
  std::optional<Moment> identity_opened_at;
  Hash salt{};  // of the commitments in the log
};

// What the log says of it commits to (salt, reference); with the salt, which is sealed, it can be checked.
[[nodiscard]] Hash commitment(const KeptReport& report, const ReportRef& ref);

// Derived from the day's key, the reporter and its id: a repetition gets the same receipt, and nothing of it is kept.
[[nodiscard]] domain::Receipt make_receipt(const Secret<32>& day_key, Day day, const ReporterId& reporter,
                                           const domain::ReportId& id);
[[nodiscard]] ReportRef ref_of(const domain::Receipt& receipt);

// Writes the row, anew or in place of what stood there. The day's tables are there.
[[nodiscard]] Result<void> put_report(store::Transaction& transaction, const Secret<32>& day_key, Day day,
                                      const ReportRef& ref, const KeptReport& report);
// None where there is none. Errors: corrupt when it is not what was written.
[[nodiscard]] Result<std::optional<KeptReport>> find_report(store::Transaction& transaction, const Secret<32>& day_key,
                                                            Day day, const ReportRef& ref);
// All of one day in a state. Errors: as find_report().
[[nodiscard]] Result<std::vector<std::pair<ReportRef, KeptReport>>> list_reports(store::Transaction& transaction,
                                                                                 const Secret<32>& day_key, Day day,
                                                                                 ReportState state);

// How many reports of each district and syndrome.
using Cell = std::pair<std::string, domain::Syndrome>;
using Tally = std::map<Cell, std::uint64_t>;
// Errors: corrupt.
[[nodiscard]] Result<void> count_report(store::Transaction& transaction, const Secret<32>& day_key, Day day,
                                        const Cell& cell, std::int64_t by);
// Empty for a day without any. Errors: corrupt.
[[nodiscard]] Result<Tally> read_tally(store::Transaction& transaction, const Secret<32>& day_key, Day day);

// A reporter's own counts of one day, and from how many on they are a flood: looked up in its past once a day, when a
// count is first more than what never is one.
struct ReporterDay {
  std::uint64_t reports{};
  std::uint64_t held{};
  Tally cells;
  std::uint64_t limit{};  // of all; 0: not looked up
  Tally limits;           // of cells
};
[[nodiscard]] Result<ReporterDay> read_reporter_day(store::Transaction& transaction, const Secret<32>& day_key, Day day,
                                                    const ReporterId& reporter);
[[nodiscard]] Result<void> put_reporter_day(store::Transaction& transaction, const Secret<32>& day_key, Day day,
                                            const ReporterId& reporter, const ReporterDay& counts);

}  // namespace lindung::service
