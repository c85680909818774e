// What laying and lifting a hand have in common: with one unit come the entry in the log, the sealed row, all kept
// timelines of the citizen, the public count and the notice, or none of them.
#pragma once

#include <optional>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "domain/rule_set.h"
#include "service/hand_rows.h"
#include "service/logged_unit.h"
#include "service/notices.h"
#include "service/partners.h"
#include "service/person_rows.h"
#include "service/platform.h"

namespace lindung::service {

// Entries of the log: `action` of an officer's entry, whose key digest is zero, since the entries of the commands
// stand before it and name the officers.
namespace hand_action {
inline constexpr std::string_view override_set = "override";
inline constexpr std::string_view override_ended = "override-ended";
inline constexpr std::string_view override_expired = "override-expired";
inline constexpr std::string_view dispute_opened = "dispute-opened";
inline constexpr std::string_view dispute_upheld = "dispute-upheld";
inline constexpr std::string_view dispute_rejected = "dispute-rejected";
inline constexpr std::string_view dispute_expired = "dispute-expired";
}  // namespace hand_action

// The citizen, locked until the unit ends. Errors: not_found, also for the person who stands in for nobody.
[[nodiscard]] Result<OpenPerson> hold_citizen(LoggedUnit& unit, const Platform& platform, const CitizenRef& citizen);

struct Told {
  NoticeKind kind{};
  domain::Text text;
};
// A new hand: takes its log index from the entry that it writes.
[[nodiscard]] Result<void> lay_hand(LoggedUnit& unit, const Platform& platform, const OpenPerson& person,
                                    KeptHand& hand, std::string_view action, const Told& told);
// An open one that is over: `hand` has its state, outcome and, unless it expired, its moment.
[[nodiscard]] Result<void> lift_hand(LoggedUnit& unit, const Platform& platform, const OpenPerson& person,
                                     KeptHand& hand, std::string_view action, const CommandDigest& command,
                                     const Told& told);

// Texts of officers and citizens. Errors: invalid_argument for none, for more than 1000 bytes, for control characters
// and for what is no UTF-8.
[[nodiscard]] Result<void> check_text(std::string_view what, std::string_view text);

// Writes down the hands whose end has come: their effect is over already, by the timeline itself.
[[nodiscard]] Result<void> close_due_hands(const Platform& platform);

}  // namespace lindung::service
