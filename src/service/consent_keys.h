// The keys that sign consent receipts and webhooks: one a year, made a month ahead of its turn, never destroyed, so
// that a receipt can be verified for as long as somebody keeps it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// Makes what is missing, logged before it is there.
[[nodiscard]] Result<void> keep_consent_keys(store::Database& database, store::KeyRing& ring, const Clock& clock);

struct ConsentKey {
  std::string id;  // the first 16 hexadecimal digits of the SHA-256 of its 32 bytes
  crypto::Ed25519PublicKey public_key;
  Moment not_before;
  Moment not_after;
};
// Oldest first. Errors: sealed.
[[nodiscard]] Result<std::vector<ConsentKey>> public_consent_keys(const store::KeyRing& ring);

struct ConsentSigner {
  std::string id;
  crypto::Ed25519PrivateKey key;
};
// The newest whose time has come. Errors: not_found, sealed.
[[nodiscard]] Result<ConsentSigner> consent_signer(const store::KeyRing& ring, Moment now);

}  // namespace lindung::service
