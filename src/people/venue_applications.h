// A venue that its owner registers in the portal: it waits until an officer accepts it, and is a venue from then on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/category.h"
#include "people/caller.h"
#include "service/platform.h"

namespace lindung::people {

using VenueApplicationId = Id<struct VenueApplicationIdTag, ByteArray<16>>;  // random; the venue's own id once accepted

// The numbers stand in rows.
enum class ApplicationState : std::uint8_t { waits = 1, accepted = 2, declined = 3 };
[[nodiscard]] std::string_view name_of(ApplicationState state) noexcept;

inline constexpr std::size_t most_waiting_applications = 5;  // of one account

struct VenueApplication {
  VenueApplicationId id;
  AccountId account;
  std::string name;
  domain::Category category{};
  std::uint64_t capacity{};
  ApplicationState state{ApplicationState::waits};
  Moment asked_at;
};

struct VenueWish {
  std::string name;
  domain::Category category{};
  std::uint64_t capacity{};
};
// Errors: invalid_argument for an empty or over-long name (200 bytes), one that is no UTF-8 text on one line, or the
// category general; conflict while most_waiting_applications of this account wait.
[[nodiscard]] Result<VenueApplicationId> apply_for_venue(const service::Platform& platform, const AccountId& account,
                                                         const VenueWish& wish);
// Of one account, the newest first.
[[nodiscard]] Result<std::vector<VenueApplication>> applications_of(const service::Platform& platform,
                                                                    const AccountId& account);
// That wait, the oldest first.
[[nodiscard]] Result<std::vector<VenueApplication>> waiting_applications(const service::Platform& platform);

// The venue is there with a key of its own, and who asked is its owner. Again after a crash half-way: finishes it.
// Errors (both): not_found; conflict when it was decided.
[[nodiscard]] Result<VenueId> accept_application(const service::Platform& platform, const VenueApplicationId& id);
[[nodiscard]] Result<void> decline_application(const service::Platform& platform, const VenueApplicationId& id);

}  // namespace lindung::people
