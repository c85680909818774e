// What an operator keeps, and how it ends: the entries of the decommission ledger and the steps in which a system is
// closed (docs/decommission.md).
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace lindung::domain {

// The numbers stand in sealed rows.
enum class LedgerKind : std::uint8_t { store = 1, service = 2, key = 3, certificate = 4, domain = 5, backup = 6 };
[[nodiscard]] std::string_view name_of(LedgerKind kind) noexcept;
// Errors: invalid_argument.
[[nodiscard]] Result<LedgerKind> parse_ledger_kind(std::string_view name);

// Where a part is found, by these names only. "listener" is ADDRESS:PORT, several with a comma between, or @FILE for a
// file that holds them; "registered-until" a day such as 2027-03-01; the others are whole paths, or a domain's name.
inline constexpr std::array<std::string_view, 10> place_names{
    "backup", "data", "database", "domain", "key-file", "listener", "marks", "passphrase-file", "pid-file", "ring"};
inline constexpr std::string_view registered_until = "registered-until";

// Shape: name and system are [a-z0-9.-]{1,64}; owner, purpose, retention and successor 1 to 500 bytes without line
// ends, successor and system may be empty. Privacy: names offices and roles, never a person's data.
struct LedgerEntry {
  std::string name;
  LedgerKind kind{LedgerKind::service};
  std::string system;  // the service that it is a part of; empty: none
  std::string owner;
  std::string purpose;
  std::string retention;
  std::string successor;
  std::map<std::string, std::string> places;
  friend bool operator==(const LedgerEntry&, const LedgerEntry&) = default;
};
// Errors: invalid_argument, with the field.
[[nodiscard]] Result<void> check(const LedgerEntry& entry);
[[nodiscard]] bool is_ledger_name(std::string_view name) noexcept;

// In the order in which they are made. The numbers stand in rows.
enum class ClosingStep : std::uint8_t {
  listeners_closed = 1,
  routes_gone = 2,
  keys_destroyed = 3,
  backup_unreadable = 4,
  reach_refused = 5,
  domain_kept = 6,
};
inline constexpr std::array closing_steps{ClosingStep::listeners_closed, ClosingStep::routes_gone,
                                          ClosingStep::keys_destroyed,   ClosingStep::backup_unreadable,
                                          ClosingStep::reach_refused,    ClosingStep::domain_kept};
[[nodiscard]] std::string_view name_of(ClosingStep step) noexcept;  // "listeners-closed"
// Errors: invalid_argument.
[[nodiscard]] Result<ClosingStep> parse_closing_step(std::string_view name);

// What was found when a step was made: "address/ehac-legacy" -> "127.0.0.1:9200".
// Shape: at most 256, names and values of one line of 1 to 4096 bytes of UTF-8.
using Findings = std::map<std::string, std::string>;
inline constexpr std::size_t most_findings = 256;
struct StepRecord {
  ClosingStep step{ClosingStep::listeners_closed};
  Moment at;
  Findings findings;
  friend bool operator==(const StepRecord&, const StepRecord&) = default;
};
// Errors: invalid_argument.
[[nodiscard]] Result<void> check(const Findings& findings);

// How long a closed system's domain is kept, so that nobody else gets its visitors, and how long before the end of a
// registration somebody is reminded.
inline constexpr std::chrono::days domain_kept_for{3653};
inline constexpr std::chrono::days reminded_before{60};
// The day (its first second) of "2027-03-01". Errors: invalid_argument.
[[nodiscard]] Result<Moment> parse_day(std::string_view text);

}  // namespace lindung::domain
