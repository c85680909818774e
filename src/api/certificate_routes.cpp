#include "api/certificate_routes.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/answer.h"
#include "api/public_get.h"
#include "api/public_routes.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/shc_issue.h"
#include "cert/signer.h"
#include "codec/base_n.h"
#include "crypto/x509_certificate.h"
#include "http/message.h"
#include "http/router.h"
#include "log/merkle.h"
#include "log/node_reader.h"
#include "service/authority.h"
#include "service/issued_certificates.h"
#include "service/log_publisher.h"
#include "service/platform.h"
#include "service/signers.h"
#include "store/database.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::string_view crl_prefix = "/.well-known/crl/";
constexpr std::string_view crl_suffix = ".json";
constexpr seconds signers_age{300};

http::Response kept_for(http::Response response, seconds age) {
  response.fields.emplace_back("Cache-Control", "public, max-age=" + std::to_string(age.count()));
  return response;
}
http::Response asked_each_time(http::Response response) {
  response.fields.emplace_back("Cache-Control", "no-cache");
  return response;
}

// As the EU's gateway lists them.
json::object gateway_entry(const crypto::X509Certificate& certificate, std::string_view country,
                           std::string_view type) {
  const auto fingerprint = certificate.fingerprint();
  return {{"kid", codec::base64(BytesView{fingerprint}.first(cert::kid_size))},
          {"timestamp", rfc3339(certificate.not_before())},
          {"country", country},
          {"certificateType", type},
          {"thumbprint", codec::hex(fingerprint)},
          {"rawData", codec::base64(certificate.der())}};
}

// The authority first, then every signer whose certificates can still be valid. Those that were taken back are not
// here.
Result<http::Response> signers(const PublicGround& ground) {
  json::array out;
  const auto authority = service::find_authority(ground.platform);
  if (authority.has_error() && authority.error().code != Errc::conflict) return authority.error();
  if (authority.has_value()) {
    const auto& country = authority.value().names.country;
    out.emplace_back(gateway_entry(authority.value().certificate, country, "CSCA"));
    TRY(all, service::list_signers(ground.platform));
    for (const auto& signer : all) {
      if (signer.revoked_at || signer.certificate.empty()) continue;
      TRY(certificate, crypto::X509Certificate::from_der(signer.certificate));
      if (certificate.not_after() < ground.clock.now()) continue;
      out.emplace_back(gateway_entry(certificate, country, "DSC"));
    }
  }
  return kept_for(open_json(out), signers_age);
}

Result<http::Response> card_keys(const PublicGround& ground) {
  TRY(all, service::list_signers(ground.platform));
  json::array keys;
  TRYV(ground.platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    keys.clear();
    for (const auto& signer : all) {
      if (signer.revoked_at || signer.place.kind != service::SignerKind::card) continue;
      auto jwk = cert::card_jwk(signer.public_point);
      TRY(version, service::count_revoked_cards(transaction, signer.kid));
      if (version != 0) jwk["crlVersion"] = version;
      keys.emplace_back(std::move(jwk));
    }
    return ok();
  }));
  return kept_for(open_json(json::object{{"keys", std::move(keys)}}), signers_age);
}

Result<http::Response> card_revocations(const PublicGround& ground, std::string_view file) {
  if (!file.ends_with(crl_suffix)) return fail(Errc::not_found, "no such list");
  const auto kid = file.substr(0, file.size() - crl_suffix.size());
  TRY(rids, service::revoked_cards(ground.platform, kid));
  if (rids.empty()) return fail(Errc::not_found, "no card of this key was taken back");
  const auto count = rids.size();
  json::array list;
  for (auto& rid : rids) list.emplace_back(std::move(rid));
  return asked_each_time(
      open_json(json::object{{"kid", kid}, {"method", "rid"}, {"ctr", count}, {"rids", std::move(list)}}));
}

// One batch of the EU's kind, over all keys.
Result<http::Response> revocations(const PublicGround& ground) {
  const auto authority = service::find_authority(ground.platform);
  if (authority.has_error() && authority.error().code == Errc::conflict) {
    return fail(Errc::not_found, "nothing is issued here");
  }
  if (authority.has_error()) return authority.error();
  TRY(list, service::revoked_certificates(ground.platform));
  json::array entries;
  entries.reserve(list.hashes.size());
  for (const auto& hash : list.hashes) entries.emplace_back(json::object{{"hash", codec::base64(hash)}});
  return asked_each_time(open_json(json::object{{"country", authority.value().names.country},
                                                {"kid", "UNKNOWN_KID"},
                                                {"hashType", "UCI"},
                                                {"expires", rfc3339(list.expires)},
                                                {"entries", std::move(entries)}}));
}

Result<http::Response> logged(const PublicGround& ground, std::string_view query) {
  TRY(text, query_text(query, "digest"));
  Hash digest{};
  if (codec::from_hex(text, digest).has_error()) {
    return fail(Errc::malformed, "digest: 64 hexadecimal digits are needed");
  }
  TRY(found, service::find_signature(ground.platform, digest));
  const auto size = ground.publisher.published_size();
  if (found.index >= size) return fail(Errc::not_found, "not in the published tree yet");
  const auto nodes = log::nodes_of_tiles(size, ground.publisher.folder().source());
  TRY(proof, log::inclusion_proof(found.index, size, nodes));
  return asked_each_time(open_json(json::object{
      {"index", found.index}, {"leaf", codec::base64(found.leaf)}, {"size", size}, {"hashes", proof_json(proof)}}));
}

}  // namespace

std::vector<http::Route> certificate_routes(const PublicSource& source) {
  std::vector<http::Route> routes;
  routes.push_back(public_get("/.well-known/jwks.json", source,
                              [](const PublicGround& ground, const http::Request&) { return card_keys(ground); }));
  routes.push_back(
      public_get("/.well-known/crl/*", source, [](const PublicGround& ground, const http::Request& request) {
        return card_revocations(ground, request.path().substr(crl_prefix.size()));
      }));
  routes.push_back(public_get("/v1/certificates/signers", source,
                              [](const PublicGround& ground, const http::Request&) { return signers(ground); }));
  routes.push_back(public_get("/v1/certificates/revocations", source,
                              [](const PublicGround& ground, const http::Request&) { return revocations(ground); }));
  routes.push_back(public_get(
      "/v1/certificates/logged", source,
      [](const PublicGround& ground, const http::Request& request) { return logged(ground, request.query()); }));
  return routes;
}

}  // namespace lindung::api
