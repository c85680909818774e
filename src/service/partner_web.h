// Where a partner may be answered in a browser, and where it is told that a consent has ended: set by the operator, so
// that no request can name a place of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

struct PartnerWeb {
  std::vector<std::string> redirects;  // a request names one of these, to the letter (RFC 9700 section 4.1.3)
  std::string webhook;                 // empty: none
};

// Empty where nothing was set.
[[nodiscard]] Result<PartnerWeb> read_partner_web(store::Transaction& transaction, const PartnerId& partner);

// Whether a partner may be sent to this address: https; http at the machine itself; or an app's own scheme, which has a
// dot in it (RFC 8252 section 7.1). No fragment, at most 512 printable characters.
[[nodiscard]] bool is_redirect(std::string_view uri) noexcept;

// Errors (all): not_found for an unknown partner. add: invalid_argument for what is no redirect; conflict beyond 8.
[[nodiscard]] Result<PartnerWeb> add_redirect(const Platform& platform, const PartnerId& partner,
                                              const std::string& uri);
[[nodiscard]] Result<PartnerWeb> remove_redirect(const Platform& platform, const PartnerId& partner,
                                                 const std::string& uri);
// The caller has checked the address. Empty: none any more.
[[nodiscard]] Result<PartnerWeb> set_webhook(const Platform& platform, const PartnerId& partner,
                                             const std::string& url);

}  // namespace lindung::service
