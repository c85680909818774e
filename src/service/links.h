// Links: a citizen's consented tie to a partner, and the token that names it there. Granted by a citizen's consent, or
// by command; every grant and end is in the log from the first one on.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/consent.h"
#include "domain/link_token.h"
#include "service/consent_rows.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"

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

// The same for a citizen's consent, which is kept with the link and in what the log commits to; the citizen is told.
// Shape: partner and citizen of the link are those of the consent. Errors: as grant_links.
struct ConsentedLink {
  domain::LinkToken token;
  std::uint64_t log_index{};
};
[[nodiscard]] Result<ConsentedLink> grant_consented_link(LoggedUnit& unit, const Platform& platform,
                                                         const NewLink& link, const Consent& consent);

// What the log's entry of a link commits to: opened by whoever holds the ring's link_commit key. `consent`: its digest,
// where the link has one.
[[nodiscard]] Result<Hash> link_commitment(const store::KeyRing& ring, const LinkId& link, const CitizenRef& citizen,
                                           const PartnerId& partner, const std::optional<Hash>& consent);

// Ends take effect in the same commit as their entries: the next question is `unlinked`. Of a consented link the
// citizen gets a notice and the partner, where it has a webhook, an event. Each returns how many links there were.
[[nodiscard]] Result<std::uint64_t> withdraw_links(const Platform& platform, const PartnerId& partner,
                                                   const CitizenRef& citizen);
[[nodiscard]] Result<std::uint64_t> end_links(LoggedUnit& unit, const Platform& platform, const PartnerId& partner,
                                              const CitizenRef& citizen, domain::ConsentEnd reason);
// At every partner: of a citizen who is erased, before their key goes.
[[nodiscard]] Result<std::uint64_t> end_all_links(LoggedUnit& unit, const Platform& platform, const CitizenRef& citizen,
                                                  domain::ConsentEnd reason);
// One link. 0: it had ended before.
[[nodiscard]] Result<std::uint64_t> end_link(LoggedUnit& unit, const Platform& platform, const CitizenRef& citizen,
                                             const LinkId& link, domain::ConsentEnd reason);

// A link that has not ended, or one that has.
struct LinkRow {
  LinkId id;
  PartnerId partner;
  std::uint64_t epoch{};
  Moment granted_at;
  std::optional<Moment> ended_at{};
};
[[nodiscard]] Result<std::vector<LinkRow>> read_links(store::Transaction& transaction, const CitizenRef& citizen);

}  // namespace lindung::service
