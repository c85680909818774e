// A citizen restricts what is done with their data (UU PDP 27/2022, article 11): from the next question on every
// partner is answered as if there had never been a link, the portal as a partner too. Their own status and pass stay.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/person_rows.h"
#include "service/platform.h"

namespace lindung::people {

// Takes effect in the same commit as its entry in the log; the citizen gets a notice. Safe to repeat.
// Errors: not_found; those of ring and database.
[[nodiscard]] Result<void> restrict_citizen(const service::Platform& platform, const CitizenRef& citizen);
// Every link is what it was.
[[nodiscard]] Result<void> lift_restriction(const service::Platform& platform, const CitizenRef& citizen);

// None: not restricted.
[[nodiscard]] Result<std::optional<Moment>> restricted_since(const service::Platform& platform,
                                                             const CitizenRef& citizen);

// What the log holds of something done for a person: HMAC(their key, "lindung right v1" | action | 0x00 | what). It
// says nothing without the key, and nothing at all once the key is gone.
[[nodiscard]] Hash right_commitment(const service::OpenPerson& person, std::string_view action, BytesView what);

}  // namespace lindung::people
