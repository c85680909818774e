// A partner's request for a consent, from the push to the redeemed code (RFC 9126, 7636, 9207; docs/consent.md): pushed
// by the partner, opened and decided by a citizen in the portal, redeemed by the partner. Each step is one unit, and
// each is taken once.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/consent.h"
#include "domain/partner.h"
#include "domain/redemption.h"
#include "service/platform.h"

namespace lindung::people {

inline constexpr std::chrono::minutes consent_request_life{10};
inline constexpr std::chrono::seconds consent_code_life{60};
inline constexpr std::uint64_t pushes_a_minute = 600;  // of one partner

struct PushedRequest {
  std::vector<domain::Purpose> purposes;
  domain::Profile profile{domain::Profile::colour};
  std::chrono::days period{};
  Hash challenge{};  // S256
  std::string redirect_uri;
  std::string state;
};
inline constexpr std::size_t longest_state = 256;

// What the citizen's browser opens: 43 characters of base64url, found by its digest alone.
struct RequestReference {
  std::string text;
  Moment expires;
};
// Errors: malformed (the field) for no purpose or one twice, a profile that is not the partner's own, a period outside
// of 1 to 366 days, a redirect that the operator did not set, a state that is empty or too long; partner_suspended
// unless the partner is active; quota.
[[nodiscard]] Result<RequestReference> push_request(const service::Platform& platform, const PartnerId& partner,
                                                    const PushedRequest& request);

// A request that waits for a citizen. Errors: not_found for one that is unknown, over or decided: one answer.
struct OpenRequest {
  PartnerId partner;
  std::vector<domain::Purpose> purposes;
  domain::Profile profile{domain::Profile::colour};
  std::chrono::days period{};
  Moment expires;
  Hash digest{};  // of all that an approval is over
};
[[nodiscard]] Result<OpenRequest> read_request(const service::Platform& platform, std::string_view reference);

// Where the browser goes: the redirect with code, state and iss, or with an error in the place of the code. `issuer`:
// the portal's origin. Errors: not_found as above.
[[nodiscard]] Result<std::string> approve_request(const service::Platform& platform, const CitizenRef& citizen,
                                                  std::string_view reference, std::string_view issuer);
[[nodiscard]] Result<std::string> refuse_request(const service::Platform& platform, std::string_view reference,
                                                 std::string_view issuer);

// Grants the link and gives its token, or says why not. The same redemption again, while the code lives: the same
// answer. Errors: those of the database.
[[nodiscard]] Result<domain::RedemptionAnswer> redeem_code(const service::Platform& platform, const PartnerId& partner,
                                                           const domain::Redemption& redemption);

// Deletes what is over.
[[nodiscard]] Result<void> forget_old_requests(const service::Platform& platform);

}  // namespace lindung::people
