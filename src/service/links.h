// Links: a citizen's consented tie to a partner, and the token that names it there. Granted by command for now; every
// grant and withdrawal is in the log from the first one on.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "domain/link_token.h"
#include "service/logged_unit.h"
#include "service/platform.h"

namespace lindung::service {

struct NewLink {
  PartnerId partner;
  CitizenRef citizen;
  ByteArray<domain::link_token_random_size> random{};  // of the token; the demo derives it, all others draw it
};

// All in one unit. A token that exists already (same random) is left as it is: safe to repeat.
// Shape: one token for each link, in order. Errors: not_found for an unknown citizen or partner; conflict unless the
// partner is active, and for a canary of another partner.
[[nodiscard]] Result<std::vector<domain::LinkToken>> grant_links(const Platform& platform,
                                                                 std::span<const NewLink> links);

// One link inside a unit of the caller's; nothing in the log tells it from any other. Errors: as grant_links.
[[nodiscard]] Result<domain::LinkToken> grant_link(LoggedUnit& unit, const Platform& platform, const NewLink& link);

// Takes effect in the same commit as its entry: the next question is `unlinked`. Withdraws every link of the citizen at
// the partner; returns how many there were.
[[nodiscard]] Result<std::uint64_t> withdraw_links(const Platform& platform, const PartnerId& partner,
                                                   const CitizenRef& citizen);

}  // namespace lindung::service
