// Makes an installation out of an empty database and ring: the gateway's keys, the pact, the rules, the
// dummy person. Safe to
// repeat: what is there already stays.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "service/asked.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// The integrity pact that this program ships, in Indonesian and English (data/pact).
[[nodiscard]] std::string_view pact_text() noexcept;
[[nodiscard]] Hash pact_digest() noexcept;

// Errors: sealed; those of ring and database.
[[nodiscard]] Result<void> install(store::Database& database, store::KeyRing& ring, const Clock& clock);

// Keys that something is sealed for on its way here: a class of the ring, and what the log calls their use.
struct SealedFor {
  store::KeyClass cls{store::KeyClass::exchange};
  std::string_view use{"exchange"};
};
// Those of today and tomorrow; as below.
[[nodiscard]] Result<bool> rotate_keys(store::Database& database, store::KeyRing& ring, const Clock& clock,
                                       const SealedFor& keys);

// The exchange keys of today and tomorrow; makes those that are missing, daily (protocol.md section 3), destroys those
// past their end, and logs both. Returns whether anything changed.
[[nodiscard]] Result<bool> rotate_exchange_keys(store::Database& database, store::KeyRing& ring, const Clock& clock);

[[nodiscard]] Result<Dummy> load_dummy(store::Database& database);

}  // namespace lindung::service
