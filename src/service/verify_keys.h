// Keys under which doors have health certificates verified (POST /v1/verify), each of one venue, and how often each of
// them was used on a day. Officers use their own keys. Nothing is kept of a certificate or a person.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "service/platform.h"

namespace lindung::service {

// Key ids that begin so are officers: "officer.siti".
inline constexpr std::string_view officer_key_prefix = "officer.";

// In the log with the key's digest. Errors: not_found for an unknown venue; conflict for an id that was used before;
// invalid_argument for an id outside [a-z0-9.-]{1,64} or that begins as an officer's.
[[nodiscard]] Result<void> add_verify_key(const Platform& platform, const VenueId& venue, const KeyId& id,
                                          const crypto::Ed25519PublicKey& key);
// At once, on every node. Errors: not_found.
[[nodiscard]] Result<void> revoke_verify_key(const Platform& platform, const VenueId& venue, const KeyId& id);

struct VerifyKeyListing {
  KeyId id;
  Moment added_at;
  std::optional<Moment> revoked_at;
  struct DayCount {
    Day day;
    std::uint64_t asked{};
  };
  std::vector<DayCount> days;  // newest first, of the last 30 days with any
};
[[nodiscard]] Result<std::vector<VerifyKeyListing>> list_verify_keys(const Platform& platform, const VenueId& venue);

// Of a door or an officer; none if it is unknown or revoked.
[[nodiscard]] Result<std::optional<crypto::Ed25519PublicKey>> find_verify_key(const Platform& platform,
                                                                              const KeyId& id);
[[nodiscard]] Result<void> count_verification(const Platform& platform, const KeyId& id);

}  // namespace lindung::service
