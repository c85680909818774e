// Issuers: who may sign records in (clinics, laboratories, health offices), with which keys and on what terms.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/issuer.h"
#include "domain/issuer_key.h"
#include "domain/issuer_terms.h"
#include "service/platform.h"

namespace lindung::service {

struct NewIssuerKey {
  IssuerId issuer;
  KeyId id;
  domain::IssuerPublicKey key;
  std::optional<Moment> not_before;  // none: from now on
  std::optional<Moment> not_after;   // none: until it is revoked
};

// Registers the issuer if it is new, and adds the key. A new issuer needs a licence of the register once there is one.
// Errors: invalid_argument for an id, name or time of another shape; conflict if the key is registered for any issuer
// already, or the key id for this one; denied for a licence that the register does not know or that has ended.
[[nodiscard]] Result<void> add_issuer_key(const Platform& platform, const std::string& name, const NewIssuerKey& key,
                                          const std::optional<domain::IssuerTerms>& terms = {});
// Errors: not_found; denied as add_issuer_key().
[[nodiscard]] Result<void> set_issuer_terms(const Platform& platform, const IssuerId& issuer,
                                            const domain::IssuerTerms& terms);
// From now on the key signs nothing any more; what it signed stays (batch_undo.h takes it back). Errors: not_found.
[[nodiscard]] Result<void> revoke_issuer_key(const Platform& platform, const IssuerId& issuer, const KeyId& key);

// With its keys that are not revoked. Errors: not_found; sealed; corrupt.
[[nodiscard]] Result<domain::Issuer> find_issuer(store::Transaction& transaction, const store::KeyRing& ring,
                                                 const IssuerId& issuer);
[[nodiscard]] Result<std::vector<domain::Issuer>> list_issuers(const Platform& platform);

}  // namespace lindung::service
