#include "api/consent_routes.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/answer.h"
#include "api/borrow.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "domain/consent.h"
#include "domain/partner.h"
#include "domain/redemption.h"
#include "gateway/consent_door.h"
#include "gateway/consent_profiles.h"
#include "gateway/envelope.h"
#include "http/message.h"
#include "http/router.h"
#include "people/consent_requests.h"
#include "service/consent_keys.h"
#include "store/ring.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

constexpr std::chrono::seconds deadline{10};
constexpr std::size_t push_limit = 16UL * 1024;
// A shorter wrong length is `malformed`, not `too-large`, as at the exchange.
constexpr std::size_t sealed_limit = 64UL * 1024;
constexpr std::chrono::seconds keys_age{3600};
constexpr unsigned status_created = 201;
constexpr std::string_view request_uri_head = "urn:ietf:params:oauth:request_uri:";  // RFC 9126 section 2.2

Result<std::string_view> text_in(const Object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return fail(Errc::malformed, std::string{name});
  return std::string_view{value->get_string()};
}

Result<void> need(const Object& object, std::string_view name, std::string_view wanted) {
  TRY(value, text_in(object, name));
  if (value != wanted) return fail(Errc::malformed, std::string{name});
  return ok();
}

Result<void> only_these(const Object& object, std::initializer_list<std::string_view> names) {
  for (const auto& member : object) {
    if (std::ranges::find(names, std::string_view{member.key()}) == names.end()) {
      return fail(Errc::malformed, "a member that is not known");
    }
  }
  return ok();
}

Result<people::PushedRequest> read_push(BytesView body, const PartnerId& partner) {
  TRY(value, codec::parse_json(as_text(body), {.bytes = push_limit, .depth = 4}));
  if (!value.is_object()) return fail(Errc::malformed, "a JSON object is needed");
  const auto& object = value.get_object();
  TRYV(only_these(object, {"response_type", "client_id", "code_challenge", "code_challenge_method", "redirect_uri",
                           "state", "purposes", "profile", "days"}));
  TRYV(need(object, "response_type", "code"));
  TRYV(need(object, "client_id", partner.value()));
  TRYV(need(object, "code_challenge_method", "S256"));
  people::PushedRequest request;
  TRY(challenge, text_in(object, "code_challenge"));
  if (codec::from_base64url(challenge, request.challenge).has_error()) return fail(Errc::malformed, "code_challenge");
  TRY(redirect_uri, text_in(object, "redirect_uri"));
  request.redirect_uri = redirect_uri;
  TRY(state, text_in(object, "state"));
  request.state = state;
  TRY(profile_name, text_in(object, "profile"));
  const auto profile = domain::parse_profile(profile_name);
  if (profile.has_error()) return fail(Errc::malformed, "profile");
  request.profile = profile.value();
  const auto* days = object.if_contains("days");
  if (days == nullptr || !days->is_int64() || days->get_int64() < 1 ||
      days->get_int64() > domain::longest_consent.count()) {
    return fail(Errc::malformed, "days: 1 to 366");
  }
  request.period = std::chrono::days{days->get_int64()};
  const auto* purposes = object.if_contains("purposes");
  if (purposes == nullptr || !purposes->is_array()) return fail(Errc::malformed, "purposes");
  for (const auto& each : purposes->get_array()) {
    if (!each.is_string()) return fail(Errc::malformed, "purposes");
    const auto purpose = domain::parse_purpose(std::string_view{each.get_string()});
    if (purpose.has_error()) return fail(Errc::malformed, "purposes: not of the list");
    request.purposes.push_back(purpose.value());
  }
  return request;
}

Result<http::Response> take_push(const ConsentGround& ground, const http::Request& request) {
  TRY(partner, ground.door.admit_push(request));
  TRY(pushed, read_push(request.body, partner));
  TRY(reference, people::push_request(ground.platform, partner, pushed));
  http::Response response;
  response.status = status_created;
  response.content_type = "application/json";
  response.fields.emplace_back("Cache-Control", "no-store");
  response.body = codec::to_text(Object{{"request_uri", std::string{request_uri_head} + reference.text},
                                        {"expires_in", seconds{people::consent_request_life}.count()},
                                        {"open_at", ground.terms.origin + "/#consent/" + reference.text}});
  return response;
}

Result<http::Response> redeem(const ConsentGround& ground, const http::Request& request) {
  TRY(admitted, ground.door.admit_redemption(request));
  TRY(answer, people::redeem_code(ground.platform, admitted.partner, admitted.redemption));
  const auto plaintext = domain::encode(answer);
  return private_answer(std::string{gateway::token_envelope.reply_content_type},
                        std::string{as_text(gateway::seal_reply(admitted.reply_key, plaintext))});
}

// A JWK set (RFC 7517, 8037) under the directory key, which partners have pinned.
Result<http::Response> consent_keys(const ConsentGround& ground, const http::Request& /*request*/) {
  const auto& ring = ground.platform.ring;
  TRY(keys, service::public_consent_keys(ring));
  json::array list;
  for (const auto& key : keys) {
    list.emplace_back(Object{{"kty", "OKP"},
                             {"crv", "Ed25519"},
                             {"kid", key.id},
                             {"use", "sig"},
                             {"x", codec::base64url(key.public_key.bytes())},
                             {"nbf", unix_seconds(key.not_before)},
                             {"exp", unix_seconds(key.not_after)}});
  }
  const auto payload = codec::to_text(Object{{"issuer", ground.terms.origin}, {"keys", std::move(list)}});
  TRY(seed, ring.key({.cls = store::KeyClass::directory, .scope = "", .epoch = 1}));
  const auto message = Message{}.text("lindung consent keys v1").u8(0).text(payload).take();
  const auto signature = crypto::Ed25519PrivateKey::from_seed(seed).sign(message);
  auto response =
      open_json(Object{{"payload", codec::base64url(as_bytes(payload))}, {"signature", codec::base64url(signature)}});
  response.fields.emplace_back("Cache-Control", "public, max-age=" + std::to_string(keys_age.count()));
  return response;
}

RouteHead signed_post(std::string_view path, std::size_t body_limit) {
  return {.method = "POST",
          .path = std::string{path},
          .access = http::Access::proves_itself,
          .body_limit = body_limit,
          .deadline = deadline};
}

RouteHead open_get(std::string_view path) {
  return {.method = "GET",
          .path = std::string{path},
          .access = http::Access::anyone,
          .body_limit = 0,
          .deadline = deadline};
}

}  // namespace

std::vector<http::Route> consent_routes(const ConsentSource& source) {
  std::vector<http::Route> routes;
  routes.push_back(borrowing_route(signed_post(gateway::push_profile.path, push_limit), source, take_push));
  routes.push_back(borrowing_route(signed_post(gateway::token_envelope.signature.path, sealed_limit), source, redeem));
  routes.push_back(borrowing_route(open_get("/.well-known/lindung-consent-keys"), source, consent_keys));
  return routes;
}

}  // namespace lindung::api
