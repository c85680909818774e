#include "gateway/signed_head.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "http/message.h"

namespace lindung::gateway {

namespace {

constexpr std::string_view label = "lindung=";
constexpr std::string_view components =
    R"(("@method" "@authority" "@path" "content-type" "content-digest" "lindung-pact"))";
constexpr std::string_view components_without_pact =
    R"(("@method" "@authority" "@path" "content-type" "content-digest"))";
constexpr std::string_view digest_prefix = "sha-256=:";
constexpr std::uint64_t created_age_s = 60;
constexpr std::uint64_t created_lead_s = 30;
constexpr std::uint64_t lifetime_max_s = 60;
constexpr std::size_t nonce_text_size = 22;
constexpr std::size_t key_id_max = 64;
constexpr std::size_t integer_digits_max = 15;  // RFC 8941 section 3.3.1

std::string_view components_of(const SignatureProfile& profile) {
  return profile.has_pact ? components : components_without_pact;
}

// Takes a literal off the front.
bool skip(std::string_view& text, std::string_view literal) {
  if (!text.starts_with(literal)) return false;
  text.remove_prefix(literal.size());
  return true;
}

bool take_integer(std::string_view& text, std::uint64_t& value) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > integer_digits_max || (digits > 1 && text.front() == '0')) return false;
  std::from_chars(text.data(), text.data() + digits, value);
  text.remove_prefix(digits);
  return true;
}

bool take_key_id(std::string_view& text, std::string_view& key_id) {
  const auto size = std::min(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-"), text.size());
  if (size == 0 || size > key_id_max) return false;
  key_id = text.substr(0, size);
  text.remove_prefix(size);
  return true;
}

Result<std::string_view> only_field(const http::Request& request, std::string_view name) {
  const auto [is_there, value] = request.only(name);
  if (!is_there) return fail(Errc::bad_signature, std::string{name} + ": not there exactly once");
  return value;
}

Result<Hash> parse_digest_field(std::string_view value, std::string_view name) {
  Hash digest{};
  if (!skip(value, digest_prefix) || !value.ends_with(':') ||
      codec::from_base64(value.substr(0, value.size() - 1), digest).has_error()) {
    return fail(Errc::bad_signature, std::string{name} + ": not sha-256=:…: alone");
  }
  return digest;
}

Result<std::string> own_authority(const http::Request& request, const Authorities& authorities) {
  TRY(host, only_field(request, "host"));
  std::string authority{host};
  std::ranges::transform(authority, authority.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const std::string_view default_port = authorities.https ? ":443" : ":80";
  if (authority.ends_with(default_port)) authority.resize(authority.size() - default_port.size());
  if (std::ranges::find(authorities.names, authority) == authorities.names.end()) {
    return fail(Errc::bad_signature, "host: not an authority of this gateway");
  }
  return authority;
}

// `parameters` is what stands behind "lindung=".
Result<void> parse_parameters(std::string_view parameters, const SignatureProfile& profile, SignedHead& head) {
  const auto bad = [](const char* what) { return fail(Errc::bad_signature, std::string{"signature-input: "} + what); };
  if (!skip(parameters, components_of(profile))) return bad("components");
  if (!skip(parameters, ";created=") || !take_integer(parameters, head.created_s)) return bad("created");
  if (!skip(parameters, ";expires=") || !take_integer(parameters, head.expires_s)) return bad("expires");
  if (!skip(parameters, ";nonce=\"") || parameters.size() < nonce_text_size ||
      codec::from_base64url(parameters.substr(0, nonce_text_size), head.nonce).has_error()) {
    return bad("nonce");
  }
  parameters.remove_prefix(nonce_text_size);
  if (!skip(parameters, "\";keyid=\"") || !take_key_id(parameters, head.key_id)) return bad("keyid");
  if (!skip(parameters, "\";alg=\"ed25519\";tag=\"")) return bad("alg");
  if (!skip(parameters, profile.tag) || parameters != "\"") return bad("tag");
  return ok();
}

}  // namespace

std::string digest_field(const Hash& digest) { return std::string{digest_prefix} + codec::base64(digest) + ":"; }

std::string signature_input(const SignatureProfile& profile, const SignatureParameters& parameters) {
  std::string out{components_of(profile)};
  out += ";created=" + std::to_string(parameters.created_s);
  out += ";expires=" + std::to_string(parameters.expires_s);
  out += ";nonce=\"" + codec::base64url(parameters.nonce);
  out += "\";keyid=\"" + parameters.key_id;
  out += "\";alg=\"ed25519\";tag=\"";
  out += profile.tag;
  out += "\"";
  return out;
}

// RFC 9421 section 2.5, for our six components.
std::string signature_base(const SignatureProfile& profile, std::string_view authority,
                           std::string_view content_digest_field, std::string_view pact_field,
                           std::string_view signature_parameters) {
  std::string base;
  base.reserve(640);
  base += "\"@method\": POST\n\"@authority\": ";
  base += authority;
  base += "\n\"@path\": ";
  base += profile.path;
  base += "\n\"content-type\": ";
  base += profile.content_type;
  base += "\n\"content-digest\": ";
  base += content_digest_field;
  if (profile.has_pact) {
    base += "\n\"lindung-pact\": ";
    base += pact_field;
  }
  base += "\n\"@signature-params\": ";
  base += signature_parameters;
  return base;
}

Result<SignedHead> parse_signed_head(const http::Request& request, const SignatureProfile& profile,
                                     const Authorities& authorities) {
  SignedHead head;
  TRY(authority, own_authority(request, authorities));
  head.authority = std::move(authority);
  TRY(content_digest, only_field(request, "content-digest"));
  TRY(digest, parse_digest_field(content_digest, "content-digest"));
  head.content_digest = digest;
  std::string_view pact;
  if (profile.has_pact) {
    TRY(field, only_field(request, "lindung-pact"));
    TRY(pact_digest, parse_digest_field(field, "lindung-pact"));
    pact = field;
    head.pact_digest = pact_digest;
  }
  TRY(input, only_field(request, "signature-input"));
  if (!skip(input, label)) return fail(Errc::bad_signature, "signature-input: label");
  TRYV(parse_parameters(input, profile, head));
  TRY(signature, only_field(request, "signature"));
  if (!skip(signature, label) || !skip(signature, ":") || !signature.ends_with(':') ||
      codec::from_base64(signature.substr(0, signature.size() - 1), head.signature).has_error()) {
    return fail(Errc::bad_signature, "signature: not lindung=:…: alone");
  }
  head.signature_base = signature_base(profile, head.authority, content_digest, pact, input);
  return head;
}

Result<void> check_freshness(const SignedHead& head, Moment now) {
  const auto now_s = unix_seconds(now);
  const bool is_fresh = head.created_s + created_age_s >= now_s && head.created_s <= now_s + created_lead_s &&
                        now_s <= head.expires_s && head.expires_s > head.created_s &&
                        head.expires_s - head.created_s <= lifetime_max_s;
  if (!is_fresh) return fail(Errc::clock_skew, "created, expires", now_s);
  return ok();
}

}  // namespace lindung::gateway
