#include "travel/signers.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "cert/card_code.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/ecdsa.h"
#include "crypto/es256_signer.h"
#include "crypto/random.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "store/ring.h"
#include "travel/ground.h"

namespace lindung::travel {

namespace {

constexpr std::chrono::days week_length{7};
constexpr std::chrono::days before_week{1};     // a code may begin to be valid before it was made
constexpr std::chrono::days behind_journey{4};  // the longest journey, and how long its code is shown

std::uint64_t week_of(Moment at) {
  return unix_seconds(at) / static_cast<std::uint64_t>(std::chrono::seconds{week_length}.count());
}

// Nearly every 32 bytes are a key.
Secret<32> random_scalar() {
  for (;;) {
    auto scalar = crypto::random_secret<32>();
    if (crypto::Es256PrivateKey::from_scalar(scalar)) return scalar;
  }
}

Result<Bytes> point_of(const Secret<32>& scalar) {
  TRY(key, crypto::Es256PrivateKey::from_scalar(scalar));
  return key.public_point();
}

struct Change {
  Bytes point;
  bool added{};
};

Result<void> log_changes(const Ground& ground, const std::vector<Change>& changes) {
  return service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    for (const auto& change : changes) {
      TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                                  .owner = "travel",
                                  .use = "travel-signer",
                                  .key_id = codec::hex(cert::travel_key_id(change.point)),
                                  .public_key_digest = crypto::sha256(change.point),
                                  .added = change.added}));
    }
    return ok();
  });
}

}  // namespace

Result<bool> rotate_signers(const Ground& ground) {
  const auto now = ground.clock.now();
  TRY(infos, ground.ring.list(store::KeyClass::travel_signer));
  std::vector<Change> changes;
  std::vector<store::KeyName> over;
  for (const auto& info : infos) {
    if (info.not_after >= now) continue;
    TRY(scalar, ground.ring.key(info.name));
    TRY(point, point_of(scalar));
    changes.push_back({.point = std::move(point), .added = false});
    over.push_back(info.name);
  }
  std::vector<store::NewKey> fresh;
  const auto week = week_of(now);
  const bool is_there = std::ranges::any_of(infos, [&](const auto& info) { return info.name.epoch >= week; });
  if (!is_there) {
    const Moment begin = Moment{} + week_length * static_cast<std::int64_t>(week);
    store::NewKey key{.info = {.name = {.cls = store::KeyClass::travel_signer, .scope = "", .epoch = week},
                               .number = 0,
                               .not_before = begin - before_week,
                               .not_after = begin + week_length + ground.terms.journey.ahead + behind_journey},
                      .bytes = random_scalar()};
    TRY(point, point_of(*key.bytes));
    changes.push_back({.point = std::move(point), .added = true});
    fresh.push_back(std::move(key));
  }
  if (changes.empty()) return false;
  // Logged before it is there: killed in between, the log names a key that nobody ever had.
  TRYV(log_changes(ground, changes));
  if (!fresh.empty()) {
    TRYV(ground.ring.add_all(fresh));
  }
  if (!over.empty()) {
    TRYV(ground.ring.destroy_all(over));
  }
  return true;
}

Result<std::vector<SignerKey>> public_signers(const Ground& ground) {
  TRY(infos, ground.ring.list(store::KeyClass::travel_signer));
  std::vector<SignerKey> out;
  for (const auto& info : infos) {
    TRY(scalar, ground.ring.key(info.name));
    TRY(point, point_of(scalar));
    out.push_back({.point = std::move(point), .not_before = info.not_before, .not_after = info.not_after});
  }
  return out;
}

Result<std::unique_ptr<const crypto::Es256Signer>> signer_of_now(const Ground& ground) {
  TRY(newest, ground.ring.newest(store::KeyClass::travel_signer));
  TRY(scalar, ground.ring.key(newest.name));
  TRY(key, crypto::Es256PrivateKey::from_scalar(scalar));
  std::unique_ptr<const crypto::Es256Signer> out = std::make_unique<crypto::KeySigner>(std::move(key));
  return out;
}

}  // namespace lindung::travel
