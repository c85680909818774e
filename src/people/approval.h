// A fresh proof over exactly what is approved (a step-up): by a passkey, whose challenge is derived from it, or by a
// one-time code for an account that has none.
//   challenge = SHA-256("lindung-approve v1" | 0x00 | kind | 0x00 | digest(32) | nonce(16))
// The nonce says until when it serves and whose it is; it serves once.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "people/caller.h"
#include "people/ground.h"

namespace lindung::people {

using Nonce = ByteArray<16>;

inline constexpr seconds approval_time{300};
inline constexpr seconds fresh_proof{600};  // how long a proof counts where a fresh session is enough

[[nodiscard]] Hash approval_challenge(std::string_view kind, const Hash& digest, const Nonce& nonce);

// What POST approval answers (docs/portal-api.md). Shape: `kind` is [a-z.-]{1,40}. Errors: invalid_argument for another
// kind; conflict for an account with neither passkey nor telephone.
[[nodiscard]] Result<boost::json::object> start_approval(const Ground& ground, const Caller& caller,
                                                         std::string_view kind, const Hash& digest);
// `body` is that of the approving request, with "assertion" or "code" in it. The session counts as proved from now on.
// Errors: denied, "approval: …", unless it is a fresh proof of this caller over exactly this; malformed.
[[nodiscard]] Result<void> finish_approval(const Ground& ground, const Caller& caller, std::string_view kind,
                                           const Hash& digest, const boost::json::object& body);

// Errors: denied, "approval: stale".
[[nodiscard]] Result<void> need_fresh_proof(const Ground& ground, const Caller& caller);

}  // namespace lindung::people
