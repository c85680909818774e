// Whoever's answers stand opened in an evidence pack is told of it: at once, or on a day that was given with its
// reason; and everybody can count, by month and legal basis, how many packs were made and how many people were told.
//
// Invariant: whom to tell and when is written in the unit that logs the pack: telling needs nobody's doing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/logged_unit.h"
#include "service/platform.h"

namespace lindung::service {

struct PackTelling {
  std::string basis{};                // an id of data/codes/request-bases.json
  std::optional<Moment> told_on{};    // none: at once
  std::string because{};              // why not at once; needed with told_on
  std::vector<CitizenRef> persons{};  // whose answers are opened, once each
};

// Errors: invalid_argument, naming what is wrong.
[[nodiscard]] Result<void> check_telling(const PackTelling& telling, Moment now);
// In the unit that logs the pack of this digest: counts it, and tells its persons or writes down when to.
[[nodiscard]] Result<void> begin_telling(LoggedUnit& unit, const Platform& platform, const PackTelling& telling,
                                         const Hash& digest);
// Tells everybody whose day has come.
[[nodiscard]] Result<void> tell_of_due_packs(const Platform& platform);

// What everybody may count; a number from 1 to 4 is not told.
struct PackCount {
  std::string month;
  std::string basis;
  std::optional<std::uint64_t> made;
  std::optional<std::uint64_t> told;
  friend bool operator==(const PackCount&, const PackCount&) = default;
};
[[nodiscard]] Result<std::vector<PackCount>> pack_figures(const Platform& platform);

}  // namespace lindung::service
