// The keys of light passes: one a week since 1970, from the first use on made a week ahead so that doors have it in
// time, and destroyed six hours behind its week, when the last pass of it has expired.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/pass_keys.h"
#include "crypto/es256_signer.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// Makes what is missing of this week and the next, destroys what is over, and logs both; whether anything changed.
[[nodiscard]] Result<bool> rotate_pass_keys(store::Database& database, store::KeyRing& ring, const Clock& clock);

// The same where there are keys already: an installation that gives out no passes has none.
[[nodiscard]] Result<bool> keep_pass_keys(store::Database& database, store::KeyRing& ring, const Clock& clock);

// In the order of weeks. Errors: sealed.
[[nodiscard]] Result<std::vector<cert::PassKey>> public_pass_keys(const store::KeyRing& ring);

// Errors: not_found before it is made, denied when it was destroyed, sealed.
[[nodiscard]] Result<std::unique_ptr<const crypto::Es256Signer>> pass_signer(const store::KeyRing& ring,
                                                                             std::uint64_t week);

// Of the SubjectPublicKeyInfo: how the log names the key.
[[nodiscard]] Hash signer_digest(BytesView point);

}  // namespace lindung::service
