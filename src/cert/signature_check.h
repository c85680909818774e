// The step between bytes that claim something and claims that somebody trusted has signed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/time.h"
#include "cert/cose_sign1.h"
#include "cert/cwt.h"
#include "cert/refusal.h"
#include "cert/signer.h"
#include "cert/trust_store.h"

namespace lindung::cert {

// Claims under a signature that holds. Only check_signature makes one: what may be believed does not compile without
// it.
class SignedClaims {
 public:
  [[nodiscard]] const Cwt& claims() const noexcept { return claims_; }
  [[nodiscard]] const Signer& signer() const noexcept { return *signer_; }
  // What the signer may sign: of all trusted certificates of this very key.
  [[nodiscard]] const std::vector<KeyUsage>& usages() const noexcept { return usages_; }

 private:
  friend struct SignatureCheck;
  SignedClaims(Cwt claims, std::shared_ptr<const Signer> signer, std::vector<KeyUsage> usages)
      : claims_{std::move(claims)}, signer_{std::move(signer)}, usages_{std::move(usages)} {}
  Cwt claims_;
  std::shared_ptr<const Signer> signer_;
  std::vector<KeyUsage> usages_;
};

struct SignatureCheck {
  const CoseSign1& message;
  const TrustStore& trust;
  Moment at;
  std::string country;  // of the issuer, two letters; empty: the certificate names none

  // Every signer of that kid and country is tried. Errors (step signature): no_kid, untrusted_signer, stale_trust,
  // revoked (the whole key), signature.
  [[nodiscard]] Checked<SignedClaims> run(Cwt claims) const;
};

}  // namespace lindung::cert
