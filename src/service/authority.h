// The country's authority over document signers (CSCA): made once, in a ceremony (docs/operations.md), and believed by
// others from then on. Its key lies in the ring and signs certificates of signers alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/es256_signer.h"
#include "crypto/x509_certificate.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

struct AuthorityNames {
  std::string country;       // two capital letters
  std::string organisation;  // as certificates name their issuer
  std::string card_issuer;   // "https://…" of SMART Health Cards, whose key set stands below it; empty: none are made
};

struct Authority {
  AuthorityNames names;
  crypto::X509Certificate certificate;
  std::uint64_t log_index{};
};

// Errors: conflict if there is one; invalid_argument for names that no certificate holds, and for an address that is
// not https or ends in a slash.
[[nodiscard]] Result<Authority> make_authority(const Platform& platform, const AuthorityNames& names);
// Errors: conflict while there is none.
[[nodiscard]] Result<Authority> find_authority(store::Transaction& transaction, const store::KeyRing& ring);
[[nodiscard]] Result<Authority> find_authority(const Platform& platform);
// The same without its certificate, for who issues: reading one costs more than a signature.
[[nodiscard]] Result<AuthorityNames> find_authority_names(store::Transaction& transaction, const store::KeyRing& ring);

// The authority's key lies in the device where one is configured, unless the ring has it from before.
// Errors: as KeyRing::key; those of the device.
[[nodiscard]] Result<std::shared_ptr<const crypto::Es256Signer>> authority_signer(const Platform& platform);

// Keys of ours that sign certificates. `owner` of the log's entries about them.
inline constexpr const char* pki_owner = "pki";
// Errors: as KeyRing::key.
[[nodiscard]] Result<std::unique_ptr<crypto::Es256Signer>> signing_key(const store::KeyRing& ring,
                                                                       const store::KeyName& name);
// A key that the ring has now; one that was there stays. Another node may have made it meanwhile.
// Errors: denied if it was destroyed.
[[nodiscard]] Result<void> ensure_signing_key(store::KeyRing& ring, const store::KeyInfo& info);
// SHA-256 of the SubjectPublicKeyInfo: as the log names a key.
[[nodiscard]] Result<Hash> public_key_digest(BytesView point);

}  // namespace lindung::service
