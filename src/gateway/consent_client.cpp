#include "gateway/consent_client.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "domain/partner.h"
#include "domain/redemption.h"
#include "gateway/consent_profiles.h"
#include "gateway/envelope.h"
#include "gateway/partner_client.h"
#include "gateway/sealed_client.h"
#include "gateway/signed_head.h"
#include "http/message.h"

namespace lindung::gateway {

namespace {

namespace json = boost::json;

KeyHolder holder_of(const PartnerIdentity& partner) {
  return {.key_id = partner.key_id, .signing_key = partner.signing_key, .pact_digest = partner.pact_digest};
}

Result<std::string> text_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return fail(Errc::malformed, std::string{name});
  return std::string{value->get_string()};
}

Result<std::uint64_t> number_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_int64() || value->get_int64() < 0) {
    return fail(Errc::malformed, std::string{name});
  }
  return static_cast<std::uint64_t>(value->get_int64());
}

Result<json::object> object_in(std::string_view text) {
  TRY(value, codec::parse_json(text));
  if (!value.is_object()) return fail(Errc::malformed, "a JSON object is needed");
  return std::move(value.get_object());
}

std::optional<std::uint8_t> digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  return {};
}

Result<std::string> without_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return fail(Errc::malformed, "percent");
    const auto high = digit_of(text[i + 1]);
    const auto low = digit_of(text[i + 2]);
    if (!high || !low) return fail(Errc::malformed, "percent");
    out += static_cast<char>(static_cast<unsigned>(*high) << 4U | *low);
    i += 2;
  }
  return out;
}

// Each name once.
Result<std::map<std::string, std::string>> members_of(std::string_view query) {
  std::map<std::string, std::string> members;
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto member = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    const auto sign = member.find('=');
    if (sign == std::string_view::npos) return fail(Errc::malformed, "query");
    TRY(value, without_percent(member.substr(sign + 1)));
    if (!members.emplace(std::string{member.substr(0, sign)}, std::move(value)).second) {
      return fail(Errc::malformed, "query: a name twice");
    }
  }
  return members;
}

}  // namespace

PendingLink new_pending_link() {
  return {.state = codec::base64url(crypto::random_bytes<16>()),
          .verifier = codec::base64url(crypto::random_bytes<32>())};
}

SignedPush push_of(const PartnerIdentity& partner, std::string_view authority, const LinkRequest& request,
                   const PendingLink& pending, Moment now) {
  json::array purposes;
  for (const auto& purpose : request.purposes) purposes.emplace_back(purpose);
  SignedPush push{
      .fields = {},
      .body = codec::to_text(json::object{{"response_type", "code"},
                                          {"client_id", partner.partner.value()},
                                          {"code_challenge", codec::base64url(domain::challenge_of(pending.verifier))},
                                          {"code_challenge_method", "S256"},
                                          {"redirect_uri", request.redirect_uri},
                                          {"state", pending.state},
                                          {"purposes", std::move(purposes)},
                                          {"profile", domain::name_of(request.profile)},
                                          {"days", request.days}})};
  push.fields = sign_fields(push_profile, holder_of(partner), authority, as_bytes(push.body), now);
  return push;
}

Result<PushReply> read_push_reply(std::string_view body) {
  TRY(object, object_in(body));
  TRY(request_uri, text_in(object, "request_uri"));
  TRY(open_at, text_in(object, "open_at"));
  TRY(expires_in, number_in(object, "expires_in"));
  return PushReply{.request_uri = std::move(request_uri),
                   .open_at = std::move(open_at),
                   .expires_in = seconds{static_cast<std::int64_t>(expires_in)}};
}

Result<ByteArray<32>> code_of(std::string_view query, const PendingLink& pending, std::string_view issuer) {
  TRY(members, members_of(query));
  if (!equal_secret(as_bytes(members["state"]), as_bytes(pending.state))) return fail(Errc::denied, "state");
  if (members["iss"] != issuer) return fail(Errc::denied, "iss");
  if (members.contains("error")) return fail(Errc::denied, "access_denied");
  ByteArray<32> code{};
  if (codec::from_base64url(members["code"], code).has_error()) return fail(Errc::malformed, "code");
  return code;
}

