// Consents at rest: one sealed row for each link that a citizen agreed to, under the citizen's own key, and what ends
// by the clock.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/consent.h"
#include "domain/partner.h"
#include "service/person_rows.h"
#include "store/database.h"

namespace lindung::service {

// What was agreed to; never changed afterwards. Privacy: one person's.
struct Consent {
  domain::ConsentId id;
  PartnerId partner;
  domain::Profile profile{domain::Profile::colour};
  std::vector<domain::Purpose> purposes;
  Moment granted_at;
  Moment until;
  friend bool operator==(const Consent&, const Consent&) = default;
};

// SHA-256("lindung consent v1" | 0x00 | stored form): what the log's entry of the link commits to. The random id in it
// keeps anybody from finding it by trying.
[[nodiscard]] Hash consent_digest(const Consent& consent);

struct KeptConsent {
  LinkId link;
  Consent consent;
  std::uint64_t granted_index{};  // of the link's entry in the log
  std::optional<domain::ConsentEnd> end;
  Moment ended_at;  // where it has ended
  std::uint64_t ended_index{};
};

// Writes it, or what became of it.
[[nodiscard]] Result<void> put_consent(store::Transaction& transaction, const OpenPerson& person,
                                       const KeptConsent& consent);
// Nothing where the link was granted by command. Errors: corrupt.
[[nodiscard]] Result<std::optional<KeptConsent>> read_consent(store::Transaction& transaction, const OpenPerson& person,
                                                              const LinkId& link);
// All of a citizen, newest first.
[[nodiscard]] Result<std::vector<KeptConsent>> read_consents(store::Transaction& transaction, const OpenPerson& person);

struct DueConsent {
  CitizenRef citizen;
  LinkId link;
};
[[nodiscard]] Result<void> put_due(store::Transaction& transaction, const DueConsent& due, Moment at);
[[nodiscard]] Result<void> forget_due(store::Transaction& transaction, const DueConsent& due);
// Whose period is over; at most so many.
[[nodiscard]] Result<std::vector<DueConsent>> list_due(store::Transaction& transaction, Moment now,
                                                       std::int64_t at_most);

}  // namespace lindung::service
