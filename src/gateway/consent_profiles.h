// The signed endpoints of consents (docs/consent.md): a pushed request, a redeemed code, and the webhook, which is
// signed by us.
#pragma once

#include <string_view>

#include "gateway/envelope.h"
#include "gateway/signed_head.h"

namespace lindung::gateway {

inline constexpr SignatureProfile push_profile{
    .path = "/v1/partner/par", .content_type = "application/json", .tag = "lindung-par"};

inline constexpr EnvelopeProfile token_envelope{.signature = {.path = "/v1/partner/token",
                                                              .content_type = "application/vnd.lindung.redemption",
                                                              .tag = "lindung-token"},
                                                .reply_content_type = "application/vnd.lindung.token",
                                                .request_label = "lindung redemption v1",
                                                .response_label = "lindung redemption response v1"};

// The path is that of the partner's own address.
constexpr SignatureProfile webhook_profile(std::string_view path) noexcept {
  return {.path = path, .content_type = "application/json", .tag = "lindung-webhook", .has_pact = false};
}

}  // namespace lindung::gateway
