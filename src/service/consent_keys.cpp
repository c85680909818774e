#include "service/consent_keys.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

constexpr std::chrono::days turn{366};
constexpr std::chrono::days ahead{31};
constexpr std::size_t id_digits = 16;

std::string id_of(const crypto::Ed25519PublicKey& key) {
  return codec::hex(crypto::sha256(key.bytes())).substr(0, id_digits);
}

}  // namespace

Result<void> keep_consent_keys(store::Database& database, store::KeyRing& ring, const Clock& clock) {
  const auto now = clock.now();
  TRY(infos, ring.list(store::KeyClass::consent_signer));
  const auto newest = std::ranges::max_element(infos, {}, &store::KeyInfo::not_after);
  if (newest != infos.end() && newest->not_after > now + ahead) return ok();
  const auto from = newest == infos.end() ? now : std::max(now, newest->not_after);
  TRY(epoch, ring.next_epoch(store::KeyClass::consent_signer));
  const auto seed = crypto::random_secret<32>();
  const auto key = crypto::Ed25519PrivateKey::from_seed(seed).public_key();
  TRYV(write_logged(database, clock, [&](LoggedUnit& unit) -> Result<void> {
    TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                                .owner = "gateway",
                                .use = "consent",
                                .key_id = id_of(key),
                                .public_key_digest = crypto::sha256(key.bytes()),
                                .added = true}));
    return ok();
  }));
  const auto added = ring.add({.name = {.cls = store::KeyClass::consent_signer, .scope = "", .epoch = epoch},
                               .number = epoch,
                               .not_before = from,
                               .not_after = from + turn},
                              seed);
  if (added.has_error() && added.error().code == Errc::conflict) return ok();  // another node was first
  return added;
}

Result<std::vector<ConsentKey>> public_consent_keys(const store::KeyRing& ring) {
  TRY(infos, ring.list(store::KeyClass::consent_signer));
  std::vector<ConsentKey> keys;
  for (const auto& info : infos) {
    TRY(seed, ring.key(info.name));
    auto key = crypto::Ed25519PrivateKey::from_seed(seed).public_key();
    keys.push_back({.id = id_of(key), .public_key = key, .not_before = info.not_before, .not_after = info.not_after});
  }
  std::ranges::sort(keys, {}, &ConsentKey::not_before);
  return keys;
}

Result<ConsentSigner> consent_signer(const store::KeyRing& ring, Moment now) {
  TRY(infos, ring.list(store::KeyClass::consent_signer));
  std::erase_if(infos, [&](const store::KeyInfo& info) { return info.not_before > now; });
  const auto newest = std::ranges::max_element(infos, {}, &store::KeyInfo::not_before);
  if (newest == infos.end()) return fail(Errc::not_found, "no key signs consents yet");
  TRY(seed, ring.key(newest->name));
  auto key = crypto::Ed25519PrivateKey::from_seed(seed);
  auto id = id_of(key.public_key());
  return ConsentSigner{.id = std::move(id), .key = std::move(key)};
}

}  // namespace lindung::service
