// Revocations of EU certificates as the gateway hands them out: batches of hashes, each with a country, an end, and
// perhaps a key. A certificate stands there by its identifier, by issuing country and identifier, or by its signature.
// Source: eHealth Network, EU Digital COVID Certificate Revocation, version 1.0.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/certificate_key.h"

namespace lindung::cert {

enum class RevocationHash : std::uint8_t { uci, country_uci, signature };
inline constexpr std::size_t revocation_kinds = 3;
inline constexpr std::size_t revocation_hash_size = 16;  // the first half of a SHA-256
using ShortHash = ByteArray<revocation_hash_size>;

// What a certificate is looked up by. Shape: views into what outlives it.
struct RevocationSubject {
  std::string_view country;  // of the issuer, two letters
  std::string_view uci;
  BytesView kid;
  crypto::SignatureAlgorithm algorithm{};
  BytesView signature;
};

// In the order of RevocationHash. An ES256 signature counts by its first half, r, alone: so it is deployed.
[[nodiscard]] std::array<ShortHash, revocation_kinds> revocation_hashes(const RevocationSubject& subject);

struct RevocationBatch {
  std::string id;
  std::string country;
  Bytes kid;  // empty: of any key
  RevocationHash kind{};
  Moment expires;
  std::vector<ShortHash> hashes;
};

// {"country", "kid", "hashType", "expires", "entries": [{"hash"}]}; an entry may have more than 16 bytes, of which the
// first count. Errors: malformed.
[[nodiscard]] Result<RevocationBatch> read_revocation_batch(const boost::json::object& batch, std::string id);

// The batches that are in force, as they come and go.
class RevocationBatches {
 public:
  // A batch that was withdrawn stays out for this long, however late it is delivered again.
  static constexpr std::chrono::days tombstone_life{14};

  // Takes the place of an earlier one of that id. False if it has been withdrawn.
  bool put(RevocationBatch batch, Moment now);
  void withdraw(const std::string& id, Moment now);
  // Forgets batches behind their end and tombstones behind theirs.
  void sweep(Moment now);
  [[nodiscard]] const std::map<std::string, RevocationBatch, std::less<>>& all() const noexcept { return batches_; }

 private:
  std::map<std::string, RevocationBatch, std::less<>> batches_;
  std::map<std::string, Moment, std::less<>> tombstones_;  // until when
};

// An index over batches: sorted hashes of each country and kind, found by bisection. Never changed once made.
class DccRevocations {
 public:
  DccRevocations() = default;
  explicit DccRevocations(const RevocationBatches& batches);
  [[nodiscard]] bool contains(const RevocationSubject& subject, Moment at) const;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  struct Entry {
    ShortHash hash;
    std::uint32_t batch;
  };
  struct BatchHead {
    Bytes kid;
    Moment expires;
  };
  std::vector<BatchHead> batches_;
  std::unordered_map<std::string, std::array<std::vector<Entry>, revocation_kinds>> by_country_;
  std::size_t size_{};
};

}  // namespace lindung::cert
