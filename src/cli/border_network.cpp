#include "cli/border_network.h"

#include <chrono>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "border/device.h"
#include "cli/context.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "gateway/signed_head.h"
#include "http/client.h"

namespace lindung::cli {

namespace {

constexpr std::chrono::seconds lifetime{60};
constexpr std::chrono::seconds patience{20};

}  // namespace

Result<BorderNetwork> BorderNetwork::connect(const border::DeviceIdentity& identity, const std::string& url,
                                             const std::string& ca_file) {
  const auto& address = url.empty() ? identity.url : url;
  if (address.empty()) return fail(Errc::invalid_argument, "no address of the travel server: --url URL");
  TRY(parsed, http::parse_url(address));
  http::ClientOptions options;
  options.call_timeout = patience;
  if (parsed.tls) options.tls = http::ClientTls{.ca_file = ca_file};
  TRY(client, http::Client::connect(parsed.endpoint, options));
  return BorderNetwork{identity, std::move(client), parsed.authority};
}

Result<std::string> BorderNetwork::post(const gateway::SignatureProfile& profile, std::string body, Moment now) {
  const gateway::SignatureParameters parameters{.created_s = unix_seconds(now),
                                                .expires_s = unix_seconds(now + lifetime),
                                                .nonce = crypto::random_bytes<16>(),
                                                .key_id = identity_.id};
  const auto digest = gateway::digest_field(crypto::sha256(as_bytes(body)));
  const auto input = gateway::signature_input(profile, parameters);
  const auto base = gateway::signature_base(profile, authority_, digest, "", input);
  const auto signature = identity_.signing_key.sign(as_bytes(base));
  TRY(response, client_.send({.method = "POST",
                              .target = std::string{profile.path},
                              .fields = {{"Host", authority_},
                                         {"Content-Type", std::string{profile.content_type}},
                                         {"Content-Digest", digest},
                                         {"Signature-Input", "lindung=" + input},
                                         {"Signature", "lindung=:" + codec::base64(signature) + ":"}},
                              .body = std::move(body)}));
  if (response.status != 200) return outcome::failure(problem_error(response));
  return std::move(response.body);
}

}  // namespace lindung::cli
