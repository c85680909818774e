#include "api/travel_routes.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/answer.h"
#include "api/borrow.h"
#include "api/log_routes.h"
#include "api/travel_ground.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/card_code.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "domain/card_claims.h"
#include "domain/json_fields.h"
#include "domain/travel_card_json.h"
#include "http/message.h"
#include "http/router.h"
#include "store/ring.h"
#include "travel/cards.h"
#include "travel/day_list.h"
#include "travel/judged.h"
#include "travel/signers.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::string_view cards_prefix = "/v1/cards/";
constexpr std::size_t body_limit = domain::card_json_limit + 1'024;
constexpr std::size_t depth_limit = 10;
constexpr std::chrono::seconds deadline{15};
constexpr seconds keys_age{600};

template <std::size_t N>
Result<ByteArray<N>> bytes_of_hex(std::string_view text) {
  const auto bytes = codec::from_hex(text);
  if (bytes.has_error() || bytes.value().size() != N)
    return fail(Errc::malformed, "an id of 16 bytes in hex is needed");
  return take<N>(bytes.value());
}

// One and the same answer for a path that names no card and a secret that is none.
Result<domain::CardId> card_in(const http::Request& request) {
  const auto id = bytes_of_hex<16>(request.path().substr(cards_prefix.size()));
  if (id.has_error()) return fail(Errc::not_found);
  return domain::CardId{id.value()};
}

Result<travel::CardSecret> secret_in(const http::Request& request) {
  const auto [is_there, text] = request.only(card_secret_field);
  const auto bytes = codec::from_base64url(text);
  if (!is_there || bytes.has_error() || bytes.value().size() != travel::CardSecret{}.size()) {
    return fail(Errc::not_found);
  }
  return take<16>(bytes.value());
}

// What the traveller gets. The code is made behind the commit.
Result<json::object> card_json(const TravelAccess& access, const travel::Card& card) {
  TRY(code, travel::code_of(access.ground, card));
  auto out = travel::json_of(card.answer);
  out["card"] = codec::hex(card.id.bytes());
  out["version"] = card.version;
  out["changed_at"] = rfc3339(card.changed_at);
  out["qr"] = code;
  return out;
}

Result<http::Response> file(const TravelAccess& access, const http::Request& request) {
  TRYV(access.filings.take(access.ground.clock.now()));
  TRY(value, codec::parse_json(as_text(request.body), {.bytes = body_limit, .depth = depth_limit}));
  TRY(fields, domain::JsonFields::of(value, "", {"filing", "card"}));
  TRY(text, fields.text("filing"));
  TRY(filing, bytes_of_hex<16>(text));
  TRY(card, domain::read_travel_card(fields.any("card")));
  TRY(filed, travel::file_card(access.ground, filing, std::move(card)));
  TRY(out, card_json(access, filed.card));
  out["secret"] = codec::base64url(filed.secret);
  auto response = private_json(out);
  response.status = 201;
  return response;
}

Result<http::Response> show(const TravelAccess& access, const http::Request& request) {
  TRY(id, card_in(request));
  TRY(secret, secret_in(request));
  TRY(card, travel::show_card(access.ground, id, secret));
  TRY(out, card_json(access, card));
  out["filed"] = domain::json_of(card.card);
  return private_json(out);
}

Result<http::Response> change(const TravelAccess& access, const http::Request& request) {
  TRY(id, card_in(request));
  TRY(secret, secret_in(request));
  TRY(card, domain::read_travel_card(as_text(request.body)));
  TRY(changed, travel::change_card(access.ground, id, secret, std::move(card)));
  TRY(out, card_json(access, changed));
  return private_json(out);
}

Result<http::Response> withdraw(const TravelAccess& access, const http::Request& request) {
  TRY(id, card_in(request));
  TRY(secret, secret_in(request));
  TRYV(travel::withdraw_card(access.ground, id, secret));
  return private_json(json::object{{"card", codec::hex(id.bytes())}, {"withdrawn", true}});
}

Result<http::Response> keys(const TravelAccess& access, const http::Request& /*request*/) {
  TRY(body, travel_key_document(access));
  http::Response response;
  response.content_type = "application/json";
  response.fields.emplace_back("Access-Control-Allow-Origin", "*");
  response.fields.emplace_back("Cache-Control", "public, max-age=" + std::to_string(keys_age.count()));
  response.body = std::move(body);
  return response;
}

RouteHead open_route(std::string method, std::string path, std::size_t limit) {
  return {.method = std::move(method),
          .path = std::move(path),
          .access = http::Access::anyone,
          .body_limit = limit,
          .deadline = deadline};
}

}  // namespace

Result<std::string> travel_key_document(const TravelAccess& access) {
  TRY(signers, travel::public_signers(access.ground));
  json::array keys;
  for (const auto& key : signers) {
    const BytesView point{key.point};
    keys.emplace_back(json::object{{"kty", "EC"},
                                   {"crv", "P-256"},
                                   {"use", "sig"},
                                   {"alg", "ES256"},
                                   {"x", codec::base64url(point.subspan(1, 32))},
                                   {"y", codec::base64url(point.last(32))},
                                   {"kid", codec::hex(cert::travel_key_id(point))},
                                   {"nbf", static_cast<std::int64_t>(unix_seconds(key.not_before))},
                                   {"exp", static_cast<std::int64_t>(unix_seconds(key.not_after))}});
  }
  TRY(seed, access.ground.ring.key({.cls = store::KeyClass::directory, .scope = "", .epoch = 1}));
  const auto& log_key = access.publisher.verifier_key();
  const json::object content{
      {"iss", log_key.name()},
      {"keys", std::move(keys)},
      {"log", json::object{{"origin", log_key.name()}, {"public_key", codec::base64url(log_key.key().bytes())}}},
      {"signer", codec::base64url(crypto::Ed25519PrivateKey::from_seed(seed).public_key().bytes())}};
  return travel::signed_document(access.ground, "lindung travel keys v1", codec::to_text(content));
}

std::vector<http::Route> travel_routes(const TravelSource& source) {
  std::vector<http::Route> routes;
  routes.push_back(travel_route(open_route("POST", "/v1/cards", body_limit), source, file));
  routes.push_back(travel_route(open_route("GET", "/v1/cards/*", 0), source, show));
  routes.push_back(travel_route(open_route("PUT", "/v1/cards/*", body_limit), source, change));
  routes.push_back(travel_route(open_route("DELETE", "/v1/cards/*", 0), source, withdraw));
  routes.push_back(travel_route(open_route("GET", "/.well-known/lindung-travel-keys", 0), source, keys));
  const LogSource log = [source](const auto& use) {
    return source([&](const TravelAccess& access) { use(access.publisher); });
  };
  std::ranges::move(log_routes(log), std::back_inserter(routes));
  return routes;
}

}  // namespace lindung::api
