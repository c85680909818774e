// The sealed row of a legal request.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "service/legal_requests.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// All of it but its id, as the row holds it and the log commits to it.
[[nodiscard]] Bytes encode_request(const LegalRequest& request);

// Errors: not_found; corrupt.
[[nodiscard]] Result<LegalRequest> read_request(store::Transaction& transaction, const store::KeyRing& ring,
                                                const LegalRequestId& id);
[[nodiscard]] Result<void> put_request(store::Transaction& transaction, const store::KeyRing& ring,
                                       const LegalRequest& request, std::uint64_t log_index);

}  // namespace lindung::service
