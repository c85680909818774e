// Issuers: who may sign records in (clinics, laboratories, health offices), and their keys.
#pragma once

#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "domain/issuer.h"
#include "service/platform.h"

namespace lindung::service {

// Registers the issuer if it is new, and adds the key. Errors: invalid_argument for an id or name of another shape;
// conflict if the key is registered for any issuer already, or the key id for this one.
[[nodiscard]] Result<void> add_issuer_key(const Platform& platform, const IssuerId& issuer, const std::string& name,
                                          const KeyId& key_id, const crypto::Ed25519PublicKey& key);

// With its keys that are not revoked. Errors: not_found.
[[nodiscard]] Result<domain::Issuer> find_issuer(store::Transaction& transaction, const IssuerId& issuer);
[[nodiscard]] Result<std::vector<domain::Issuer>> list_issuers(const Platform& platform);

}  // namespace lindung::service
