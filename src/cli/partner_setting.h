// What `partner ask` needs to know of both ends: where the gateway is, its key of now, and who asks. From a partner's
// own words and the gateway's key document here; from the demo file in demo_setting.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
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

struct PartnerOptions {
  std::string url;
  std::string partner;
  std::string key_file;  // as `key make` writes it
  std::string key_id;
  std::uint64_t epoch{1};
  std::string directory_key;  // hex; empty: nothing vouches for the gateway's keys
  std::string ca_file;        // PEM; empty: the machine's own trust store
  std::string client_certificate;
  std::string client_key;
};

// Errors: denied for a gateway on another machine without a directory key; bad_signature for a key document that the
// pinned key did not sign; those of the client, of the key file and of the document.
[[nodiscard]] Result<PartnerSetting> fetch_partner_setting(const PartnerOptions& options, Moment now);

// Errors: those of http::Client; nobody there is Errc::not_found with number 3, as for every command without a server.
[[nodiscard]] Result<http::Client> connect_to(const std::string& url, const std::optional<http::ClientTls>& tls);

}  // namespace lindung::cli
