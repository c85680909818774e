// What officers look at people for: a closed list, and how often each of them did (service/looks.h writes both the
// count and what the citizen reads).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

inline constexpr std::array officer_purposes{std::string_view{"citizen-request"},
                                             std::string_view{"dispute"},
                                             std::string_view{"correction"},
                                             std::string_view{"outbreak"},
                                             std::string_view{"incident"},
                                             std::string_view{"legal"},
                                             std::string_view{"audit"}};
// Of a command signed at the socket that states none.
inline constexpr std::string_view unstated_purpose = "unstated";
[[nodiscard]] bool is_officer_purpose(std::string_view word) noexcept;

// One look more, in the unit that writes it down.
[[nodiscard]] Result<void> count_purpose(store::Transaction& transaction, const OfficerId& officer, Day day,
                                         std::string_view purpose);

// How often an officer looked for a purpose on a day: counts without people.
struct PurposeCount {
  OfficerId officer;
  Day day;
  std::string purpose;
  std::uint64_t views{};
};
// Of the days from `since` on; the newest first.
[[nodiscard]] Result<std::vector<PurposeCount>> count_purposes(const Platform& platform, Day since);

}  // namespace lindung::service
