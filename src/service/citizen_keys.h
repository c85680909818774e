// What makes an erased citizen unreadable in old copies of the database too: the keys that wrap citizens' own keys are
// replaced after an erasure, everybody else is wrapped anew, and the old one is destroyed in the ring at the stated
// day.
//
// Until that day a backup can be restored; from that day on no backup from before the replacement opens anybody.
#pragma once

#include <chrono>

#include "base/result.h"
#include "base/time.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

// From an erasure on until no copy of the database opens the person with any ring that exists, copies of the ring being
// kept for no longer than this (docs/adr/0045-erasure.md).
inline constexpr std::chrono::days erased_readable_at_most{30};
// An erasure waits for so long at most for the next replacement: many of one day share it.
inline constexpr std::chrono::days wrap_replaced_within{1};

// In the unit that erases somebody.
[[nodiscard]] Result<void> note_erasure(store::Transaction& transaction, Moment now);
// The first day on which nothing of who was erased at this moment can be opened.
[[nodiscard]] Day unreadable_from(Moment erased_at) noexcept;

// One turn, called by the clock: replaces the wrapping key when somebody was erased under it, wraps everybody's key
// anew, and destroys replaced ones whose time is over. Interrupted, the next turn goes on. Errors: sealed; those of
// ring and database.
[[nodiscard]] Result<void> keep_citizen_keys(const Platform& platform);

}  // namespace lindung::service
