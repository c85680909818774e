// The sealed rows of one citizen, all under the citizen's own key, so that erasing the key erases the person: timeline
// and identity.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "domain/timeline.h"

namespace lindung::service {

[[nodiscard]] Bytes seal_timeline(const Secret<32>& citizen_key, const CitizenRef& citizen,
                                  const domain::Timeline& timeline);
// Errors: corrupt.
[[nodiscard]] Result<domain::Timeline> open_timeline(const Secret<32>& citizen_key, const CitizenRef& citizen,
                                                     BytesView sealed);

}  // namespace lindung::service
