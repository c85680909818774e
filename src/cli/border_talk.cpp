#include "cli/border_talk.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "border/device.h"
#include "border/sync.h"
#include "cli/border_network.h"
#include "codec/base_n.h"
#include "codec/cbor.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "domain/border_decision.h"
#include "domain/card_claims.h"
#include "gateway/border_profiles.h"

namespace lindung::cli {

namespace json = boost::json;

namespace {

constexpr std::string_view keys_label = "lindung travel keys v1";
constexpr std::size_t batch = 200;

Result<std::string> text_member(const json::value& of, std::string_view name) {
  const auto* object = of.if_object();
  const auto* value = object == nullptr ? nullptr : object->if_contains(name);
  if (value == nullptr || !value->is_string()) return fail(Errc::malformed, std::string{name});
  return std::string{value->get_string()};
}

struct SignedParts {
  std::string payload;
  crypto::Ed25519Signature signature{};
};
Result<SignedParts> parts_of(std::string_view document) {
  TRY(outer, codec::parse_json(document));
  TRY(payload_text, text_member(outer, "payload"));
  TRY(signature_text, text_member(outer, "signature"));
  TRY(payload, codec::from_base64url(payload_text));
  SignedParts out{.payload = std::string{as_text(payload)}, .signature = {}};
  TRYV(codec::from_base64url(signature_text, out.signature));
  return out;
}

Result<std::uint64_t> number_member(const json::value& of, std::string_view name) {
  const auto* object = of.if_object();
  const auto* value = object == nullptr ? nullptr : object->if_contains(name);
  if (value == nullptr || !(value->is_int64() || value->is_uint64())) return fail(Errc::malformed, std::string{name});
  return value->is_uint64() ? value->get_uint64() : static_cast<std::uint64_t>(value->get_int64());
}

Result<border::ConflictTold> conflict_in(const json::value& of) {
  TRY(card, text_member(of, "card"));
  TRY(mark, text_member(of, "mark"));
  TRY(kind, text_member(of, "conflict"));
  border::ConflictTold out;
  ByteArray<16> id{};
  TRYV(codec::from_hex(card, id));
  TRYV(codec::from_hex(mark, out.mark));
  out.card = domain::CardId{id};
  for (const auto each : {domain::DeskConflict::admitted_twice, domain::DeskConflict::refused_and_admitted}) {
    if (kind == name_of(each)) out.kind = each;
  }
  if (out.kind == domain::DeskConflict::none) return fail(Errc::malformed, "conflict");
  return out;
}

Result<std::vector<border::ConflictTold>> conflicts_in(const json::value& answer) {
  std::vector<border::ConflictTold> out;
  const auto* object = answer.if_object();
  const auto* list = object == nullptr ? nullptr : object->if_contains("conflicts");
  if (list == nullptr || !list->is_array()) return fail(Errc::malformed, "conflicts");
  for (const auto& each : list->get_array()) {
    TRY(conflict, conflict_in(each));
    out.push_back(conflict);
  }
  return out;
}

std::string body_of(const std::vector<Bytes>& decisions) {
  codec::CborWriter writer;
  writer.array(decisions.size());
  for (const auto& each : decisions) writer.bytes(each);
  return std::string{as_text(writer.view())};
}

}  // namespace

Result<std::string> signed_payload(std::string_view document, std::string_view label,
                                   const crypto::Ed25519PublicKey& signer) {
  TRY(parts, parts_of(document));
  if (!signer.verifies(Message{}.text(label).u8(0).text(parts.payload).view(), parts.signature)) {
    return fail(Errc::bad_signature, "a document that the travel server has not signed");
  }
  return std::move(parts.payload);
}

Result<crypto::Ed25519PublicKey> server_key_in(std::string_view document) {
  TRY(parts, parts_of(document));
  TRY(content, codec::parse_json(parts.payload));
  TRY(signer_text, text_member(content, "signer"));
  TRY(signer_bytes, codec::from_base64url(signer_text));
  TRY(signer, crypto::Ed25519PublicKey::from_bytes(signer_bytes));
  TRYV(signed_payload(document, keys_label, signer));
  return signer;
}

Result<Bytes> fetch_list(const border::Device& device, const std::string& url, const std::string& ca_file) {
  TRY(network, BorderNetwork::connect(device.identity(), url, ca_file));
  const json::object wish{{"sealing_key", codec::hex(device.identity().sealing_key.public_key())}};
  TRY(answer, network.post(gateway::border_list_profile, codec::to_text(wish), device.now()));
  return to_bytes(as_bytes(answer));
}

Result<json::value> fetch_port_figures(const border::Device& device, const std::string& url, const std::string& ca_file,
                                       const std::string& day) {
  TRY(network, BorderNetwork::connect(device.identity(), url, ca_file));
  TRY(answer, network.post(gateway::border_queue_profile, codec::to_text(json::object{{"day", day}}), device.now()));
  return codec::parse_json(answer);
}

Result<json::value> reconcile(border::Device& device, const std::string& url, const std::string& ca_file) {
  TRY(network, BorderNetwork::connect(device.identity(), url, ca_file));
  std::uint64_t sent = 0;
  json::array conflicts;
  bool is_done = false;
  while (!is_done) {
    TRY(decisions, border::unsent_decisions(device, batch));
    is_done = decisions.size() < batch;
    // An empty batch asks for the conflicts that others brought.
    TRY(text, network.post(gateway::border_decisions_profile, body_of(decisions), device.now()));
    TRY(answer, codec::parse_json(text));
    TRY(up_to, number_member(answer, "up_to"));
    TRYV(border::mark_sent(device, up_to));
    TRY(told, conflicts_in(answer));
    TRY(fresh, border::take_conflicts(device, told));
    sent += decisions.size();
    for (const auto& each : fresh) {
      conflicts.emplace_back(json::object{
          {"conflict", name_of(each.kind)}, {"card", codec::hex(each.card.bytes())}, {"mark", codec::hex(each.mark)}});
    }
  }
  return json::object{{"sent", sent}, {"conflicts", std::move(conflicts)}};
}

}  // namespace lindung::cli
