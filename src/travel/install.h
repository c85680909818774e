// What a travel installation begins with: keys that it has once, and its first route rules. Safe to repeat; done at
// each unsealing.
#pragma once

#include <string>

#include "base/result.h"
#include "travel/ground.h"

namespace lindung::travel {

[[nodiscard]] Result<void> install(const Ground& ground);

// The name of the log is that of the first start.
[[nodiscard]] Result<std::string> keep_origin(const Ground& ground, const std::string& wanted);

}  // namespace lindung::travel
