#include "cert/dcc_revocations.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/country.h"
#include "cert/jwk.h"
#include "codec/base_n.h"
#include "crypto/certificate_key.h"
#include "crypto/digest.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;

ShortHash short_hash(std::initializer_list<BytesView> pieces) {
  return take<revocation_hash_size>(crypto::sha256(pieces));
}

std::optional<RevocationHash> kind_of(std::string_view name) {
  if (name == "UCI") return RevocationHash::uci;
  if (name == "COUNTRYCODEUCI") return RevocationHash::country_uci;
  if (name == "SIGNATURE") return RevocationHash::signature;
  return std::nullopt;
}

}  // namespace

std::array<ShortHash, revocation_kinds> revocation_hashes(const RevocationSubject& subject) {
  const bool r_alone = subject.algorithm == crypto::SignatureAlgorithm::es256;
  const auto signature = r_alone ? subject.signature.first(subject.signature.size() / 2) : subject.signature;
  return {short_hash({as_bytes(subject.uci)}), short_hash({as_bytes(subject.country), as_bytes(subject.uci)}),
          short_hash({signature})};
}

Result<RevocationBatch> read_revocation_batch(const json::object& batch, std::string id) {
  const auto kind = kind_of(text_member(batch, "hashType"));
  const auto* entries = array_member(batch, "entries");
  if (!kind || entries == nullptr) return fail(Errc::malformed, "a batch of revocations without hashType or entries");
  TRY(expires, parse_rfc3339(text_member(batch, "expires")));
  RevocationBatch out{.id = std::move(id),
                      .country = country_of(text_member(batch, "country")),
                      .kid = {},
                      .kind = *kind,
                      .expires = expires,
                      .hashes = {}};
  const auto kid = text_member(batch, "kid");
  if (!kid.empty() && kid != "UNKNOWN_KID") {
    TRY(bytes, codec::from_base64(kid));
    out.kid = std::move(bytes);
  }
  out.hashes.reserve(entries->size());
  for (const auto& each : *entries) {
    const auto* entry = each.if_object();
    TRY(hash, codec::from_base64(entry == nullptr ? "" : text_member(*entry, "hash")));
    if (hash.size() < revocation_hash_size) return fail(Errc::malformed, "a revocation's hash that is too short");
    out.hashes.push_back(take<revocation_hash_size>(hash));
  }
  return out;
}

bool RevocationBatches::put(RevocationBatch batch, Moment now) {
  const auto buried = tombstones_.find(batch.id);
  if (buried != tombstones_.end() && now <= buried->second) return false;
  auto id = batch.id;
  batches_.insert_or_assign(std::move(id), std::move(batch));
  return true;
}

void RevocationBatches::withdraw(const std::string& id, Moment now) {
  batches_.erase(id);
  tombstones_.insert_or_assign(id, now + tombstone_life);
}

void RevocationBatches::sweep(Moment now) {
  std::erase_if(batches_, [&](const auto& each) { return each.second.expires < now; });
  std::erase_if(tombstones_, [&](const auto& each) { return each.second < now; });
}

DccRevocations::DccRevocations(const RevocationBatches& batches) {
  // Counted first: a row that grows by doubling would hold three times its memory for a while.
  std::unordered_map<std::string, std::array<std::size_t, revocation_kinds>> sizes;
  for (const auto& [id, batch] : batches.all()) {
    sizes[batch.country][static_cast<std::size_t>(batch.kind)] += batch.hashes.size();
  }
  for (const auto& [country, counts] : sizes) {
    for (std::size_t kind = 0; kind < revocation_kinds; ++kind) by_country_[country][kind].reserve(counts[kind]);
  }
  for (const auto& [id, batch] : batches.all()) {
    const auto number = static_cast<std::uint32_t>(batches_.size());
    batches_.push_back({.kid = batch.kid, .expires = batch.expires});
    auto& entries = by_country_[batch.country][static_cast<std::size_t>(batch.kind)];
    for (const auto& hash : batch.hashes) entries.push_back({.hash = hash, .batch = number});
    size_ += batch.hashes.size();
  }
  for (auto& country : by_country_) {
    for (auto& entries : country.second) std::ranges::sort(entries, {}, &Entry::hash);
  }
}

bool DccRevocations::contains(const RevocationSubject& subject, Moment at) const {
  const auto country = by_country_.find(std::string{subject.country});
  if (country == by_country_.end()) return false;
  const auto hashes = revocation_hashes(subject);
  for (std::size_t kind = 0; kind < revocation_kinds; ++kind) {
    for (const auto& entry : std::ranges::equal_range(country->second[kind], hashes[kind], {}, &Entry::hash)) {
      const auto& batch = batches_[entry.batch];
      const bool of_key = batch.kid.empty() || std::ranges::equal(batch.kid, subject.kid);
      if (of_key && at <= batch.expires) return true;
    }
  }
  return false;
}

}  // namespace lindung::cert
