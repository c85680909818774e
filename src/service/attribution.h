// Who leaked a list of tokens: each token carries a tag that only its partner's trace key makes (protocol.md section
// 7).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "service/platform.h"

namespace lindung::service {

struct Attribution {
  std::uint64_t candidates{};  // runs of 56 hex or 38 base64url digits that have the shape of a token
  struct Count {
    PartnerId partner;
    std::uint64_t tokens{};
  };
  std::vector<Count> partners;  // most tokens first; chance of error 2^-64 for each token and partner
};

// Finds tokens in text of any layout, hex or base64url, and names their partners.
[[nodiscard]] Result<Attribution> attribute_tokens(const Platform& platform, std::string_view text);

}  // namespace lindung::service
