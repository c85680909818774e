// The partner's side of a consent (docs/consent.md): makes the pushed request and reads its reply, takes in the browser
// that comes back, redeems the code, verifies a webhook. It opens no connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/consent.h"
#include "domain/partner.h"
#include "domain/redemption.h"
#include "gateway/partner_client.h"
#include "gateway/sealed_client.h"

namespace lindung::gateway {

// What the partner keeps between push and return, in the session of the browser that it is for.
struct PendingLink {
  std::string state;     // 22 characters
  std::string verifier;  // RFC 7636: 43 characters
};
[[nodiscard]] PendingLink new_pending_link();

struct LinkRequest {
  std::vector<std::string> purposes;
  domain::Profile profile{domain::Profile::colour};
  std::uint64_t days{};
  std::string redirect_uri;
};
struct SignedPush {
  std::vector<std::pair<std::string, std::string>> fields;  // without Host and Content-Length
  std::string body;
};
[[nodiscard]] SignedPush push_of(const PartnerIdentity& partner, std::string_view authority, const LinkRequest& request,
                                 const PendingLink& pending, Moment now);

struct PushReply {
  std::string request_uri;
  std::string open_at;  // for the citizen: as a link, or as a QR
  seconds expires_in{};
};
// Errors: malformed.
[[nodiscard]] Result<PushReply> read_push_reply(std::string_view body);

// The code in the query of the redirect, as "code=…&state=…&iss=…". Errors: denied for another state or issuer than the
// expected ones (somebody else's browser, or another server's answer), and with the detail "access_denied" where the
// citizen refused; malformed.
[[nodiscard]] Result<ByteArray<32>> code_of(std::string_view query, const PendingLink& pending,
                                            std::string_view issuer);

[[nodiscard]] Result<SealedEnvelope> seal_redemption(const PartnerIdentity& partner, const GatewayKey& gateway,
                                                     std::string_view authority, const domain::Redemption& redemption,
                                                     Moment now);
// Errors: malformed when it does not open or answers another request; denied with the refusal's name.
[[nodiscard]] Result<domain::RedemptionAnswer> open_redemption_answer(const SealedEnvelope& request,
                                                                      const domain::Redemption& redemption,
                                                                      BytesView body);

// GET /.well-known/lindung-consent-keys, vouched for by the directory key.
struct ConsentVerifier {
  std::string id;
  crypto::Ed25519PublicKey key;
};
// Errors: bad_signature, malformed.
[[nodiscard]] Result<std::vector<ConsentVerifier>> open_consent_keys(std::string_view body,
                                                                     const crypto::Ed25519PublicKey& directory_key);

struct WebhookEvent {
  std::string id;       // the same at every delivery of one event: 32 digits of hex
  std::string consent;  // 32 digits of hex, as the redemption named it
  std::string reason;   // withdrawn, expired, erased, operator
  Moment at;
  std::uint64_t log_index{};
};
struct ReceivedWebhook {
  std::string path;
  std::string authority;  // as Host says it, lower-case, without the scheme's own port
  bool is_https{};
  std::span<const std::pair<std::string, std::string>> fields;
  std::string_view body;
};
// Errors: bad_signature, clock_skew, malformed.
[[nodiscard]] Result<WebhookEvent> verify_webhook(const ReceivedWebhook& received,
                                                  std::span<const ConsentVerifier> keys, Moment now);

}  // namespace lindung::gateway
