// The words of notices about overrides and disputes, in Indonesian and English. They name the hand, the colour, the
// law and the times, and no person.
#pragma once

#include "service/hand_rows.h"
#include "service/hands.h"

namespace lindung::service {

[[nodiscard]] Told told_of_set_override(const KeptHand& hand);
[[nodiscard]] Told told_of_ended_override(const KeptHand& hand);  // by officers, or by its expiry
[[nodiscard]] Told told_of_open_dispute(const KeptHand& hand);
[[nodiscard]] Told told_of_decided_dispute(const KeptHand& hand);  // or of one whose deadline has passed

}  // namespace lindung::service
