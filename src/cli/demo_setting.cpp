#include "cli/demo_setting.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "cli/partner_setting.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "gateway/partner_client.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t demo_file_limit = 1UL << 30U;

Result<std::string> text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string())
    return fail(Errc::malformed, "the demo file has no " + std::string{name});
  return std::string{value->get_string()};
}

Result<std::uint64_t> number_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value != nullptr && value->is_uint64()) return value->get_uint64();
  if (value != nullptr && value->is_int64() && value->get_int64() >= 0)
    return static_cast<std::uint64_t>(value->get_int64());
  return fail(Errc::malformed, "the demo file has no " + std::string{name});
}

template <std::size_t N>
Result<ByteArray<N>> hex_of(const json::object& object, std::string_view name) {
  TRY(text, text_of(object, name));
  ByteArray<N> out{};
  TRYV(codec::from_hex(text, out));
  return out;
}

Result<gateway::PartnerIdentity> find_partner(const json::object& file, const std::string& id) {
  TRY(pact, hex_of<32>(file, "pact_digest"));
  for (const auto& entry : file.at("partners").as_array()) {
    const auto& partner = entry.as_object();
    TRY(name, text_of(partner, "id"));
    if (name != id) continue;
    TRY(key_id, text_of(partner, "key_id"));
    TRY(epoch, number_of(partner, "epoch"));
    TRY(seed, hex_of<32>(partner, "signing_private_key"));
    return gateway::PartnerIdentity{.partner = PartnerId{id},
                                    .epoch = epoch,
                                    .key_id = KeyId{key_id},
                                    .signing_key = crypto::Ed25519PrivateKey::from_seed(Secret<32>{seed}),
                                    .pact_digest = pact};
  }
  return fail(Errc::not_found, "the demo has no partner " + id);
}

Result<gateway::GatewayKey> find_gateway_key(const json::object& file, Moment now) {
  for (const auto& entry : file.at("gateway_keys").as_array()) {
    const auto& key = entry.as_object();
    TRY(not_before, number_of(key, "not_before"));
    TRY(not_after, number_of(key, "not_after"));
    if (unix_seconds(now) < not_before || unix_seconds(now) > not_after) continue;
    TRY(id, number_of(key, "key_id"));
    TRY(public_key, hex_of<32>(key, "public_key"));
    return gateway::GatewayKey{.key_id = static_cast<std::uint8_t>(id), .public_key = public_key};
  }
  return fail(Errc::not_found, "the demo file holds no exchange key of today: restart the demo");
}

Result<std::string> token_of(const json::object& file, const std::string& partner, std::size_t link) {
  std::size_t place = 0;
  for (const auto& entry : file.at("links").as_array()) {
    TRY(holder, text_of(entry.as_object(), "partner"));
    if (holder == partner && place++ == link) return text_of(entry.as_object(), "token");
  }
  return fail(Errc::not_found, partner + " has not so many links in the demo");
}

Result<std::string> code_of(const json::object& file, std::size_t door) {
  const auto& venues = file.at("venues").as_array();
  if (door >= venues.size()) return fail(Errc::not_found, "the demo has not so many venues");
  return text_of(venues[door].as_object(), "code");
}

Result<json::object> read_demo_file(const std::string& path) {
  auto content = store::read_file(path, demo_file_limit);
  if (content.has_error() && content.error().code == Errc::not_found) {
    return fail(Errc::not_found, path + " is not there (lindung demo writes it)", 3);
  }
  if (content.has_error()) return content.error();
  TRY(value, codec::parse_json(as_text(content.value()), {.bytes = demo_file_limit, .depth = 8}));
  if (value.is_object()) {
    auto& file = value.get_object();
    const bool is_whole =
        std::ranges::all_of(std::array{"partners", "gateway_keys", "links", "venues"}, [&](const char* name) {
          const auto* list = file.if_contains(name);
          return list != nullptr && list->is_array();
        });
    if (is_whole) return std::move(file);
  }
  return fail(Errc::malformed, path + " is not a demo file");
}

}  // namespace

Result<DemoSetting> read_demo_setting(const std::string& path, const DemoChoice& choice, Moment now) {
  TRY(file, read_demo_file(path));
  TRY(url, text_of(file, "url"));
  TRY(authority, text_of(file, "authority"));
  TRY(identity, find_partner(file, choice.partner));
  DemoSetting out{.setting = {.url = std::move(url),
                              .tls = {},
                              .authority = std::move(authority),
                              .partner = std::move(identity),
                              .gateway = {}},
                  .token = {},
                  .venue = {}};
  if (choice.link) {
    TRY(token, token_of(file, choice.partner, *choice.link));
    out.token = std::move(token);
  }
  if (choice.door) {
    TRY(code, code_of(file, *choice.door));
    out.venue = std::move(code);
  }
  if (!choice.seals) return out;
  TRY(gateway_key, find_gateway_key(file, now));
  out.setting.gateway = gateway_key;
  return out;
}

}  // namespace lindung::cli
