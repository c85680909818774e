#include "cert/trust_store.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "crypto/x509_certificate.h"

namespace lindung::cert {
namespace {

std::string key_of(BytesView kid) { return std::string{as_text(kid)}; }

std::string card_name(std::string_view issuer, std::string_view kid) {
  std::string out{issuer};
  out += '\n';
  out += kid;
  return out;
}

}  // namespace

std::size_t TrustStore::add_list(TrustList list) {
  lists_.push_back(std::move(list));
  return lists_.size() - 1;
}

void TrustStore::add_signer(SignerRef signer) {
  auto& same = signers_[key_of(signer->kid)];
  // One certificate may stand in several lists.
  const bool known = std::ranges::any_of(same, [&](const SignerRef& each) {
    return each->list == signer->list && each->countries == signer->countries && each->not_after == signer->not_after &&
           each->key.spki() == signer->key.spki();
  });
  if (!known) same.push_back(std::move(signer));
}

void TrustStore::add_card_key(std::string_view issuer, std::string_view kid, CardKey key) {
  card_keys_.insert_or_assign(card_name(issuer, kid), std::move(key));
}

void TrustStore::add_did_key(std::string_view did_url, SignerRef signer) {
  did_keys_.insert_or_assign(std::string{did_url}, std::move(signer));
}

void TrustStore::add_pass_key(std::string_view issuer, SignerRef signer) {
  auto name = card_name(issuer, as_text(signer->kid));
  pass_keys_.insert_or_assign(std::move(name), std::move(signer));
}

void TrustStore::add_authority(crypto::X509Certificate certificate, std::size_t list) {
  const bool known = std::ranges::any_of(authorities_, [&](const Authority& each) {
    return each.list == list && each.certificate.fingerprint() == certificate.fingerprint();
  });
  if (!known) authorities_.push_back({.certificate = std::move(certificate), .list = list});
}

void TrustStore::add_revoked_key(BytesView kid, std::string_view country) {
  revoked_keys_[key_of(kid)].emplace_back(country);
}

std::span<const TrustStore::SignerRef> TrustStore::signers(BytesView kid) const {
  const auto found = signers_.find(key_of(kid));
  if (found == signers_.end()) return {};
  return found->second;
}

const CardKey* TrustStore::card_key(std::string_view issuer, std::string_view kid) const {
  auto found = card_keys_.find(card_name(issuer, kid));
  if (found == card_keys_.end()) found = card_keys_.find(card_name({}, kid));
  return found == card_keys_.end() ? nullptr : &found->second;
}

TrustStore::SignerRef TrustStore::did_key(std::string_view did_url) const {
  const auto found = did_keys_.find(std::string{did_url});
  return found == did_keys_.end() ? nullptr : found->second;
}

TrustStore::SignerRef TrustStore::pass_key(std::string_view issuer, BytesView kid) const {
  auto found = pass_keys_.find(card_name(issuer, as_text(kid)));
  if (found == pass_keys_.end()) found = pass_keys_.find(card_name({}, as_text(kid)));
  return found == pass_keys_.end() ? nullptr : found->second;
}

bool TrustStore::is_revoked(const Signer& signer) const {
  const auto found = revoked_keys_.find(key_of(signer.kid));
  if (found == revoked_keys_.end()) return false;
  return std::ranges::any_of(found->second,
                             [&](const std::string& country) { return country.empty() || signer.is_of(country); });
}

TrustStore::Size TrustStore::size() const noexcept {
  Size out{.signers = 0,
           .card_keys = card_keys_.size(),
           .did_keys = did_keys_.size(),
           .pass_keys = pass_keys_.size(),
           .authorities = authorities_.size(),
           .revocations = revocations_.size(),
           .revoked_keys = 0};
  for (const auto& each : revoked_keys_) out.revoked_keys += each.second.size();
  for (const auto& each : signers_) out.signers += each.second.size();
  return out;
}

}  // namespace lindung::cert
