// The public counts of overrides as JSON, the same for everybody and for the operator.
#pragma once

#include <boost/json/value.hpp>
#include <span>

#include "service/override_counts.h"

namespace lindung::api {

// Shape: {"months": [{"month": "2026-11", "counts": [{"basis", "colour", "set", "ended"}]}]}; without "colour" where
// the count is of all colours. `counts` by month, as public_override_counts() gives them.
[[nodiscard]] boost::json::value counts_by_month(std::span<const service::OverrideCount> counts);

}  // namespace lindung::api
