// The keys that sign the codes of cards: a fresh one each week, published from then on until the last code under it
// has expired.
#pragma once

#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/es256_signer.h"
#include "travel/ground.h"

namespace lindung::travel {

struct SignerKey {
  Bytes point;  // 65 bytes, uncompressed
  Moment not_before;
  Moment not_after;
};

// Makes this week's key where it is missing, destroys what is over, and logs both; whether anything changed.
[[nodiscard]] Result<bool> rotate_signers(const Ground& ground);

// In the order of weeks. Errors: sealed.
[[nodiscard]] Result<std::vector<SignerKey>> public_signers(const Ground& ground);

// The newest. Errors: not_found, sealed.
[[nodiscard]] Result<std::unique_ptr<const crypto::Es256Signer>> signer_of_now(const Ground& ground);

}  // namespace lindung::travel
