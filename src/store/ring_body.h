// What a key ring holds, and its bytes inside the sealed body, version 1:
//   length of the table(4) | table | 32 bytes of each live key, in the order of the table | 32 of each chain, likewise
//   table = deterministic CBOR [1, serial, [key …], [chain …]]
//   key   = [class, scope, epoch, number, not before, not after, 0 live or 1 destroyed], ascending by class, scope,
//   epoch chain = [ratchet, base period], ascending by ratchet
// Key bytes stand apart from the table so that they are only ever in memory that wipes itself.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "store/ring.h"
#include "store/ring_ratchet.h"

namespace lindung::store {

inline constexpr std::size_t max_ring_keys = 100'000;

struct RingEntry {
  KeyInfo info{};
  bool destroyed{};  // then the key's bytes are gone, here and in the file
  Secret<32> bytes{};
  std::shared_ptr<const crypto::HmacKey> hmac{};  // of live keys that HMAC is used with
};

struct RingBody {
  std::uint64_t serial{};  // counts the writes of the file: an older file is known by it
  std::map<KeyName, RingEntry> entries{};
  std::array<std::optional<RatchetBase>, ratchet_count> chains{};

  // Errors: as KeyRing::add.
  [[nodiscard]] Result<void> add(const NewKey& key);
  // False if it was destroyed before. Errors: not_found.
  [[nodiscard]] Result<bool> destroy(const KeyName& name);
  // False if nothing before `period` was left. Errors: not_found; invalid_argument beyond ratchet_limit().
  [[nodiscard]] Result<bool> destroy_before(Ratchet ratchet, std::uint64_t period);

  // Errors: not_found, denied if destroyed.
  [[nodiscard]] Result<const RingEntry*> live(const KeyName& name) const;
  // Errors: not_found.
  [[nodiscard]] Result<const RingEntry*> newest(KeyClass cls, std::string_view scope) const;
  [[nodiscard]] std::uint64_t next_epoch(KeyClass cls, std::string_view scope) const;
  // Errors: not_found if the ring is older than this kind of chain.
  [[nodiscard]] Result<const RatchetBase*> chain(Ratchet ratchet) const;
};

[[nodiscard]] SecretBytes write_ring_body(const RingBody& body);
// Errors: corrupt; unsupported for classes and chains of a newer program.
[[nodiscard]] Result<RingBody> read_ring_body(BytesView bytes);

}  // namespace lindung::store
