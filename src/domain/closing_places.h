// What the findings of a closing are called, so that who makes a step, who answers in its place and who tries it again
// years later mean the same: "WHAT/PART" -> value.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/ledger.h"

namespace lindung::domain::finding {

inline constexpr std::string_view address = "address";          // of a part: ADDRESS:PORT, several with a comma between
inline constexpr std::string_view process = "process";          // what became of it
inline constexpr std::string_view gone = "gone";                // where 410 was answered
inline constexpr std::string_view ring = "ring";                // path of a ring
inline constexpr std::string_view ring_digest = "ring-digest";  // of its file as it was left
inline constexpr std::string_view keys = "keys";                // how many were destroyed
inline constexpr std::string_view key_file = "key-file";        // path of a file that was overwritten and removed
inline constexpr std::string_view backup = "backup";            // path
inline constexpr std::string_view backup_digest = "backup-digest";
inline constexpr std::string_view rows = "rows";            // sealed rows in the backup
inline constexpr std::string_view readable = "readable";    // of these
inline constexpr std::string_view open_rows = "open-rows";  // rows of tables that are not sealed
inline constexpr std::string_view marks = "marks";          // "0 of 200" found
inline constexpr std::string_view tried_with = "tried-with";
inline constexpr std::string_view reach = "reach";  // of an address: refused, or gone
inline constexpr std::string_view domain_name = "domain";
inline constexpr std::string_view kept_until = "kept-until";        // a day
inline constexpr std::string_view registered = "registered-until";  // a day

}  // namespace lindung::domain::finding

namespace lindung::domain {

[[nodiscard]] std::string finding_name(std::string_view what, std::string_view part);
// All (part, value) of one kind.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> findings_of(const StepRecord& record,
                                                                           std::string_view what);
// "a, b" -> a and b.
[[nodiscard]] std::vector<std::string> split_list(std::string_view list);
// The addresses at which the service itself answered: there something says that it is gone. Those of its other parts
// are closed and stay so. Shape: `listeners` is the record of ClosingStep::listeners_closed.
[[nodiscard]] std::vector<std::string> service_addresses(const LedgerEntry& service, const StepRecord& listeners);

}  // namespace lindung::domain
