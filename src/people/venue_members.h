// Who works for a venue: owners, who invite staff, and staff. Everybody comes by a one-time code: of the operator for
// the first owner, of an owner for staff. An account sees its own venues and no others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "people/caller.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::people {

// The numbers stand in rows.
enum class VenueRole : std::uint8_t { owner = 1, staff = 2 };
[[nodiscard]] std::string_view name_of(VenueRole role) noexcept;

inline constexpr seconds owner_code_age{7 * 86'400};
inline constexpr seconds staff_code_age{86'400};
inline constexpr std::size_t longest_label = 64;  // bytes
inline constexpr std::size_t most_venue_members = 200;

struct VenueCodeMade {
  std::string code;  // shown once
  Moment expires_at;
};
// `label` is what the owner calls them. Errors: not_found when there is no such venue; invalid_argument for a label
// that is too long.
[[nodiscard]] Result<VenueCodeMade> make_venue_code(const service::Platform& platform, const VenueId& venue,
                                                    VenueRole role, std::string_view label);

struct VenuePlace {
  VenueId venue;
  VenueRole role{VenueRole::staff};
};
// Takes a code, once. Who is a member keeps the higher role. Errors: denied for every code that does not stand;
// conflict when the venue has most_venue_members.
[[nodiscard]] Result<VenuePlace> join_venue(const service::Platform& platform, const AccountId& account,
                                            std::string_view code);
// In the unit that made the account an owner otherwise.
[[nodiscard]] Result<void> put_member(store::Transaction& transaction, const store::KeyRing& ring, const VenueId& venue,
                                      const AccountId& account, VenueRole role, std::string_view label, Moment now);

[[nodiscard]] Result<std::vector<VenuePlace>> venues_of(const service::Platform& platform, const AccountId& account);
// Errors: not_found for who is no member, and for no venue: one answer.
[[nodiscard]] Result<VenueRole> role_in(const service::Platform& platform, const AccountId& account,
                                        const VenueId& venue);

// Privacy: a label may be a name.
struct VenueMember {
  AccountId account;
  VenueRole role{VenueRole::staff};
  std::string label;
  Moment since;
};
[[nodiscard]] Result<std::vector<VenueMember>> list_members(const service::Platform& platform, const VenueId& venue);
// Errors: not_found; conflict for the last owner.
[[nodiscard]] Result<void> remove_member(const service::Platform& platform, const VenueId& venue,
                                         const AccountId& account);

}  // namespace lindung::people
