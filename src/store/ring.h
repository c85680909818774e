// The key ring: every secret key of an installation in one file of its own, apart from the database, sealed by a
// passphrase. Destroying a key here is how the product forgets: what was sealed under it stays noise, in backups too.
// Reasons and costs: docs/adr/0002-key-ring.md; the bytes: store/ring_file.h, store/ring_body.h.
//
// Invariants
// 1. The file is at every moment the whole old ring or the whole new one (store/durable_file.h).
// 2. A change is durable before the call that makes it returns, and visible to readers only after that.
// 3. A name that was ever used is never given another key: destroying leaves a tombstone.
// 4. While the ring is sealed no key of it is in this object's memory.
// 5. A change is made to what the file holds now, under a lock on it: two rings on one file lose nothing of each other.
#pragma once

#include <array>
#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/passphrase.h"
#include "store/ring_ratchet.h"

namespace lindung::store {

// What a key is for. The numbers stand in ring files: add at the end, never reuse one.
enum class KeyClass : std::uint8_t {
  exchange = 1,          // X25519 of the gateway, daily; scope "", epoch = serial, KeyInfo::number = key id on the wire
  directory = 2,         // Ed25519 seed, signs the key directory (protocol.md section 3)
  log = 3,               // Ed25519 seed, signs checkpoints
  row = 4,               // seals rows; scope "", by epoch
  blind = 5,             // blind indexes; scope = purpose ("nik", "passport", "import")
  partner_index = 6,     // finds links by token; scope = partner, by epoch; destroyed when the partner is shredded
  partner_rotation = 7,  // makes next tokens; scope = partner, by epoch
  partner_trace = 8,     // marks tokens with their partner; scope = partner, epoch 0
  citizen_wrap = 9,      // wraps the keys of citizens; scope "", by epoch
  link_commit = 10,      // opens the log's commitments to links
  authority = 11,        // P-256 scalar, signs document signers; epoch 1
  document_signer = 12,  // P-256 scalar, signs HC1; scope = region, epoch = week (service/signers.h)
  card_signer = 13,      // P-256 scalar, signs health cards; epoch = year
  pass_signer = 14,      // P-256 scalar, signs light passes; scope "", epoch = week since 1970
  // Of a travel installation, which has a ring of its own (docs/border.md).
  travel_signer = 15,     // P-256 scalar, signs travel cards; scope "", epoch = week since 1970
  travel_day = 16,        // seals the cards of one day of travel; scope "", epoch = days since 1970
  carrier_exchange = 17,  // X25519 of the carriers' check; scope "", epoch = serial, KeyInfo::number = key id
  // Of the main one again.
  report_exchange = 18,  // X25519 that reports are sealed for, daily; as `exchange`
  report_seal = 19,      // seals reports and their counts; scope "", epoch = day since 1970; destroyed with the day
  consent_signer = 20,   // Ed25519 seed, signs consent receipts and webhooks; scope "", epoch = serial
};
inline constexpr KeyClass last_key_class = KeyClass::consent_signer;

struct KeyName {
  KeyClass cls{KeyClass::row};
  std::string scope{};  // at most 64 printable ASCII characters without space
  std::uint64_t epoch{};
  friend auto operator<=>(const KeyName&, const KeyName&) = default;
};

// Everything about a key but its bytes.
struct KeyInfo {
  KeyName name{};
  std::uint64_t number{};
  Moment not_before{};
  Moment not_after{};
  friend bool operator==(const KeyInfo&, const KeyInfo&) = default;
};

struct NewKey {
  KeyInfo info{};
  std::optional<Secret<32>> bytes{};  // absent: random
};

// Bounds on the cost that a ring file may ask for, checked before any of it is spent.
struct RingLimits {
  std::uint32_t max_passes{64};
  std::uint64_t max_memory_bytes{1ULL << 30U};
  std::uint64_t max_work_bytes{1ULL << 32U};  // passes * memory: a few seconds
};

struct RingState;

// Thread-safe. Errors: sealed from every function but create, open, unseal, seal, is_sealed, change_passphrase and
// generation, while the ring is sealed. From every function that changes the ring: io (with path and reason; the ring
// is as it was), outcome_unknown (the change may or may not outlive a crash: make it again), busy (another process has
// held the file for 5 s), conflict (the file was replaced by an older ring or one under another passphrase: seal and
// unseal), corrupt (the file was damaged under us).
class KeyRing {
 public:
  // A new ring that holds what the store itself needs: row and citizen_wrap keys of epoch 1, and all ratchets, from 32
  // days before `now` on (a question may be a day old; the demo has a past). All else is the caller's to add.
  // Errors: conflict if the file exists; invalid_argument for an empty passphrase or a cost beyond RingLimits'
  // defaults.
  [[nodiscard]] static Result<void> create(const std::string& path, BytesView passphrase, crypto::Argon2idCost cost,
                                           Moment now);
  // Sealed. A symbolic link is followed now: what it leads to is what is replaced. Errors: not_found; corrupt for any
  // accidental damage, found by a checksum without the passphrase, and for costs beyond `limits`; unsupported for the
  // file of a newer program; io.
  [[nodiscard]] static Result<std::unique_ptr<KeyRing>> open(const std::string& path, RingLimits limits = {});

