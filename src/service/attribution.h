// Who leaked a file. Each token carries a tag that only its partner's trace key makes (protocol.md section 7), and a
// canary is known to one partner only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/link_token.h"
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

// What is known of a partner's tokens without opening anybody: when those that are still in the database were made.
struct TokenOrigin {
  PartnerId partner;
  std::uint64_t tokens{};
  std::uint64_t canary_tokens{};
  std::uint64_t looked_up{};  // in the database; the first ones of each call
  std::uint64_t known{};      // of these; the others were rotated away, or their links have ended
  std::uint64_t epoch{};      // of those that are known; 0: of none
  std::optional<Day> first_made{};
  std::optional<Day> last_made{};
};
struct TokenAttribution {
  std::uint64_t partners{};  // whose trace keys were tried: all that ever had one, shredded ones too
  std::uint64_t canaries{};  // that are planted
  std::vector<TokenOrigin> origins;
};

// Tries each candidate against each partner. Chance of error 2^-64 for each pair. Privacy: tokens are looked up by
// their blind index, and nothing of the person behind one is read.
[[nodiscard]] Result<TokenAttribution> attribute_tokens(const Platform& platform,
                                                        std::span<const domain::LinkToken> candidates);

}  // namespace lindung::service
