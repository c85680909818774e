#include "cert/trust_reader.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/card_revocations.h"
#include "cert/country.h"
#include "cert/dcc_revocations.h"
#include "cert/jwk.h"
#include "cert/pass_keys.h"
#include "cert/signer.h"
#include "cert/trust_store.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/master_list.h"
#include "crypto/pem.h"
#include "crypto/x509_certificate.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;

constexpr std::size_t json_limit = std::size_t{64} << 20U;

bool looks_like_json(BytesView content) {
  const auto first = as_text(content).find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (content[first] == '{' || content[first] == '[');
}

bool is_self_signed_authority(const crypto::X509Certificate& certificate) {
  return certificate.is_authority() && certificate.is_signed_by(certificate);
}

}  // namespace

Result<void> TrustReader::add(BytesView content, std::size_t list, std::string_view name) {
  if (looks_like_json(content)) {
    TRY(value, codec::parse_json(as_text(content), {.bytes = json_limit, .depth = 32}));
    return add_json(value, list, name);
  }
  if (crypto::looks_like_pem(content)) {
    TRY(certificates, crypto::X509Certificate::from_pem(content));
    for (const auto& each : certificates) add_certificate(each, list);
    return ok();
  }
  if (const auto certificate = crypto::X509Certificate::from_der(content)) {
    add_certificate(certificate.value(), list);
    return ok();
  }
  auto master = crypto::certificates_of_master_list(content);
  if (!master) return fail(Errc::malformed, "neither certificates nor a list of signers");
  for (auto& each : master.value()) store_.add_authority(std::move(each), list);
  return ok();
}

Result<void> TrustReader::add_json(const json::value& content, std::size_t list, std::string_view name) {
  const auto* object = content.if_object();
  if (const auto* rows = content.if_array(); rows != nullptr) {
    const auto* first = rows->empty() ? nullptr : rows->front().if_object();
    if (first != nullptr && first->contains("verificationMethod")) return add_did(content, list);
    if (first == nullptr || !first->contains("rawData"))
      return fail(Errc::malformed, "JSON of no known list of signers");
    for (const auto& row : *rows) {
      if (const auto* entry = row.if_object()) add_gateway_entry(*entry, list);
    }
    return ok();
  }
  if (object == nullptr) return fail(Errc::malformed, "JSON of no known list of signers");
  if (object->contains("rids")) {
    add_revocation_list(*object);
    return ok();
  }
  if (object->contains("verificationMethod")) return add_did(content, list);
  if (const auto* keys = array_member(*object, "revokedKeys")) return add_revoked_keys(*keys);
  if (object->contains("hashType")) return add_batch(*object, name);
  if (const auto* batches = array_member(*object, "batches")) {
    add_batch_list(*batches);
    return ok();
  }
  // Germany's list: the gateway's entries under a name, behind a line with a signature.
  if (const auto* certificates = array_member(*object, "certificates"))
    return add_json(json::value(*certificates), list);
  return add_jwks(content, list);
}

Result<void> TrustReader::add_revoked_keys(const json::array& keys) {
  for (const auto& each : keys) {
    const auto* key = each.if_object();
    const auto kid = each.is_string() ? std::string_view{each.get_string()}
                     : key != nullptr ? text_member(*key, "kid")
                                      : std::string_view{};
    // A list that is read in part would let a revoked key through.
    const auto bytes = codec::from_base64(kid);
    if (!bytes || bytes.value().empty()) return fail(Errc::malformed, "a revoked key without a kid in base64");
    const auto country = key == nullptr ? std::string_view{} : text_member(*key, "country");
    store_.add_revoked_key(bytes.value(), country_of(country));
  }
  return ok();
}

Result<void> TrustReader::add_batch(const json::object& batch, std::string_view name) {
  std::string id{text_member(batch, "batchId")};
  if (id.empty()) id = name.substr(0, name.rfind('.'));
  if (id.empty()) id = std::to_string(batches_.all().size());
  auto read = read_revocation_batch(batch, std::move(id));
  if (!read) return fail(Errc::malformed, read.error().detail);
  batches_.put(std::move(read.value()), Moment{});
  return ok();
}

void TrustReader::add_batch_list(const json::array& batches) {
  for (const auto& each : batches) {
    const auto* batch = each.if_object();
    const auto* deleted = batch == nullptr ? nullptr : batch->if_contains("deleted");
    if (deleted != nullptr && deleted->is_bool() && deleted->get_bool()) {
      withdrawn_batches_.emplace_back(text_member(*batch, "batchId"));
    }
  }
}

void TrustReader::add_certificate(const crypto::X509Certificate& certificate, std::size_t list) {
  if (is_self_signed_authority(certificate)) {
    store_.add_authority(certificate, list);
  } else {
    add_signer(certificate, list);
  }
}

void TrustReader::add_signer(const crypto::X509Certificate& certificate, std::size_t list) {
  auto signer = signer_of(certificate);
  if (!signer) {
    ++passed_over_;
    return;
  }
  signer.value().list = list;
  store_.add_signer(std::make_shared<const Signer>(std::move(signer.value())));
}

