#include "cert/jwk.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "crypto/certificate_key.h"
#include "crypto/digest.h"
#include "crypto/x509_certificate.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;

Result<Bytes> number_member(const json::object& jwk, std::string_view name) {
  const auto text = text_member(jwk, name);
  if (text.empty()) return fail(Errc::malformed, "a key without " + std::string{name});
  return codec::from_base64url(text);
}

Result<void> check_chain(const json::object& jwk, const crypto::CertificateKey& key, std::string_view issuer) {
  if (!jwk.contains("x5c")) return ok();
  TRY(chain, chain_of_jwk(jwk));
  TRY(own, chain.front().key());
  if (own.spki() != key.spki()) return fail(Errc::unsupported_key, "x5c is of another key");
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
    if (!chain[i].is_signed_by(chain[i + 1])) return fail(Errc::unsupported_key, "x5c is no chain");
  }
  const auto names = chain.front().alternative_uris();
  const bool named = std::ranges::find(names, issuer) != names.end();
  if (names.empty() || (!issuer.empty() && !named)) return fail(Errc::unsupported_key, "x5c is of another issuer");
  return ok();
}

}  // namespace

std::string_view text_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view{value->get_string()} : std::string_view{};
}

const json::array* array_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? nullptr : value->if_array();
}

const json::object* object_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? nullptr : value->if_object();
}

Result<crypto::CertificateKey> key_of_jwk(const json::object& jwk) {
  const auto type = text_member(jwk, "kty");
  if (type == "RSA") {
    TRY(modulus, number_member(jwk, "n"));
    TRY(exponent, number_member(jwk, "e"));
    return crypto::CertificateKey::from_modulus(modulus, exponent);
  }
  const auto curve = text_member(jwk, "crv");
  if (type != "EC" || (curve != "P-256" && curve != "P-384")) return fail(Errc::unsupported_key, "neither EC nor RSA");
  TRY(x, number_member(jwk, "x"));
  TRY(y, number_member(jwk, "y"));
  return crypto::CertificateKey::from_coordinates(curve == "P-256" ? crypto::KeyKind::p256 : crypto::KeyKind::p384, x,
                                                  y);
}

Result<std::vector<crypto::X509Certificate>> chain_of_jwk(const json::object& jwk) {
  const auto* texts = array_member(jwk, "x5c");
  if (texts == nullptr || texts->empty()) return fail(Errc::malformed, "an empty x5c");
  std::vector<crypto::X509Certificate> out;
  for (const auto& text : *texts) {
    if (!text.is_string()) return fail(Errc::malformed, "x5c of something else than texts");
    TRY(der, codec::from_base64(text.get_string()));
    TRY(certificate, crypto::X509Certificate::from_der(der));
    out.push_back(std::move(certificate));
  }
  return out;
}

std::string jwk_thumbprint(const json::object& jwk) {
  std::string text = R"({"crv":")";
  text += text_member(jwk, "crv");
  text += R"(","kty":")";
  text += text_member(jwk, "kty");
  text += R"(","x":")";
  text += text_member(jwk, "x");
  text += R"(","y":")";
  text += text_member(jwk, "y");
  text += R"("})";
  return codec::base64url(crypto::sha256(as_bytes(text)));
}

Result<crypto::CertificateKey> card_key_of_jwk(const json::object& jwk, std::string_view issuer) {
  if (text_member(jwk, "kty") != "EC") return fail(Errc::unsupported_key, "kty is not EC");
  if (text_member(jwk, "crv") != "P-256") return fail(Errc::unsupported_key, "crv is not P-256");
  if (text_member(jwk, "use") != "sig") return fail(Errc::unsupported_key, "use is not sig");
  if (text_member(jwk, "alg") != "ES256") return fail(Errc::unsupported_key, "alg is not ES256");
  if (jwk.contains("d")) return fail(Errc::unsupported_key, "a private key");
  TRY(key, key_of_jwk(jwk));
  if (text_member(jwk, "kid") != jwk_thumbprint(jwk)) return fail(Errc::unsupported_key, "kid is not the thumbprint");
  TRYV(check_chain(jwk, key, issuer));
  return key;
}

}  // namespace lindung::cert
