// The rule sets of an installation. One is active; the timelines of the one before it and of one that is proposed are
// kept up to date beside its own, so that activating and rolling back change one number under the head of the log
// (docs/adr/0008-generations.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/rule_set.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// The numbers stand in the database.
enum class RuleSetState : std::uint8_t {
  proposed = 1,  // its timelines are being derived
  active = 2,
  previous = 3,  // what a rollback goes back to
  retired = 4,   // its timelines wait to be removed
  cleared = 5,
};
[[nodiscard]] std::string_view name_of(RuleSetState state) noexcept;

struct RuleSetRow {
  std::string id;
  std::string version;
  Hash digest{};
  RuleSetState state{RuleSetState::proposed};
  std::uint64_t generation{};  // of the timelines that it decided
  Moment changed_at;
  [[nodiscard]] std::string name() const { return id + "@" + version; }
};

// The first rule set of an installation, active from its first moment. Logged.
[[nodiscard]] Result<void> install_rule_set(LoggedUnit& unit, const store::KeyRing& ring, const domain::RuleSet& rules,
                                            std::string_view document);

// Takes a document in whose own cases all pass; the proposal before it, if any, is dropped. Logged. The same document
// again changes nothing. From here on imports write its timelines too; those of everybody else: derive_proposed().
// Errors: those of RuleSet::parse; invalid_argument when a case fails or its time is over; conflict when this id and
// version is, or was, another document, is in force, or is retired and not cleared yet.
[[nodiscard]] Result<RuleSetRow> propose_rule_set(const Platform& platform, std::string_view document);

// A proposal whose timelines are all there takes effect for every answer behind its entry in the log; returns that
// entry's index. Errors: not_found; conflict when it is not proposed, or somebody's timeline is missing;
// invalid_argument outside its time.
[[nodiscard]] Result<std::uint64_t> activate_rule_set(const Platform& platform, std::string_view name);

// The rule set before the active one takes its place again; returns the index of the entry.
// Errors: not_found when there is none.
[[nodiscard]] Result<std::uint64_t> roll_back_rule_set(const Platform& platform);

// Newest generation first.
[[nodiscard]] Result<std::vector<RuleSetRow>> list_rule_sets(const Platform& platform);
[[nodiscard]] Result<domain::RuleSet> active_rule_set(const Platform& platform);

// For who writes timelines: the rule sets whose timelines are kept, held as they are until the unit ends. A statement
// of its own locks, for what is read after it to be fresh.
[[nodiscard]] Result<std::vector<RuleSetRow>> hold_kept_rule_sets(store::Transaction& transaction);
// The proposal whose timelines are being derived; none when there is none.
[[nodiscard]] Result<std::optional<RuleSetRow>> find_proposed_rule_set(store::Transaction& transaction);
// Errors: not_found; sealed; corrupt when the row is not what was written.
[[nodiscard]] Result<domain::RuleSet> open_rule_set(store::Transaction& transaction, const store::KeyRing& ring,
                                                    const RuleSetRow& row);

}  // namespace lindung::service
