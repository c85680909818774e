// The paths of a witness: POST /add-checkpoint of C2SP tlog-witness, and what anybody may read.
#pragma once

#include <memory>

#include "http/router.h"
#include "witness/witness.h"

namespace lindung::witness {

// POST /add-checkpoint; GET /checkpoint/<log>, the last checkpoint of a log with our cosignature, where <log> is hex of
// the first 16 bytes of SHA-256(origin); GET /key, the verifier key; GET /healthz. The witness outlives the router.
[[nodiscard]] std::shared_ptr<const http::Router> witness_router(Witness& witness);

}  // namespace lindung::witness
