// For who has no telephone: what a health office prints, a card that travels and passes for the next days.
#pragma once

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "service/platform.h"

namespace lindung::people {

struct Paper {
  Bytes pdf;  // A4
  bool has_card{};
  unsigned passes{};
};
// The health card is issued where there is none yet; passes are for as many days as a strip may have. What there is
// none of is left out. Errors: not_found; denied when there is neither card nor pass; sealed.
[[nodiscard]] Result<Paper> paper_of(const service::Platform& platform, const CitizenRef& citizen);

}  // namespace lindung::people
