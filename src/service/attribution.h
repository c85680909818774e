// Who leaked a file. Each token carries a tag that only its partner's trace key makes (protocol.md section 7), and a
// canary is known to one partner only.
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
    std::uint64_t tokens{};         // chance of error 2^-64 for each token and partner
    std::uint64_t canary_tokens{};  // of these, a canary's
    std::uint64_t canary_niks{};    // runs of 16 digits that are a canary's NIK
    std::uint64_t canary_names{};   // a canary's name, word by word: a hint only, others may bear it
    [[nodiscard]] std::uint64_t proofs() const noexcept { return tokens + canary_niks; }
  };
  std::vector<Count> partners;  // only those with a number; most proofs first, then most names
};

// Finds tokens, hex or base64url, and canaries in text of any layout, in one pass. Each sighting of a canary by token
// or NIK is counted (canaries.h). Privacy: a NIK of the text is compared by its blind index, and kept nowhere.
[[nodiscard]] Result<Attribution> attribute_leak(const Platform& platform, std::string_view text);

}  // namespace lindung::service
