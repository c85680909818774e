// How a citizen's restriction stands in the states of their tokens: the exchange reads nothing more for it.
#pragma once

#include <cstdint>

#include "store/exchange_rows.h"

namespace lindung::store {

// Added to the state of a live token while its citizen restricts: it is as withdrawn until that is lifted, and then
// what it was.
inline constexpr std::int64_t restricted_token = 16;

[[nodiscard]] constexpr bool leads_to_somebody(TokenState state) noexcept {
  return state == TokenState::current || state == TokenState::offered || state == TokenState::replaced;
}

}  // namespace lindung::store
