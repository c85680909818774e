// Issues strips of light passes to citizens who are green.
//
// Invariants
// 1. Whether there is a pass follows from the timeline that serves; when it begins does not (domain/pass_window.h).
// 2. One entry of the log a strip and key, "pass.signed", is durable before the key signs: the digest of the key, and
//    that of all bytes that it signs, in their order. Each pass has 16 random bytes, so that the digest tells nothing.
// 3. The key is that of the week of the pass's window, not of the day of issue: it tells no more than the start.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/pass_window.h"
#include "service/platform.h"

namespace lindung::service {

inline constexpr std::string_view pass_signed_action = "pass.signed";
// What changes a colour reaches a strip only when it is fetched anew: a strip is short.
inline constexpr unsigned most_pass_days = 3;

// Privacy: opens doors in its holder's name.
struct IssuedPass {
  std::string text;
  Moment not_before;
  Moment expires;
  domain::PassWindow window;  // when to show it
};
struct PassStrip {
  std::vector<IssuedPass> passes;
  std::vector<domain::PassWindow> without;
};

// From now on for 24 hours a day. Errors: invalid_argument for more days or none; not_found; denied when the citizen is
// not green for the whole of any pass; conflict for a person whose name has no letters for a travel document; sealed.
[[nodiscard]] Result<PassStrip> issue_passes(const Platform& platform, const CitizenRef& citizen, unsigned days);

}  // namespace lindung::service
