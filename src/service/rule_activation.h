// How a proposed rule set comes into force: at once, or announced for a moment at which it switches by itself; and how
// that is taken back. One change of a number under the head of the log (docs/adr/0008-generations.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "service/platform.h"
#include "service/rule_set_rows.h"

namespace lindung::service {

// What the operator asks of an activation; the configuration's section [rules].
struct RuleTerms {
  seconds notice{0};                         // between the activation command and the switch
  std::uint64_t third_approval_percent{20};  // of the citizens change their colour: more take a third officer
};

struct Activation {
  Moment at;                               // of the switch
  std::optional<std::uint64_t> log_index;  // of its entry; none: it is announced
};

// A proposal whose timelines are all there takes effect for every answer behind its entry in the log; with a notice or
// a later moment it is announced, in the log too, and switch_announced() does it then. Without a moment: the earliest.
// Errors: not_found; conflict when it is not proposed, is announced already, or somebody's timeline is missing;
// invalid_argument for a moment before the notice is over (the detail names the earliest) or outside its time.
[[nodiscard]] Result<Activation> activate_rule_set(const Platform& platform, std::string_view name,
                                                   const RuleTerms& terms = {}, std::optional<Moment> at = {});

// Switches to the announced rule set if its moment has come. Returns it; none: there was nothing to do.
// Errors: conflict while somebody's timeline is missing; invalid_argument outside its time. It stays announced.
[[nodiscard]] Result<std::optional<RuleSetRow>> switch_announced(const Platform& platform);
// When the next switch is due.
[[nodiscard]] Result<std::optional<Moment>> next_switch(const Platform& platform);

// An announced rule set is a proposal again, a proposal is dropped. Logged. Errors: not_found; conflict for any other.
[[nodiscard]] Result<RuleSetRow> cancel_rule_set(const Platform& platform, std::string_view name);

// The rule set before the active one takes its place again; returns the index of the entry.
// Errors: not_found when there is none.
[[nodiscard]] Result<std::uint64_t> roll_back_rule_set(const Platform& platform);

// How many citizens have another colour under the proposal than under the active set at a moment, by the timelines of
// both. Reads part by part, outside the head's lock: what is imported meanwhile may or may not count.
struct ColourChanges {
  std::uint64_t citizens{};
  std::uint64_t changed{};
  [[nodiscard]] bool is_above(std::uint64_t percent) const noexcept { return changed * 100 > citizens * percent; }
};
// Errors: not_found; conflict when it is not proposed or somebody's timeline is missing.
[[nodiscard]] Result<ColourChanges> count_colour_changes(const Platform& platform, std::string_view name, Moment at);

}  // namespace lindung::service