Result<SealedEnvelope> seal_redemption(const PartnerIdentity& partner, const GatewayKey& gateway,
                                       std::string_view authority, const domain::Redemption& redemption, Moment now) {
  if (!domain::is_verifier(redemption.verifier)) return fail(Errc::invalid_argument, "verifier");
  const auto plaintext = domain::encode(redemption);
  return seal_envelope(token_envelope, holder_of(partner), gateway, authority, plaintext, now);
}

Result<domain::RedemptionAnswer> open_redemption_answer(const SealedEnvelope& request,
                                                        const domain::Redemption& redemption, BytesView body) {
  TRY(plaintext, open_reply(request.reply_key, body, domain::redemption_size));
  TRY(answer, domain::parse_redemption_answer(plaintext));
  if (answer.request_id != redemption.request_id) return fail(Errc::malformed, "the answer to another request");
  if (answer.outcome != domain::RedemptionOutcome::granted) {
    return fail(Errc::denied, std::string{domain::name_of(answer.outcome)});
  }
  return answer;
}

Result<std::vector<ConsentVerifier>> open_consent_keys(std::string_view body,
                                                       const crypto::Ed25519PublicKey& directory_key) {
  TRY(document, object_in(body));
  TRY(payload_text, text_in(document, "payload"));
  TRY(signature_text, text_in(document, "signature"));
  TRY(payload, codec::from_base64url(payload_text));
  crypto::Ed25519Signature signature{};
  TRYV(codec::from_base64url(signature_text, signature));
  const auto message = Message{}.text("lindung consent keys v1").u8(0).raw(payload).take();
  if (!directory_key.verifies(message, signature)) return fail(Errc::bad_signature, "consent keys");
  TRY(content, object_in(as_text(payload)));
  const auto* list = content.if_contains("keys");
  if (list == nullptr || !list->is_array()) return fail(Errc::malformed, "keys");
  std::vector<ConsentVerifier> keys;
  for (const auto& each : list->get_array()) {
    if (!each.is_object()) return fail(Errc::malformed, "keys");
    TRY(id, text_in(each.get_object(), "kid"));
    TRY(x, text_in(each.get_object(), "x"));
    TRY(bytes, codec::from_base64url(x));
    TRY(key, crypto::Ed25519PublicKey::from_bytes(bytes));
    keys.push_back({.id = std::move(id), .key = key});
  }
  return keys;
}

Result<WebhookEvent> verify_webhook(const ReceivedWebhook& received, std::span<const ConsentVerifier> keys,
                                    Moment now) {
  std::vector<http::Field> fields;
  fields.reserve(received.fields.size());
  for (const auto& [name, value] : received.fields) fields.push_back({.name = name, .value = value});
  const http::Request request{.method = "POST",
                              .target = received.path,
                              .fields = fields,
                              .body = as_bytes(received.body),
                              .framed_by_content_length = true,
                              .client_certificate_subject = {}};
  TRY(head, parse_signed_head(request, webhook_profile(received.path),
                              {.names = {received.authority}, .https = received.is_https}));
  TRYV(check_freshness(head, now));
  if (crypto::sha256(as_bytes(received.body)) != head.content_digest) return fail(Errc::bad_signature, "digest");
  const auto key = std::ranges::find(keys, head.key_id, &ConsentVerifier::id);
  if (key == keys.end() || !key->key.verifies(as_bytes(head.signature_base), head.signature)) {
    return fail(Errc::bad_signature, "signature");
  }
  TRY(object, object_in(received.body));
  TRY(kind, text_in(object, "event"));
  if (kind != "consent.ended") return fail(Errc::malformed, "event");
  WebhookEvent event;
  BOOST_OUTCOME_TRY(event.id, text_in(object, "id"));
  BOOST_OUTCOME_TRY(event.consent, text_in(object, "consent"));
  BOOST_OUTCOME_TRY(event.reason, text_in(object, "reason"));
  TRY(at, number_in(object, "at"));
  BOOST_OUTCOME_TRY(event.log_index, number_in(object, "log_index"));
  event.at = moment_of(at);
  return event;
}

}  // namespace lindung::gateway
