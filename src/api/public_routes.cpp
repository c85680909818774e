#include "api/public_routes.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
#include "log/merkle.h"
#include "log/node_reader.h"
#include "log/tile.h"
#include "log/verifier.h"
#include "service/log_publisher.h"
#include "service/override_counts.h"
#include "service/pass_keys.h"
#include "store/ring.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::string_view log_prefix = "/log/";
constexpr seconds key_document_age{1800};  // protocol.md section 3
constexpr seconds counts_age{60};
constexpr seconds pass_keys_age{3600};

Result<http::Response> inclusion(const PublicGround& ground, std::string_view query) {
  TRY(index, query_number(query, "index"));
  TRY(size, query_number(query, "size"));
  const auto published = ground.publisher.published_size();
  if (size > published || index >= size) return fail(Errc::not_found, "not in the published tree");
  const auto nodes = log::nodes_of_tiles(published, ground.publisher.folder().source());
  TRY(proof, log::inclusion_proof(index, size, nodes));
  return open_json(json::object{{"index", index}, {"size", size}, {"hashes", proof_json(proof)}});
}

Result<http::Response> consistency(const PublicGround& ground, std::string_view query) {
  TRY(from, query_number(query, "from"));
  TRY(to, query_number(query, "to"));
  const auto published = ground.publisher.published_size();
  if (to > published || from > to || from == 0) return fail(Errc::not_found, "not in the published tree");
  const auto nodes = log::nodes_of_tiles(published, ground.publisher.folder().source());
  TRY(proof, log::consistency_proof(from, to, nodes));
  return open_json(json::object{{"from", from}, {"to", to}, {"hashes", proof_json(proof)}});
}

// checkpoint, log-key, tiles and bundles; a partial tile that has grown since is cut out of the full one.
Result<http::Response> log_file(const PublicGround& ground, std::string_view name) {
  http::Response response;
  open_to_pages(response);
  if (name == log::checkpoint_file || name == log::log_key_file) {
    TRY(content, ground.publisher.folder().read(name));
    response.content_type = "text/plain; charset=utf-8";
    response.fields.emplace_back("Cache-Control", "no-cache");
    response.body.assign(as_text(content));
    return response;
  }
  const auto parsed = log::parse_tile_path(name);
  if (parsed.has_error()) return fail(Errc::not_found, "no such file");
  const auto& tile = parsed.value();
  const auto source = ground.publisher.folder().source();
  TRY(content, tile.level ? log::read_hashes(source, *tile.level, tile.index, tile.width)
                          : log::read_entries(source, tile.index, tile.width));
  response.content_type = "application/octet-stream";
  response.fields.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  response.body.assign(as_text(content));
  return response;
}

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

Result<KeyDocument> key_document(const PublicGround& ground) {
  const auto now = ground.clock.now();
  TRY(infos, ground.ring.list(store::KeyClass::exchange));
  auto max_age = key_document_age;
  json::array keys;
  for (const auto& info : infos) {
    if (info.not_after < now) continue;
    TRY(bytes, ground.ring.key(info.name));
    if (info.not_before <= now) max_age = std::min(max_age, info.not_after - now);
    keys.emplace_back(
        json::object{{"key_id", info.number},
                     {"use", "exchange"},
                     {"kem", 32},
                     {"kdf", 1},
                     {"aead", 1},
                     {"public_key", codec::base64url(crypto::X25519PrivateKey::from_bytes(bytes).public_key())},
                     {"not_before", unix_seconds(info.not_before)},
                     {"not_after", unix_seconds(info.not_after)}});
  }
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
  routes.push_back(public_get(
      "/log/proof/inclusion", source,
      [](const PublicGround& ground, const http::Request& request) { return inclusion(ground, request.query()); }));
  routes.push_back(public_get(
      "/log/proof/consistency", source,
      [](const PublicGround& ground, const http::Request& request) { return consistency(ground, request.query()); }));
  routes.push_back(
      public_get("/v1/public/overrides", source, [](const PublicGround& ground, const http::Request& request) {
        return override_counts(ground, request.query());
      }));
  routes.push_back(public_get("/v1/passes/keys", source,
                              [](const PublicGround& ground, const http::Request&) { return pass_keys(ground); }));
  routes.push_back(public_get("/log/*", source, [](const PublicGround& ground, const http::Request& request) {
    return log_file(ground, request.path().substr(log_prefix.size()));
  }));
  return routes;
}

}  // namespace lindung::api
