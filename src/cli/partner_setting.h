// What `partner ask` needs to know of both ends: where the gateway is, its key of now, and who asks. From a partner's
// own words and the gateway's key document here; from the demo file in demo_setting.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "cli/partner_options.h"
#include "crypto/ed25519.h"
#include "gateway/partner_client.h"
#include "http/client.h"

namespace lindung::cli {

struct PartnerSetting {
  std::string url;
  std::optional<http::ClientTls> tls;
  std::string authority;
  gateway::PartnerIdentity partner;
  gateway::GatewayKey gateway;
};

// The TLS that these options ask for; none for a gateway without it.
[[nodiscard]] std::optional<http::ClientTls> tls_of(const PartnerOptions& options, const http::ParsedUrl& url);

// Errors: invalid_argument for what is no public key in hex.
[[nodiscard]] Result<std::optional<crypto::Ed25519PublicKey>> pinned_key_of(const PartnerOptions& options);

// Errors: denied for a gateway on another machine without a directory key; bad_signature for a key document that the
// pinned key did not sign; those of the client, of the key file and of the document.
[[nodiscard]] Result<PartnerSetting> fetch_partner_setting(const PartnerOptions& options, Moment now);

// Errors: those of http::Client; nobody there is Errc::not_found with number 3, as for every command without a server.
[[nodiscard]] Result<http::Client> connect_to(const std::string& url, const std::optional<http::ClientTls>& tls);

}  // namespace lindung::cli
