#include "service/pass_keys.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "cert/pass_keys.h"
#include "codec/base_n.h"
#include "crypto/certificate_key.h"
#include "crypto/digest.h"
#include "crypto/ecdsa.h"
#include "crypto/es256_signer.h"
#include "crypto/random.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

constexpr std::uint64_t weeks_ahead = 1;

// Nearly every 32 bytes are a key.
Secret<32> random_scalar() {
  for (;;) {
    auto scalar = crypto::random_secret<32>();
    if (crypto::Es256PrivateKey::from_scalar(scalar)) return scalar;
  }
}

store::KeyName name_of_week(std::uint64_t week) {
  return {.cls = store::KeyClass::pass_signer, .scope = "", .epoch = week};
}

Result<Bytes> point_of(const Secret<32>& scalar) {
  TRY(key, crypto::Es256PrivateKey::from_scalar(scalar));
  return key.public_point();
}

Result<void> log_key(LoggedUnit& unit, BytesView point, bool added) {
  TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                              .owner = "pki",
                              .use = "pass-signer",
                              .key_id = codec::hex(cert::pass_key_id(point)),
                              .public_key_digest = signer_digest(point),
                              .added = added}));
  return ok();
}

}  // namespace

Hash signer_digest(BytesView point) {
  const auto key =
      crypto::CertificateKey::from_coordinates(crypto::KeyKind::p256, point.subspan(1, 32), point.last(32));
  return crypto::sha256(key.value().spki());  // a point of a key of ours is on its curve
}

Result<bool> rotate_pass_keys(store::Database& database, store::KeyRing& ring, const Clock& clock) {
  const auto now = clock.now();
  TRY(infos, ring.list(store::KeyClass::pass_signer));
  struct Change {
    Bytes point;
    bool added{};
  };
  std::vector<Change> changes;
  std::vector<store::KeyName> over;
  for (const auto& info : infos) {
    if (info.not_after >= now) continue;
    TRY(scalar, ring.key(info.name));
    TRY(point, point_of(scalar));
    changes.push_back({.point = std::move(point), .added = false});
    over.push_back(info.name);
  }
  std::vector<store::NewKey> fresh;
  const auto week = cert::pass_week(now);
  for (auto wanted = week; wanted <= week + weeks_ahead; ++wanted) {
    const auto known = [&](const store::KeyInfo& info) { return info.name.epoch == wanted; };
    if (std::ranges::any_of(infos, known)) continue;
    const auto span = cert::pass_key_span(wanted);
    store::NewKey key{
        .info = {.name = name_of_week(wanted), .number = 0, .not_before = span.not_before, .not_after = span.not_after},
        .bytes = random_scalar()};
    TRY(point, point_of(*key.bytes));
    changes.push_back({.point = std::move(point), .added = true});
    fresh.push_back(std::move(key));
  }
  if (changes.empty()) return false;
  // Logged before it is there: killed in between, the log names a key that nobody ever had.
  TRYV(write_logged(database, clock, [&](LoggedUnit& unit) -> Result<void> {
    for (const auto& change : changes) {
      TRYV(log_key(unit, change.point, change.added));
    }
    return ok();
  }));
  if (!fresh.empty()) {
    TRYV(ring.add_all(fresh));
  }
  if (!over.empty()) {
    TRYV(ring.destroy_all(over));
  }
  return true;
}

Result<bool> keep_pass_keys(store::Database& database, store::KeyRing& ring, const Clock& clock) {
  TRY(infos, ring.list(store::KeyClass::pass_signer));
  if (infos.empty()) return false;
  return rotate_pass_keys(database, ring, clock);
}

Result<std::vector<cert::PassKey>> public_pass_keys(const store::KeyRing& ring) {
  TRY(infos, ring.list(store::KeyClass::pass_signer));
  std::vector<cert::PassKey> out;
  for (const auto& info : infos) {
    TRY(scalar, ring.key(info.name));
    TRY(point, point_of(scalar));
    out.push_back({.point = std::move(point), .span = {.not_before = info.not_before, .not_after = info.not_after}});
  }
  return out;
}

Result<std::unique_ptr<const crypto::Es256Signer>> pass_signer(const store::KeyRing& ring, std::uint64_t week) {
  TRY(scalar, ring.key(name_of_week(week)));
  TRY(key, crypto::Es256PrivateKey::from_scalar(scalar));
  std::unique_ptr<const crypto::Es256Signer> out = std::make_unique<crypto::KeySigner>(std::move(key));
  return out;
}

}  // namespace lindung::service
