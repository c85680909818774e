#include "cert/pass_keys.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/jwk.h"
#include "cert/light_pass.h"
#include "cert/signer.h"
#include "codec/base_n.h"
#include "domain/pass_window.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;

constexpr std::string_view mark_name = "lnd";
constexpr std::string_view mark = "light-pass";

json::object jwk_of(BytesView point) {
  json::object out{{"kty", "EC"}, {"crv", "P-256"}, {"use", "sig"}, {"alg", "ES256"}, {mark_name, mark}};
  out["x"] = codec::base64url(point.subspan(1, 32));
  out["y"] = codec::base64url(point.last(32));
  out["kid"] = jwk_thumbprint(out);
  return out;
}

Result<PassKeyId> id_of(std::string_view thumbprint) {
  TRY(digest, codec::from_base64url(thumbprint));
  if (digest.size() != Hash{}.size()) return fail(Errc::malformed, "kid is not the thumbprint");
  return take<8>(digest);
}

std::optional<Moment> moment_member(const json::object& jwk, std::string_view name) {
  const auto* value = jwk.if_contains(name);
  if (value == nullptr || !value->is_int64() || value->get_int64() < 0) return std::nullopt;
  return moment_of(static_cast<std::uint64_t>(value->get_int64()));
}

}  // namespace

std::uint64_t pass_week(Moment at) noexcept {
  return unix_seconds(at) / static_cast<std::uint64_t>(std::chrono::seconds{pass_key_life}.count());
}

PassKeySpan pass_key_span(std::uint64_t week) noexcept {
  const Moment begin = Moment{} + pass_key_life * static_cast<std::int64_t>(week);
  return {.not_before = begin - domain::pass_step, .not_after = begin + pass_key_life + domain::pass_step};
}

PassKeyId pass_key_id(BytesView point) {
  // A thumbprint that we made reads back.
  return id_of(text_member(jwk_of(point), "kid")).value();
}

json::object pass_key_set(std::string_view issuer, const std::vector<PassKey>& keys) {
  json::array rows;
  for (const auto& key : keys) {
    auto row = jwk_of(key.point);
    row["nbf"] = static_cast<std::int64_t>(unix_seconds(key.span.not_before));
    row["exp"] = static_cast<std::int64_t>(unix_seconds(key.span.not_after));
    rows.emplace_back(std::move(row));
  }
  return {{"iss", issuer}, {"keys", std::move(rows)}};
}

bool is_pass_key(const json::object& jwk) { return text_member(jwk, mark_name) == mark; }

Result<Signer> read_pass_key(const json::object& jwk, std::size_t list) {
  TRY(key, card_key_of_jwk(jwk, {}));
  TRY(id, id_of(text_member(jwk, "kid")));
  const auto not_before = moment_member(jwk, "nbf");
  const auto not_after = moment_member(jwk, "exp");
  if (!not_before || !not_after) return fail(Errc::malformed, "a key of light passes without nbf and exp");
  return Signer{.key = std::move(key),
                .kid = to_bytes(id),
                .countries = {},
                .usage = {},
                .not_before = not_before,
                .not_after = not_after,
                .list = list};
}

}  // namespace lindung::cert
