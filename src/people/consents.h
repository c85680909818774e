// A citizen's own consents: which there are, ending one, and those that end by the clock.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/consent.h"
#include "service/consent_rows.h"
#include "service/platform.h"

namespace lindung::people {

// A consent, or a link that was granted before there were consents (no id, no purposes).
struct ListedConsent {
  std::optional<service::KeptConsent> kept;
  LinkId link;
  PartnerId partner;
  Moment granted_at;
  std::optional<Moment> ended_at;
  std::optional<domain::ConsentEnd> end;
};
// Newest first. Errors: not_found when there is no such citizen.
[[nodiscard]] Result<std::vector<ListedConsent>> list_consents(const service::Platform& platform,
                                                               const CitizenRef& citizen);

// Errors: not_found for what is not this citizen's.
[[nodiscard]] Result<service::KeptConsent> find_consent(const service::Platform& platform, const CitizenRef& citizen,
                                                        const domain::ConsentId& id);

// Takes effect in the same commit as its entry. Of one that has ended: as it ended. Errors: as find_consent().
[[nodiscard]] Result<service::KeptConsent> withdraw_consent(const service::Platform& platform,
                                                            const CitizenRef& citizen, const domain::ConsentId& id);

// Ends those whose period is over; some at a time. Returns how many.
[[nodiscard]] Result<std::uint64_t> end_due_consents(const service::Platform& platform);

}  // namespace lindung::people
