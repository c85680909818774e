#include "api/public_routes.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/answer.h"
#include "api/legal_figures_json.h"
#include "api/log_routes.h"
#include "api/override_counts_json.h"
#include "api/public_get.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/pass_keys.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "http/message.h"
#include "http/router.h"
#include "service/legal_requests.h"
#include "service/log_publisher.h"
#include "service/override_counts.h"
#include "service/pack_telling.h"
#include "service/pass_keys.h"
#include "service/report_offices.h"
#include "store/ring.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr seconds key_document_age{1800};  // protocol.md section 3
constexpr seconds counts_age{60};
constexpr seconds pass_keys_age{3600};

// All months, or that of "month=2026-11".
Result<http::Response> override_counts(const PublicGround& ground, std::string_view query) {
  constexpr std::string_view name = "month=";
  std::optional<std::string> month;
  if (!query.empty()) {
    if (!query.starts_with(name)) return fail(Errc::malformed, "month=2026-11, or nothing, is needed");
    TRY(parsed, service::parse_month(query.substr(name.size())));
    month = parsed;
  }
  TRY(counts, service::public_override_counts(ground.platform, month));
  auto response = open_json(counts_by_month(counts));
  response.fields.emplace_back("Cache-Control", "public, max-age=" + std::to_string(counts_age.count()));
  return response;
}

// For door devices: of this week and the next.
Result<http::Response> pass_keys(const PublicGround& ground) {
  TRY(keys, service::public_pass_keys(ground.ring));
  auto response = open_json(cert::pass_key_set(ground.publisher.verifier_key().name(), keys));
  response.fields.emplace_back("Cache-Control", "public, max-age=" + std::to_string(pass_keys_age.count()));
  return response;
}

Result<http::Response> keys(const PublicGround& ground) {
  TRY(document, key_document(ground));
  http::Response response;
  open_to_pages(response);
  response.content_type = "application/json";
  response.fields.emplace_back("Cache-Control", "public, max-age=" + std::to_string(document.max_age.count()));
  if (ground.is_sandbox) response.fields.emplace_back("Lindung-Sandbox", "nobody here is real");
  response.body = std::move(document.body);
  return response;
}

}  // namespace

namespace {

// Those of one class that do not lie behind `now`; shortens how long the document may be kept.
Result<void> add_keys(json::array& keys, seconds& max_age, const PublicGround& ground, store::KeyClass cls,
                      std::string_view use) {
  const auto now = ground.clock.now();
  TRY(infos, ground.ring.list(cls));
  for (const auto& info : infos) {
    if (info.not_after < now) continue;
    TRY(bytes, ground.ring.key(info.name));
    if (info.not_before <= now) max_age = std::min(max_age, info.not_after - now);
    keys.emplace_back(
        json::object{{"key_id", info.number},
                     {"use", use},
                     {"kem", 32},
                     {"kdf", 1},
                     {"aead", 1},
                     {"public_key", codec::base64url(crypto::X25519PrivateKey::from_bytes(bytes).public_key())},
                     {"not_before", unix_seconds(info.not_before)},
                     {"not_after", unix_seconds(info.not_after)}});
  }
  return ok();
}

// For whom reporters seal an identity. Who reads the document for the exchange passes over other uses.
Result<void> add_offices(json::array& keys, const PublicGround& ground) {
  TRY(offices, service::list_offices(ground.platform));
  for (const auto& office : offices) {
    json::array districts;
    for (const auto& each : office.districts) districts.emplace_back(each);
    keys.emplace_back(json::object{{"use", "report-office"},
                                   {"office", office.id.value()},
                                   {"name", office.name},
                                   {"role", service::name_of(office.role)},
                                   {"districts", std::move(districts)},
                                   {"public_key", codec::base64url(office.public_key)}});
  }
  return ok();
}

}  // namespace

Result<KeyDocument> key_document(const PublicGround& ground) {
  const auto now = ground.clock.now();
  auto max_age = key_document_age;
  json::array keys;
  TRYV(add_keys(keys, max_age, ground, store::KeyClass::exchange, "exchange"));
  TRYV(add_keys(keys, max_age, ground, store::KeyClass::report_exchange, "report"));
  TRYV(add_offices(keys, ground));
  const auto& log_key = ground.publisher.verifier_key();
  const auto pacts = ground.directory.get()->pacts;
  json::object pact{{"current", codec::base64url(pacts.current)}};
  if (pacts.next) {
    pact["next"] = codec::base64url(*pacts.next);
    pact["next_required_at"] = unix_seconds(pacts.next_required_at.value_or(now));
  }
  json::object content{
      {"keys", std::move(keys)},
      {"log", json::object{{"origin", log_key.name()}, {"public_key", codec::base64url(log_key.key().bytes())}}},
      {"pact", std::move(pact)}};
  if (ground.is_sandbox) content["sandbox"] = true;
  const auto payload = codec::to_text(content);
  TRY(seed, ground.ring.key({.cls = store::KeyClass::directory, .scope = "", .epoch = 1}));
  const auto signature =
      crypto::Ed25519PrivateKey::from_seed(seed).sign(Message{}.text("lindung keys v1").u8(0).text(payload).view());
  return KeyDocument{.body = codec::to_text(json::object{{"payload", codec::base64url(as_bytes(payload))},
                                                         {"signature", codec::base64url(signature)}}),
                     .max_age = std::max(max_age, seconds{0})};
}

std::vector<http::Route> public_routes(const PublicSource& source) {
  std::vector<http::Route> routes;
  routes.push_back(public_get("/.well-known/lindung-keys", source,
                              [](const PublicGround& ground, const http::Request&) { return keys(ground); }));
  const LogSource log = [source](const auto& use) {
    return source([&](const PublicGround& ground) { use(ground.publisher); });
  };
  std::ranges::move(log_routes(log), std::back_inserter(routes));
  routes.push_back(
      public_get("/v1/public/overrides", source, [](const PublicGround& ground, const http::Request& request) {
        return override_counts(ground, request.query());
      }));
  routes.push_back(public_get(
      "/v1/legal/figures", source, [](const PublicGround& ground, const http::Request&) -> Result<http::Response> {
        TRY(counts, service::legal_figures(ground.platform));
        TRY(packs, service::pack_figures(ground.platform));
        auto response = open_json(legal_figures_json(counts, packs));
        response.fields.emplace_back("Cache-Control", "public, max-age=" + std::to_string(counts_age.count()));
        return response;
      }));
  routes.push_back(public_get("/v1/passes/keys", source,
                              [](const PublicGround& ground, const http::Request&) { return pass_keys(ground); }));
  return routes;
}

}  // namespace lindung::api
