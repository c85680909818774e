#include "cert/shc_card.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "cert/hc1.h"
#include "cert/json_claims.h"
#include "cert/jwk.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/step.h"
#include "codec/base_n.h"
#include "codec/inflate.h"
#include "codec/json.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;

constexpr std::string_view health_card = "https://smarthealth.cards#health-card";
constexpr std::size_t payload_depth = 48;

auto refuse_jws(Reason reason, std::string detail = {}) { return refuse(Step::jws, reason, std::move(detail)); }

bool is_issuer_url(std::string_view url) {
  constexpr std::string_view scheme = "https://";
  return url.starts_with(scheme) && url.size() > scheme.size() && !url.ends_with('/') &&
         url.find_first_of(" \t\r\n?#") == std::string_view::npos;
}

}  // namespace

Checked<ShcCard> read_card(std::string_view compact) {
  const auto first = compact.find('.');
  const auto second = first == std::string_view::npos ? first : compact.find('.', first + 1);
  if (second == std::string_view::npos || compact.find('.', second + 1) != std::string_view::npos) {
    return refuse_jws(Reason::jws, "not of three parts");
  }
  const auto header = codec::from_base64url(compact.substr(0, first));
  const auto payload = codec::from_base64url(compact.substr(first + 1, second - first - 1));
  auto signature = codec::from_base64url(compact.substr(second + 1));
  if (!header || !payload || !signature) return refuse_jws(Reason::jws, "a part that is not base64url");
  const auto read = codec::parse_json(as_text(header.value()), {.bytes = longest_text, .depth = 4});
  const auto* members = read ? read.value().if_object() : nullptr;
  if (members == nullptr) return refuse_jws(Reason::jws_header, "not an object");
  if (text_member(*members, "alg") != "ES256") return refuse_jws(Reason::jws_header, "alg");
  if (text_member(*members, "zip") != "DEF") return refuse_jws(Reason::jws_header, "zip");
  if (members->contains("crit")) return refuse_jws(Reason::jws_header, "crit");
  const auto kid = text_member(*members, "kid");
  if (kid.empty()) return refuse_jws(Reason::jws_header, "kid");
  const auto text = codec::inflate_raw(payload.value(), most_inflated);
  if (!text) {
    const bool large = text.error().code == Errc::too_large;
    return refuse_jws(large ? Reason::too_large : Reason::zlib, text.error().detail);
  }
  TRY(claims, read_card_payload(as_text(text.value())));
  return ShcCard{.kid = std::string{kid},
                 .signed_text = std::string{compact.substr(0, second)},
                 .signature = std::move(signature.value()),
                 .payload = std::move(claims)};
}

Checked<json::value> read_card_payload(std::string_view text) {
  if (!text.starts_with('{') || !text.ends_with('}')) return refuse_jws(Reason::payload, "something around the object");
  auto read = codec::parse_json(text, {.bytes = std::size_t{2} * most_inflated, .depth = payload_depth});
  if (!read || !read.value().is_object())
    return refuse_jws(Reason::payload, read ? "not an object" : read.error().detail);
  return std::move(read.value());
}

Checked<ShcClaims> read_card_claims(const json::object& payload) {
  ShcClaims out;
  out.issuer = text_member(payload, "iss");
  if (out.issuer.empty()) return refuse_jws(Reason::claim_type, "iss");
  TRY(not_before, date_claim(payload, "nbf", Step::jws));
  TRY(expires, date_claim(payload, "exp", Step::jws));
  if (!not_before) return refuse_jws(Reason::claim_type, "nbf");
  out.not_before = *not_before;
  out.expires = expires;
  const auto* vc = object_member(payload, "vc");
  const auto* types = vc == nullptr ? nullptr : array_member(*vc, "type");
  const auto* subject = vc == nullptr ? nullptr : object_member(*vc, "credentialSubject");
  const bool is_card = types != nullptr && std::ranges::any_of(*types, [](const json::value& type) {
                         return type.is_string() && std::string_view{type.get_string()} == health_card;
                       });
  if (!is_card || subject == nullptr) return refuse_jws(Reason::no_content, "vc");
  if (!text_member(*subject, "fhirVersion").starts_with("4.0.")) return refuse_jws(Reason::no_content, "fhirVersion");
  out.bundle = object_member(*subject, "fhirBundle");
  if (out.bundle == nullptr) return refuse_jws(Reason::no_content, "fhirBundle");
  if (vc->contains("rid")) {
    out.rid = text_member(*vc, "rid");
    constexpr std::size_t longest_rid = 24;
    if (out.rid.empty() || out.rid.size() > longest_rid) return refuse_jws(Reason::claim_type, "rid");
  }
  if (!is_issuer_url(out.issuer)) return refuse(Step::signature, Reason::issuer_url);
  return out;
}

}  // namespace lindung::cert
