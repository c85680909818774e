// Ids that people choose for officers, devices and carriers.
#pragma once

#include <algorithm>
#include <string_view>

#include "base/result.h"

namespace lindung::travel {

// Errors: invalid_argument unless [a-z0-9.-]{1,64}.
[[nodiscard]] inline Result<void> check_name(std::string_view id) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  if (id.empty() || id.size() > 64 || !std::ranges::all_of(id, allowed)) {
    return fail(Errc::invalid_argument, "an id of [a-z0-9.-]{1,64} is needed");
  }
  return ok();
}

}  // namespace lindung::travel
