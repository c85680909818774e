#include "cert/signature_check.h"

#include <memory>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cert/cwt.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/signer.h"
#include "cert/step.h"

namespace lindung::cert {

Checked<SignedClaims> SignatureCheck::run(Cwt claims) const {
  const auto& kid = message.kid();
  if (!kid) return refuse(Step::signature, Reason::no_kid);
  auto why = Reason::untrusted_signer;
  std::shared_ptr<const Signer> found;
  std::vector<KeyUsage> usages;
  for (const auto& each : trust.signers(*kid)) {
    // Without a country in the certificate, a key that is bound to one stands for that one.
    if (!country.empty() && !each->is_of(country)) continue;
    if (trust.is_stale(each->list, at)) {
      if (why == Reason::untrusted_signer) why = Reason::stale_trust;
      continue;
    }
    if (found != nullptr) {
      if (each->key.spki() == found->key.spki()) usages.push_back(each->usage);
      continue;
    }
    why = Reason::signature;
    if (!message.is_signed_by(each->key)) continue;
    found = each;
    usages.push_back(each->usage);
  }
  if (found == nullptr) return refuse(Step::signature, why);
  if (trust.is_revoked(*found)) return refuse(Step::signature, Reason::revoked, "the whole key");
  return SignedClaims{std::move(claims), std::move(found), std::move(usages)};
}

}  // namespace lindung::cert
