// The life of a partner: registered -> pact_signed -> active(epoch) -> suspended | cut -> shredded. Every step is an
// entry of the log in the same commit, and there is no way to `active` without a signed pact.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/partner.h"
#include "service/platform.h"

namespace lindung::service {

// What an entry of the log commits to of the officer's command; zeros where no officer is registered yet.
using CommandDigest = Hash;

struct NewPartner {
  PartnerId id;
  domain::Profile profile{domain::Profile::colour};
  std::uint64_t per_minute{60'000};
};
struct NewPartnerKey {
  PartnerId partner;
  KeyId id;
  crypto::Ed25519PublicKey public_key;
  Moment not_before;
  Moment not_after;
};

// Errors (all of them): not_found for an unknown partner; conflict when the step does not go from the partner's state;
// invalid_argument for an id outside [a-z0-9-]{1,32} or a key id outside [a-z0-9.-]{1,64}; those of ring and database.
[[nodiscard]] Result<void> register_partner(const Platform& platform, const NewPartner& partner,
                                            const CommandDigest& command = {});
// A second key overlaps the first: both are valid until one is revoked or ends. Errors: conflict if the key id exists.
[[nodiscard]] Result<void> add_partner_key(const Platform& platform, const NewPartnerKey& key);
[[nodiscard]] Result<void> revoke_partner_key(const Platform& platform, const PartnerId& partner, const KeyId& key);

// "lindung pact v1" | 0x00 | digest of the pact: what the partner signs.
[[nodiscard]] Bytes pact_message(const Hash& pact_digest);
// Errors: bad_signature unless one of the partner's valid keys signed the current or the next pact.
[[nodiscard]] Result<void> sign_pact(const Platform& platform, const PartnerId& partner, const Hash& pact_digest,
                                     const crypto::Ed25519Signature& signature);

// activate, suspend, resume, uncut. The first activation makes the keys of the partner's epoch.
[[nodiscard]] Result<std::uint64_t> move_partner(const Platform& platform, const PartnerId& partner,
                                                 domain::PartnerAction action, const CommandDigest& command = {});

// What a cut took, from the command on (protocol.md section 10).
struct CutReport {
  std::uint64_t log_index{};
  bool was_cut_before{};  // then log_index is that of the cut in force, and nothing was logged again
  std::chrono::microseconds until_logged{};
  std::optional<std::chrono::microseconds> until_effective;  // absent: answers on their way did not drain in time
};
// A repetition, such as after an answer that got lost, says whether the cut is effective by now.
[[nodiscard]] Result<CutReport> cut_partner(const Platform& platform, const PartnerId& partner,
                                            const CommandDigest& command = {});

// Ends the partner and all its links for good: the keys of its epoch are destroyed, and no token of it can be looked up
// any more. Its trace key stays, for attribution. A repetition finishes what was interrupted between log and keys.
[[nodiscard]] Result<std::uint64_t> shred_partner(const Platform& platform, const PartnerId& partner,
                                                  const CommandDigest& command = {});

struct PartnerListing {
  PartnerId id;
  domain::PartnerState state{};
  domain::Profile profile{};
  std::uint64_t epoch{};
  std::uint64_t per_minute{};
  std::uint64_t keys{};
  std::uint64_t live_links{};
  std::optional<std::uint64_t> cut_index;
};
[[nodiscard]] Result<std::vector<PartnerListing>> list_partners(const Platform& platform);

}  // namespace lindung::service
