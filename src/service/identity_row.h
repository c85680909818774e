// A citizen's identity out of its sealed row, for who has read the row with others.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "service/person_rows.h"

namespace lindung::service {

// Errors: corrupt.
[[nodiscard]] Result<KeptIdentity> open_identity(const OpenPerson& person, BytesView sealed);

}  // namespace lindung::service
