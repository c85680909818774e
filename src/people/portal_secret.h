// All that is secret of the portal alone derives from one key of the ring, so that every node has the same.
#pragma once

#include "base/result.h"
#include "crypto/digest.h"
#include "store/ring.h"

namespace lindung::people {

// Made on first need. Errors: sealed; those of the ring's file.
[[nodiscard]] Result<crypto::HmacKey> portal_secret(store::KeyRing& ring);

}  // namespace lindung::people
