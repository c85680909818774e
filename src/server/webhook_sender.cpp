#include "server/webhook_sender.h"

#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "domain/consent.h"
#include "gateway/consent_profiles.h"
#include "gateway/sealed_client.h"
#include "http/client.h"
#include "http/web_address.h"
#include "service/consent_keys.h"
#include "service/partner_events.h"
#include "store/ring.h"

namespace lindung::server {

namespace {

constexpr std::chrono::milliseconds connect_timeout{3'000};
constexpr std::chrono::milliseconds call_timeout{5'000};
constexpr std::size_t longest_reply = 64UL * 1024;
constexpr unsigned status_ok = 200;
constexpr unsigned status_redirect = 300;

}  // namespace

WebhookSender::WebhookSender(const store::KeyRing& ring, const Clock& clock, WebhookTerms terms)
    : ring_{ring}, clock_{clock}, terms_{std::move(terms)} {}

Result<void> WebhookSender::tell(const service::PartnerEvent& event, const std::string& url) const {
  const auto now = clock_.now();
  TRY(address, http::parse_web_address(url));
  TRY(signer, service::consent_signer(ring_, now));
  const auto body = codec::to_text(boost::json::object{{"event", "consent.ended"},
                                                       {"id", codec::hex(event.id.bytes())},
                                                       {"consent", codec::hex(event.consent.bytes())},
                                                       {"reason", domain::name_of(event.reason)},
                                                       {"at", unix_seconds(event.at)},
                                                       {"log_index", event.log_index}});
  const gateway::KeyHolder holder{.key_id = KeyId{signer.id}, .signing_key = signer.key};
  http::ClientRequest request{.method = "POST",
                              .target = address.path,
                              .fields = gateway::sign_fields(gateway::webhook_profile(address.path), holder,
                                                             address.authority, as_bytes(body), now),
                              .body = body};
  request.fields.insert(request.fields.begin(), {"Host", address.authority});
  TRY(numeric, http::resolve_for_call(address, terms_.allows_private));
  http::ClientOptions options{
      .connect_timeout = connect_timeout, .call_timeout = call_timeout, .max_response_bytes = longest_reply};
  if (address.tls) {
    options.tls = http::ClientTls{
        .ca_file = terms_.ca_file, .server_name = address.host, .certificate_chain = {}, .private_key = {}};
  }
  TRY(client, http::Client::connect({.host = numeric, .port = address.port}, options));
  TRY(response, client.send(request));
  if (response.status < status_ok || response.status >= status_redirect) {
    return fail(Errc::unavailable, "the partner answered with status " + std::to_string(response.status));
  }
  return ok();
}

}  // namespace lindung::server
