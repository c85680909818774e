// How often officers set colours, for everybody to read: by month, legal basis and, where that tells of nobody, colour.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/colour.h"
#include "service/hand_rows.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

// A colour stands in the public counts only where no count beside it is smaller, and none is still growing.
inline constexpr std::uint64_t fewest_told = 5;

struct OverrideCount {
  std::string month;  // "2026-11", UTC
  std::string basis;
  std::optional<domain::Colour> colour;  // none: of all colours
  std::uint64_t set{};                   // in this month
  std::uint64_t ended{};                 // in this month, by officers or by expiry
  friend bool operator==(const OverrideCount&, const OverrideCount&) = default;
};

[[nodiscard]] std::string month_of(Moment at);  // "2026-11"
// Errors: malformed for anything else than "2026-11".
[[nodiscard]] Result<std::string> parse_month(std::string_view text);

[[nodiscard]] Result<void> count_set(store::Transaction& transaction, const KeptHand& hand, Moment now);
[[nodiscard]] Result<void> count_ended(store::Transaction& transaction, const KeptHand& hand, Moment now);

// Of one basis and month: by colour, or all as one where a colour would tell too much. Shape: `cells` of one month and
// basis, at least one.
[[nodiscard]] std::vector<OverrideCount> publishable(std::vector<OverrideCount> cells, bool is_over);

// What may be public, of one month or all, by month and basis.
[[nodiscard]] Result<std::vector<OverrideCount>> public_override_counts(const Platform& platform,
                                                                        const std::optional<std::string>& month);

}  // namespace lindung::service
