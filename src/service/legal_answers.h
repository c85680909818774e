// The least that answers a legal request, computed from what is stored.
#pragma once

#include <string>

#include "base/result.h"
#include "service/legal_requests.h"
#include "service/platform.h"

namespace lindung::service {

// "green", "yes", "no". Errors: not_found when the person is gone; unavailable when a day that was asked about is
// forgotten and nothing else answers yes; those of explain() and of VisitIndexReader.
[[nodiscard]] Result<std::string> answer_legally(const Platform& platform, const LegalWish& wish);

}  // namespace lindung::service
