// Under which key a citizen's own key is wrapped, for who follows the keys that wrap (service/citizen_keys.h).
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::store {

// The epoch that wrap_citizen_key() wrote (sealing.h). Errors: corrupt.
[[nodiscard]] Result<std::uint64_t> wrapping_epoch(BytesView wrapped);

}  // namespace lindung::store
