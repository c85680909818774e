// Tells partners that a consent has ended: one signed POST to the address that the operator set, no redirect followed,
// never into our own network (docs/consent.md).
#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"
#include "service/partner_events.h"
#include "store/ring.h"

namespace lindung::server {

struct WebhookTerms {
  bool allows_private{};  // addresses of private networks: partners in the operator's own house
  std::string ca_file{};  // PEM; empty: the machine's own trust
};

class WebhookSender {
 public:
  // The ring and the clock outlive it.
  WebhookSender(const store::KeyRing& ring, const Clock& clock, WebhookTerms terms);

  // Errors: unavailable for any answer but 2xx, and where nobody answers; timeout; denied; those of the ring.
  [[nodiscard]] Result<void> tell(const service::PartnerEvent& event, const std::string& url) const;

 private:
  const store::KeyRing& ring_;
  const Clock& clock_;
  WebhookTerms terms_;
};

}  // namespace lindung::server
