#include "cli/partner_setting.h"

#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cli/context.h"
#include "cli/key_file.h"
#include "cli/partner_options.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "gateway/key_directory.h"
#include "http/client.h"

namespace lindung::cli {

namespace {

// Only addresses: what a name leads to is not ours to say, except for the one that means this machine.
bool is_this_machine(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.") || host.starts_with("unix:");
}

Result<std::optional<crypto::Ed25519PublicKey>> directory_key_of(const PartnerOptions& options,
                                                                 const std::string& host) {
  if (options.directory_key.empty()) {
    if (!is_this_machine(host)) {
      return fail(Errc::denied, "--directory-key is needed: nothing else vouches for the keys of " + host +
                                    " (lindung status prints it at the gateway)");
    }
    std::fprintf(stderr, "THE GATEWAY'S KEYS ARE NOT AUTHENTICATED: no --directory-key was given.\n");
    return std::optional<crypto::Ed25519PublicKey>{};
  }
  return pinned_key_of(options);
}

}  // namespace

Result<std::optional<crypto::Ed25519PublicKey>> pinned_key_of(const PartnerOptions& options) {
  if (options.directory_key.empty()) return std::optional<crypto::Ed25519PublicKey>{};
  const auto bytes = codec::from_hex(options.directory_key);
  if (bytes.has_error()) return fail("--directory-key", bytes.error());
  TRY(key, crypto::Ed25519PublicKey::from_bytes(bytes.value()));
  return std::optional{key};
}

std::optional<http::ClientTls> tls_of(const PartnerOptions& options, const http::ParsedUrl& url) {
  if (!url.tls) return {};
  return http::ClientTls{.ca_file = options.ca_file,
                         .server_name = {},
                         .certificate_chain = options.client_certificate,
                         .private_key = options.client_key};
}

Result<http::Client> connect_to(const std::string& url, const std::optional<http::ClientTls>& tls) {
  TRY(parsed, http::parse_url(url));
  auto client = http::Client::connect(parsed.endpoint, {.tls = tls});
  if (client.has_error() && client.error().code != Errc::io) {
    return fail(Errc::not_found, "no server at " + url + ": " + client.error().detail, 3);
  }
  return client;
}

Result<PartnerSetting> fetch_partner_setting(const PartnerOptions& options, Moment now) {
  TRY(url, http::parse_url(options.url));
  TRY(directory_key, directory_key_of(options, url.endpoint.host));
  TRY(signing_key, read_signing_key(options.key_file));
  auto tls = tls_of(options, url);
  TRY(client, connect_to(options.url, tls));
  TRY(response, client.send({.target = "/.well-known/lindung-keys"}));
  if (response.status != 200) return outcome::failure(problem_error(response));
  TRY(directory, gateway::open_key_directory(response.body, directory_key));
  TRY(gateway_key, directory.exchange_key_at(now));
  return PartnerSetting{.url = options.url,
                        .tls = std::move(tls),
                        .authority = url.authority,
                        .partner = {.partner = PartnerId{options.partner},
                                    .epoch = options.epoch,
                                    .key_id = KeyId{options.key_id},
                                    .signing_key = signing_key,
                                    .pact_digest = directory.pact},
                        .gateway = gateway_key};
}

}  // namespace lindung::cli
