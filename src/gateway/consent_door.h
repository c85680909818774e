// The door of POST /v1/partner/par and POST /v1/partner/token: a partner's signed request for a consent, and its sealed
// redemption of a code.
#pragma once

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/redemption.h"
#include "gateway/exchange_keys.h"
#include "gateway/sealed_door.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "service/directory.h"
#include "service/opened.h"

namespace lindung::gateway {

struct AdmittedRedemption {
  PartnerId partner;
  domain::Redemption redemption;
  service::ReplyKey reply_key;
};

// Safe from many threads.
class ConsentDoor {
 public:
  // All outlive the door.
  ConsentDoor(const Clock& clock, const service::CurrentDirectory& directory, const ExchangeKeys& keys,
              Authorities authorities);

  // Whose request it is; its body is JSON that nobody has read. A request that is sent twice makes two that nobody
  // opened, so no nonce is remembered. Errors: malformed, bad_signature, clock_skew, partner_suspended, partner_cut,
  // pact_outdated.
  [[nodiscard]] Result<PartnerId> admit_push(const http::Request& request) const;
  // Errors: those of Door::admit, in its order.
  [[nodiscard]] Result<AdmittedRedemption> admit_redemption(const http::Request& request) const;

 private:
  const Clock& clock_;
  const service::CurrentDirectory& directory_;
  Authorities authorities_;
  SealedDoor sealed_;
  crypto::Ed25519PublicKey dummy_key_;  // verified against when the key id is unknown
};

}  // namespace lindung::gateway
