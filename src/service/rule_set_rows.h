// The stored rule sets: their states, the locks that keep who writes timelines and who changes the kept sets apart, and
// the documents, sealed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/rule_document.h"
#include "domain/rule_set.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// The numbers stand in the database.
enum class RuleSetState : std::uint8_t {
  proposed = 1,  // its timelines are being derived; with a moment, it is announced
  active = 2,
  previous = 3,  // what a rollback goes back to
  retired = 4,   // its timelines wait to be removed
  cleared = 5,
};

struct RuleSetRow {
  std::string id;
  std::string version;
  Hash digest{};
  RuleSetState state{RuleSetState::proposed};
  std::uint64_t generation{};  // of the timelines that it decided
  Moment changed_at;
  std::optional<Moment> announced_for{};  // of a proposal: when it takes effect by itself
  [[nodiscard]] std::string name() const { return id + "@" + version; }
};
// "announced" for a proposal that has its moment.
[[nodiscard]] std::string_view state_name(const RuleSetRow& row) noexcept;
// Whether its timelines are written with every record.
[[nodiscard]] bool is_kept(const RuleSetRow& row) noexcept;

// Newest generation first.
[[nodiscard]] Result<std::vector<RuleSetRow>> read_rule_sets(store::Transaction& transaction);
// Null if there is none.
[[nodiscard]] const RuleSetRow* find_rule_set(const std::vector<RuleSetRow>& rows, RuleSetState state);
[[nodiscard]] const RuleSetRow* find_rule_set(const std::vector<RuleSetRow>& rows, std::string_view name);

// Waits for the units that hold the kept rule sets, and holds off new ones. For who changes a state: first, and then
// reads.
[[nodiscard]] Result<void> lock_kept_rule_sets(store::Transaction& transaction);
// For who writes timelines: the rule sets whose timelines are kept, held as they are until the unit ends. A statement
// of its own locks, for what is read after it to be fresh.
[[nodiscard]] Result<std::vector<RuleSetRow>> hold_kept_rule_sets(store::Transaction& transaction);

// The proposal whose timelines are being derived, announced or not; none when there is none.
[[nodiscard]] Result<std::optional<RuleSetRow>> find_proposed_rule_set(store::Transaction& transaction);

// `file` is the document as it came, with its signatures.
[[nodiscard]] Result<void> put_rule_set(store::Transaction& transaction, const store::KeyRing& ring,
                                        const RuleSetRow& row, std::string_view file);
// Takes the moment of an announcement away.
[[nodiscard]] Result<void> move_rule_set(LoggedUnit& unit, const RuleSetRow& row, RuleSetState state);
[[nodiscard]] Result<void> announce_row(LoggedUnit& unit, const RuleSetRow& row, Moment at);
// Notes what is in force from this entry on, for past answers to be explained.
[[nodiscard]] Result<std::uint64_t> log_rules_change(LoggedUnit& unit, const RuleSetRow& row, log::RulesChange change);

// Errors (both): not_found; sealed; corrupt when the row is not what was written.
[[nodiscard]] Result<domain::RuleSet> open_rule_set(store::Transaction& transaction, const store::KeyRing& ring,
                                                    const RuleSetRow& row);
[[nodiscard]] Result<domain::RuleDocument> open_rule_document(store::Transaction& transaction,
                                                              const store::KeyRing& ring, const RuleSetRow& row);

}  // namespace lindung::service
