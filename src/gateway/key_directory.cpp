#include "gateway/key_directory.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "gateway/partner_client.h"

namespace lindung::gateway {

namespace {

namespace json = boost::json;

constexpr std::string_view document_name = "the key document";
constexpr std::size_t document_limit = 256UL * 1024;
constexpr std::uint64_t kem = 32;  // protocol.md section 2
constexpr std::uint64_t kdf = 1;
constexpr std::uint64_t aead = 1;

auto wrong(std::string_view name) {
  return fail(Errc::malformed, std::string{document_name} + ": " + std::string{name});
}

Result<json::object> object_in(std::string_view text) {
  auto value = codec::parse_json(text, {.bytes = document_limit, .depth = 8});
  if (value.has_error()) return fail(std::string{document_name}, value.error());
  if (!value.value().is_object()) return wrong("is no object");
  return value.value().get_object();
}

Result<std::string_view> text_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return wrong(name);
  return std::string_view{value->get_string()};
}

Result<std::uint64_t> number_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value != nullptr && value->is_uint64()) return value->get_uint64();
  if (value != nullptr && value->is_int64() && value->get_int64() >= 0) {
    return static_cast<std::uint64_t>(value->get_int64());
  }
  return wrong(name);
}

template <std::size_t N>
Result<ByteArray<N>> bytes_in(const json::object& object, std::string_view name) {
  TRY(text, text_in(object, name));
  ByteArray<N> out{};
  if (codec::from_base64url(text, out).has_error()) return wrong(name);
  return out;
}

// Nothing for a key of another use or suite.
Result<std::optional<KeyDirectory::ExchangeKey>> read_key(const json::value& entry) {
  if (!entry.is_object()) return wrong("keys");
  const auto& object = entry.get_object();
  TRY(use, text_in(object, "use"));
  if (use != "exchange") return std::optional<KeyDirectory::ExchangeKey>{};
  TRY(its_kem, number_in(object, "kem"));
  TRY(its_kdf, number_in(object, "kdf"));
  TRY(its_aead, number_in(object, "aead"));
  if (its_kem != kem || its_kdf != kdf || its_aead != aead) return std::optional<KeyDirectory::ExchangeKey>{};
  TRY(id, number_in(object, "key_id"));
  if (id > UINT8_MAX) return wrong("key_id");
  TRY(public_key, bytes_in<32>(object, "public_key"));
  TRY(not_before, number_in(object, "not_before"));
  TRY(not_after, number_in(object, "not_after"));
  return std::optional{
      KeyDirectory::ExchangeKey{.key = {.key_id = static_cast<std::uint8_t>(id), .public_key = public_key},
                                .not_before = moment_of(not_before),
                                .not_after = moment_of(not_after)}};
}

}  // namespace

Result<GatewayKey> KeyDirectory::exchange_key_at(Moment now) const {
  const ExchangeKey* newest = nullptr;
  for (const auto& each : exchange_keys) {
    if (now < each.not_before || now > each.not_after) continue;
    if (newest == nullptr || each.not_before > newest->not_before) newest = &each;
  }
  if (newest == nullptr) return fail(Errc::unsupported_key, "the gateway names no exchange key of now");
  return newest->key;
}

Result<json::object> signed_content(std::string_view body,
                                    const std::optional<crypto::Ed25519PublicKey>& directory_key) {
  TRY(document, object_in(body));
  TRY(encoded, text_in(document, "payload"));
  TRY(signature, bytes_in<64>(document, "signature"));
  const auto payload = codec::from_base64url(encoded);
  if (payload.has_error()) return wrong("payload");
  if (directory_key &&
      !directory_key->verifies(Message{}.text("lindung keys v1").u8(0).raw(payload.value()).view(), signature)) {
    return fail(Errc::bad_signature, "the key document is not signed by the pinned directory key");
  }
  return object_in(as_text(payload.value()));
}

Result<KeyDirectory> open_key_directory(std::string_view body,
                                        const std::optional<crypto::Ed25519PublicKey>& directory_key) {
  TRY(content, signed_content(body, directory_key));
  const auto* keys = content.if_contains("keys");
  const auto* pact = content.if_contains("pact");
  if (keys == nullptr || !keys->is_array()) return wrong("keys");
  if (pact == nullptr || !pact->is_object()) return wrong("pact");
  KeyDirectory directory;
  for (const auto& entry : keys->get_array()) {
    TRY(key, read_key(entry));
    if (key) directory.exchange_keys.push_back(*key);
  }
  TRY(current, bytes_in<32>(pact->get_object(), "current"));
  directory.pact = current;
  if (pact->get_object().contains("next")) {
    TRY(next, bytes_in<32>(pact->get_object(), "next"));
    directory.next_pact = next;
  }
  const auto* sandbox = content.if_contains("sandbox");
  directory.is_sandbox = sandbox != nullptr && sandbox->is_bool() && sandbox->get_bool();
  return directory;
}

}  // namespace lindung::gateway
