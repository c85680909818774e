// DID documents as lists of signers. Version 2 of the WHO's lists says in the document's name whose keys they are:
// did:web:…:trustlist:DOMAIN:PARTICIPANT:USAGE, with "-" for any.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "cert/country.h"
#include "cert/jwk.h"
#include "cert/signer.h"
#include "cert/trust_reader.h"
#include "cert/trust_store.h"
#include "codec/base_n.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;

struct ListName {
  std::string participant;  // alpha-3 of the WHO's network
  std::string usage;        // DSC, SCA
};

ListName list_name(std::string_view did) {
  did = did.substr(0, did.find('#'));
  constexpr std::string_view mark = ":trustlist:";
  const auto at = did.find(mark);
  if (at == std::string_view::npos) return {};
  did.remove_prefix(at + mark.size());
  std::array<std::string, 3> parts;
  for (auto& part : parts) {
    const auto end = std::min(did.find(':'), did.size());
    part = did.substr(0, end);
    did.remove_prefix(std::min(end + 1, did.size()));
    if (part == "-") part.clear();
  }
  return {.participant = parts[1], .usage = parts[2]};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
    if (low < 0) {
      out += text[i];
    } else {
      out += static_cast<char>((high * 16) + low);
      i += 2;
    }
  }
  return out;
}

// A kid in base64, with or without padding, in either alphabet; the letters themselves where they are none.
Bytes kid_bytes(std::string_view text) {
  const auto name = percent_decoded(text);
  std::string letters{name.substr(0, name.find('='))};
  std::ranges::replace(letters, '+', '-');
  std::ranges::replace(letters, '/', '_');
  auto bytes = codec::from_base64url(letters);
  return bytes && bytes.value().size() == kid_size ? std::move(bytes.value()) : to_bytes(as_bytes(name));
}

// A document may say which of its keys sign assertions (DID Core section 5.3.2).
bool may_assert(const json::object& document, std::string_view id) {
  const auto* named = array_member(document, "assertionMethod");
  if (named == nullptr) return true;
  return std::ranges::any_of(*named, [&](const json::value& each) {
    if (const auto* method = each.if_object()) return text_member(*method, "id") == id;
    return each.is_string() && std::string_view{each.get_string()} == id;
  });
}

}  // namespace

Result<void> TrustReader::add_did(const json::value& content, std::size_t list) {
  if (const auto* documents = content.if_array()) {
    for (const auto& each : *documents) {
      TRYV(add_did(each, list));
    }
    return ok();
  }
  const auto* object = content.if_object();
  if (object == nullptr) return fail(Errc::malformed, "no DID document");
  if (object->contains("verificationMethod")) {
    add_document(*object, list);
    return ok();
  }
  for (const auto& member : *object) {
    if (const auto* document = member.value().if_object(); document != nullptr) {
      if (document->contains("verificationMethod")) add_document(*document, list);
    }
  }
  return ok();
}

void TrustReader::add_document(const json::object& document, std::size_t list) {
  const auto* methods = array_member(document, "verificationMethod");
  if (methods == nullptr) return;
  const auto name = text_member(document, "id");
  for (const auto& each : *methods) {
    const auto* method = each.if_object();
    // A text refers to another document, which is a list of its own.
    if (method == nullptr || !may_assert(document, text_member(*method, "id"))) {
      ++passed_over_;
      continue;
    }
    std::string id{text_member(*method, "id")};
    if (id.starts_with('#')) id.insert(0, name);
    add_method(*method, id, list);
  }
}

void TrustReader::add_method(const json::object& method, std::string_view id, std::size_t list) {
  const auto* jwk = object_member(method, "publicKeyJwk");
  auto key = jwk == nullptr ? Result<crypto::CertificateKey>{fail(Errc::malformed)} : key_of_jwk(*jwk);
  if (id.empty() || !key) {
    ++passed_over_;
    return;
  }
  auto name = list_name(id);
  if (name.participant.empty()) name.participant = list_name(text_member(method, "controller")).participant;
  Signer signer{.key = std::move(key.value()),
                .kid = {},
                .countries = {},
                .usage = {},
                .not_before = {},
                .not_after = {},
                .list = list};
  if (!name.participant.empty()) signer.countries.push_back(country_of(name.participant));
  if (jwk->contains("x5c")) {
    const auto chain = chain_of_jwk(*jwk);
    const auto own = chain ? signer_of(chain.value().front()) : Result<Signer>{fail(Errc::malformed)};
    // The certificate must be of the key that it stands beside.
    if (!own || own.value().key.spki() != signer.key.spki()) {
      ++passed_over_;
      return;
    }
    if (name.usage == "SCA") {
      store_.add_authority(chain.value().front(), list);
      return;
    }
    signer.usage = own.value().usage;
    signer.not_before = own.value().not_before;
    signer.not_after = own.value().not_after;
    // The list says whose key it is; its participants for tests are no countries, and their certificates say what they
    // call themselves.
    const bool known = !signer.countries.empty() && is_country(signer.countries.front());
    if (!known)
      signer.countries.insert(signer.countries.end(), own.value().countries.begin(), own.value().countries.end());
  }
  if (name.usage == "SCA") return;
  const auto fragment = id.find('#');
  auto kid = text_member(*jwk, "kid");
  if (kid.empty() && fragment != std::string_view::npos) kid = id.substr(fragment + 1);
  signer.kid = kid_bytes(kid);
  const auto shared = std::make_shared<const Signer>(std::move(signer));
  store_.add_did_key(id, shared);
  // Keys of a list of the network sign HC1; those of another document only what names its DID.
  if (!name.participant.empty()) store_.add_signer(shared);
}

}  // namespace lindung::cert