void TrustReader::add_gateway_entry(const json::object& entry, std::size_t list) {
  const auto der = codec::from_base64(text_member(entry, "rawData"));
  const auto certificate = crypto::X509Certificate::from_der(der ? der.value() : Bytes{});
  if (!certificate) {
    ++passed_over_;
    return;
  }
  const auto type = text_member(entry, "certificateType");
  if (type == "CSCA") {
    store_.add_authority(certificate.value(), list);
    return;
  }
  auto signer = signer_of(certificate.value());
  // Certificates for uploads and sign-in stand in the same list.
  if ((!type.empty() && type != "DSC") || !signer) {
    ++passed_over_;
    return;
  }
  // The gateway vouches for the country, whatever the certificate calls it.
  if (const auto country = text_member(entry, "country"); !country.empty()) {
    signer.value().countries = {country_of(country)};
  }
  signer.value().list = list;
  store_.add_signer(std::make_shared<const Signer>(std::move(signer.value())));
}

Result<void> TrustReader::add_jwks(const json::value& content, std::size_t list) {
  if (const auto* sets = content.if_array()) {
    for (const auto& each : *sets) {
      TRYV(add_jwks(each, list));
    }
    return ok();
  }
  const auto* object = content.if_object();
  if (object == nullptr) return fail(Errc::malformed, "no key set");
  if (const auto* issuers = array_member(*object, "issuerInfo")) {
    add_directory(*issuers, list);
    return ok();
  }
  if (object->contains("keys")) {
    auto issuer = text_member(*object, "iss");
    if (issuer.empty()) issuer = text_member(*object, "issuer");
    add_key_set(*object, issuer, list);
    return ok();
  }
  if (object->contains("kty")) {
    add_key_set({{"keys", json::array{*object}}}, {}, list);
    return ok();
  }
  bool any = false;
  for (const auto& member : *object) {
    const auto* set = member.value().if_object();
    if (set == nullptr || !set->contains("keys")) continue;
    any = true;
    add_key_set(*set, member.key(), list);
  }
  return any || object->empty() ? Result<void>{ok()} : fail(Errc::malformed, "no key set");
}

void TrustReader::add_directory(const json::array& issuers, std::size_t list) {
  for (const auto& each : issuers) {
    const auto* info = each.if_object();
    const auto* issuer = info == nullptr ? nullptr : object_member(*info, "issuer");
    const auto name = issuer == nullptr ? std::string_view{} : text_member(*issuer, "iss");
    if (name.empty()) {
      ++passed_over_;
    } else {
      add_key_set(*info, name, list);
    }
  }
}

void TrustReader::add_key_set(const json::object& set, std::string_view issuer, std::size_t list) {
  const auto* keys = array_member(set, "keys");
  for (const auto& each : keys == nullptr ? json::array{} : *keys) {
    const auto* jwk = each.if_object();
    if (jwk != nullptr && is_pass_key(*jwk)) {
      add_pass_key(*jwk, issuer, list);
      continue;
    }
    auto key = jwk == nullptr ? Result<crypto::CertificateKey>{fail(Errc::malformed)} : card_key_of_jwk(*jwk, issuer);
    if (!key) {
      ++passed_over_;
      continue;
    }
    const auto kid = text_member(*jwk, "kid");
    CardKey made{.signer = std::make_shared<const Signer>(Signer{.key = std::move(key.value()),
                                                                 .kid = to_bytes(as_bytes(kid)),
                                                                 .countries = {},
                                                                 .usage = {},
                                                                 .not_before = {},
                                                                 .not_after = {},
                                                                 .list = list}),
                 .crl_version = 0,
                 .revocations = nullptr,
                 .revocations_faulty = false};
    if (const auto* version = jwk->if_contains("crlVersion"); version != nullptr && version->is_int64()) {
      made.crl_version = static_cast<std::uint64_t>(std::max<std::int64_t>(0, version->get_int64()));
    }
    card_keys_.push_back({.issuer = std::string{issuer}, .kid = std::string{kid}, .key = std::move(made)});
  }
  add_revocations(set);
}

void TrustReader::add_pass_key(const json::object& jwk, std::string_view issuer, std::size_t list) {
  auto signer = read_pass_key(jwk, list);
  if (!signer) {
    ++passed_over_;
    return;
  }
  store_.add_pass_key(issuer, std::make_shared<const Signer>(std::move(signer.value())));
}

void TrustReader::add_revocations(const json::object& holder) {
  for (const std::string_view name : {"crls", "crl"}) {
    const auto* value = holder.if_contains(name);
    if (value == nullptr) continue;
    if (const auto* one = value->if_object()) {
      if (one->contains("kid")) {
        add_revocation_list(*one);
      } else {
        for (const auto& member : *one) {
          if (const auto* each = member.value().if_object()) add_revocation_list(*each);
        }
      }
    } else if (const auto* lists = value->if_array()) {
      for (const auto& each : *lists) {
        if (const auto* list = each.if_object()) add_revocation_list(*list);
      }
    }
  }
}

void TrustReader::add_revocation_list(const json::object& list) {
  auto read = read_card_revocations(list);
  revocations_[std::string{text_member(list, "kid")}] =
      Revocations{read ? std::make_shared<const CardRevocations>(std::move(read.value())) : nullptr};
}

void TrustReader::finish() {
  for (auto& pending : card_keys_) {
    auto& key = pending.key;
    if (const auto found = revocations_.find(pending.kid); found != revocations_.end()) {
      key.revocations = found->second.list;
      // The key set says which list is the current one.
      key.revocations_faulty = key.revocations == nullptr || key.revocations->counter != key.crl_version;
    }
    store_.add_card_key(pending.issuer, pending.kid, std::move(key));
  }
  card_keys_.clear();
  for (const auto& id : withdrawn_batches_) batches_.withdraw(id, Moment{});
  if (!batches_.all().empty()) store_.set_revocations(DccRevocations{batches_});
}

}  // namespace lindung::cert