  KeyRing(const KeyRing&) = delete;
  KeyRing& operator=(const KeyRing&) = delete;
  ~KeyRing();

  // Reads the file anew. Errors: those of open; denied for a wrong passphrase, and for a deliberately changed salt,
  // cost or wrapped key, which cannot be told apart from it; corrupt for any other change.
  [[nodiscard]] Result<void> unseal(BytesView passphrase);
  void seal() noexcept;
  // Takes over what another process has changed in the file since; true if there was something. Errors: as of a change.
  [[nodiscard]] Result<bool> refresh();
  [[nodiscard]] bool is_sealed() const noexcept;

  // Works on a sealed ring too and leaves it sealed. Errors: as unseal; invalid_argument if the new one is empty.
  // Not here: protection from someone who has an older copy of the file and the old passphrase.
  [[nodiscard]] Result<void> change_passphrase(BytesView old_one, BytesView new_one);
  // A fresh master key, and new epochs of row and citizen_wrap: new rows use them, old rows still open.
  [[nodiscard]] Result<void> rekey();

  // Errors: not_found if it never existed; denied if it was destroyed.
  [[nodiscard]] Result<Secret<32>> key(const KeyName& name) const;
  // The key prepared for HMAC, owned by the ring: use it at once and drop it. Errors: as key().
  [[nodiscard]] Result<std::shared_ptr<const crypto::HmacKey>> hmac_key(const KeyName& name) const;
  // Live keys of the class, in the order of scope and epoch.
  [[nodiscard]] Result<std::vector<KeyInfo>> list(KeyClass cls) const;
  // The live key of the highest epoch. Errors: not_found.
  [[nodiscard]] Result<KeyInfo> newest(KeyClass cls, std::string_view scope = {}) const;
  struct NewestHmacKey {
    std::uint64_t epoch{};
    std::shared_ptr<const crypto::HmacKey> key{};
  };
  [[nodiscard]] Result<NewestHmacKey> newest_hmac_key(KeyClass cls, std::string_view scope = {}) const;
  // One more than the highest epoch ever used, destroyed ones too; 1 for the first.
  [[nodiscard]] Result<std::uint64_t> next_epoch(KeyClass cls, std::string_view scope = {}) const;

  // Errors: conflict if the name exists or existed, or if the number of an exchange key was in use less than 30 days
  // before its not_before (protocol.md section 3); invalid_argument for a bad scope or an exchange number above 255;
  // too_large for more keys than a ring holds (100,000, tombstones too).
  [[nodiscard]] Result<void> add(const KeyInfo& info, std::optional<Secret<32>> bytes = std::nullopt);
  // All or none, in one write of the file.
  [[nodiscard]] Result<void> add_all(std::span<const NewKey> keys);
  // Final. Of a destroyed key: done already. Errors: not_found if it never existed.
  [[nodiscard]] Result<void> destroy(const KeyName& name);
  [[nodiscard]] Result<void> destroy_all(std::span<const KeyName> names);

  // The key of one period of a forward-secure chain: equal in all processes that hold the ring. Cheap: computed once.
  // Units: days or hours since 1970 (base/time.h). Errors: denied before oldest(): destroyed; invalid_argument more
  // than ratchet_limit() after it.
  [[nodiscard]] Result<Secret<32>> period_key(Ratchet ratchet, std::uint64_t period) const;
  [[nodiscard]] Result<std::uint64_t> oldest(Ratchet ratchet) const;
  // Final: no key of a period before this one can be computed any more. Earlier than oldest(): done already.
  [[nodiscard]] Result<void> destroy_before(Ratchet ratchet, std::uint64_t period);

  // Changes whenever keys were added or destroyed, or the ring sealed or unsealed: whoever keeps something prepared
  // from a key compares it before each use, and prepares again when it moved.
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_.load(std::memory_order_acquire); }

 private:
  KeyRing(std::string path, RingLimits limits);
  // `make` tells whether it changed anything.
  [[nodiscard]] Result<void> change(const std::function<Result<bool>(RingState&)>& make);
  void publish(std::unique_ptr<RingState> next) noexcept;
  // The caller holds mutex_.
  void adopt(std::unique_ptr<RingState> next) noexcept;
  [[nodiscard]] Result<const RingState*> open_state() const;
  [[nodiscard]] Result<RatchetChain*> chain_for(Ratchet ratchet, std::uint64_t period) const;

  std::string path_;
  RingLimits limits_;
  std::mutex writing_;  // held by the one thread that changes the file; taken before mutex_
  // Guards state_ and chains_, briefly. Not a shared_mutex: glibc's prefers readers, and busy ones kept a writer
  // waiting for minutes.
  mutable std::mutex mutex_;
  std::unique_ptr<RingState> state_;  // null while sealed
  mutable std::array<RatchetChain, ratchet_count> chains_;
  std::atomic<std::uint64_t> generation_{1};
};

}  // namespace lindung::store
