#include "domain/rule_document.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "domain/certlogic.h"

namespace lindung::domain {

namespace {

namespace json = boost::json;

constexpr std::size_t content_limit = 1U << 20U;
// base64url makes four of three; the signatures take little.
constexpr std::size_t file_limit = 2 * content_limit;
// An operation is two levels of JSON, and the logic stands three levels deep.
constexpr std::size_t depth_limit = 2 * certlogic::Limits{}.depth + 8;

bool is_signer(std::string_view name) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, allowed);
}

// The text of a member; null unless it is there and a text.
const json::string* text_of(const json::value& object, std::string_view name) {
  const auto* members = object.if_object();
  const auto* member = members == nullptr ? nullptr : members->if_contains(name);
  return member == nullptr ? nullptr : member->if_string();
}

// Exactly {"alg": "EdDSA", "kid": name}: a header with more could ask for something that is not done here.
Result<std::string> signer_of(std::string_view header) {
  TRY(bytes, codec::from_base64url(header));
  TRY(value, codec::parse_json(as_text(bytes), {.bytes = 512, .depth = 2}));
  const auto* algorithm = text_of(value, "alg");
  const auto* signer = text_of(value, "kid");
  if (algorithm == nullptr || signer == nullptr || value.get_object().size() != 2 || *algorithm != "EdDSA" ||
      !is_signer(*signer)) {
    return fail(Errc::malformed, R"(a protected header of {"alg": "EdDSA", "kid": an officer's id} is needed)");
  }
  return std::string{*signer};
}

std::string signing_input(std::string_view header, std::string_view content) {
  return std::string{header} + "." + codec::base64url(as_bytes(content));
}

}  // namespace

Result<json::value> parse_rule_json(std::string_view content) {
  return codec::parse_json(content, {.bytes = content_limit, .depth = depth_limit});
}

Result<RuleDocument> RuleDocument::read(std::string_view file) {
  TRY(value, codec::parse_json(file, {.bytes = file_limit, .depth = depth_limit}));
  RuleDocument document;
  const auto* object = value.if_object();
  if (object == nullptr || !object->contains("payload")) {
    document.content_ = file;
    return document;
  }
  const auto* payload = text_of(value, "payload");
  const auto* listed = object->if_contains("signatures");
  const auto* signatures = listed == nullptr ? nullptr : listed->if_array();
  if (payload == nullptr || signatures == nullptr || object->size() != 2 || signatures->empty()) {
    return fail(Errc::malformed, "signed rules: a payload and its signatures are needed, and nothing else");
  }
  if (signatures->size() > most_signatures) return fail(Errc::too_large, "signed rules: more than 8 signatures");
  auto content = codec::from_base64url(*payload);
  if (content.has_error()) return fail("signed rules: payload", content.error());
  document.content_ = as_text(content.value());
  for (const auto& signature : *signatures) {
    TRYV(document.add(signature));
  }
  return document;
}

Result<void> RuleDocument::add(const json::value& signature) {
  const auto* header = text_of(signature, "protected");
  const auto* bytes = text_of(signature, "signature");
  if (header == nullptr || bytes == nullptr || signature.get_object().size() != 2) {
    return fail(Errc::malformed, R"(signed rules: each signature has "protected" and "signature", and nothing else)");
  }
  DocumentSignature made{.signer = {}, .header = std::string{*header}};
  auto signer = signer_of(made.header);
  if (signer.has_error()) return fail("signed rules", signer.error());
  made.signer = std::move(signer).value();
  if (codec::from_base64url(*bytes, made.signature).has_error()) {
    return fail(Errc::malformed, "signed rules: a signature of 64 bytes in base64url is needed");
  }
  if (std::ranges::find(signatures_, made.signer, &DocumentSignature::signer) != signatures_.end()) {
    return fail(Errc::malformed, "signed rules: two signatures of one signer");
  }
  signatures_.push_back(std::move(made));
  return ok();
}

bool RuleDocument::verifies(const DocumentSignature& signature, const crypto::Ed25519PublicKey& key) const {
  return key.verifies(as_bytes(signing_input(signature.header, content_)), signature.signature);
}

Result<void> RuleDocument::sign(std::string_view signer, const crypto::Ed25519PrivateKey& key) {
  if (!is_signer(signer)) return fail(Errc::invalid_argument, "the name of a signer: [a-z0-9.-]{1,64}");
  if (std::ranges::find(signatures_, signer, &DocumentSignature::signer) != signatures_.end()) {
    return fail(Errc::conflict, std::string{signer} + " has signed this document");
  }
  if (signatures_.size() == most_signatures) return fail(Errc::too_large, "the document has 8 signatures");
  const auto header = codec::base64url(as_bytes(codec::to_text(json::object{{"alg", "EdDSA"}, {"kid", signer}})));
  const auto signature = key.sign(as_bytes(signing_input(header, content_)));
  signatures_.push_back({.signer = std::string{signer}, .header = header, .signature = signature});
  return ok();
}

std::string RuleDocument::text() const {
  json::array signatures;
  for (const auto& each : signatures_) {
    signatures.emplace_back(json::object{{"protected", each.header}, {"signature", codec::base64url(each.signature)}});
  }
  return codec::to_text(
      json::object{{"payload", codec::base64url(as_bytes(content_))}, {"signatures", std::move(signatures)}});
}

}  // namespace lindung::domain
