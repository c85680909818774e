// A guardian or carer acts for a citizen: made at a health office, or by the citizen's own yes with a code that they
// tell the other one. Both see it, both can end it, both are told. Whoever is a minor is acted for until they are 18.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "people/delegation_rows.h"
#include "service/logged_unit.h"
#include "service/person_rows.h"
#include "service/platform.h"

namespace lindung::people {

inline constexpr std::uint64_t longest_delegation_days = 366;  // of one that a citizen makes in the portal
inline constexpr std::uint64_t longest_office_days = 18 * 366;
inline constexpr std::size_t most_delegations = 20;  // rows of one citizen, invitations among them
inline constexpr seconds invitation_life{15 * 60};

// At a health office, where both were seen. Errors: invalid_argument for the same person twice, or days outside 1 to
// longest_office_days; not_found; conflict over most_delegations, or when the one acts for the other already.
struct OfficeDelegation {
  CitizenRef principal;  // for whom
  CitizenRef agent;      // who acts
  Relation relation{Relation::carer};
  Scope scope;
  std::uint64_t days{};
};
[[nodiscard]] Result<Delegation> delegate_at_office(const service::Platform& platform, const OfficeDelegation& wish);

// Of the citizen's own will: what they tell the other one, shown once.
struct Invitation {
  std::string code;  // "K7QM-2XWD-9RTA": 60 random bits
  Moment expires;
};
// Errors: invalid_argument for days outside 1 to longest_delegation_days; conflict over most_delegations.
[[nodiscard]] Result<Invitation> invite(const service::Platform& platform, const CitizenRef& principal,
                                        Relation relation, const Scope& scope, std::uint64_t days);
// As the agent's row. Errors: not_found for a code that is wrong, used or too old; conflict for one's own, and as
// above.
[[nodiscard]] Result<Delegation> accept(const service::Platform& platform, const CitizenRef& agent,
                                        std::string_view code);

// By either side, at once; an invitation by its maker. Errors: not_found for one that is not this citizen's.
[[nodiscard]] Result<void> end_delegation(const service::Platform& platform, const CitizenRef& citizen,
                                          const DelegationId& id);

struct NamedDelegation {
  Delegation delegation;
  std::string other_name;
};
// Those in force, and invitations that can still be taken; the first one first. Errors: not_found.
[[nodiscard]] Result<std::vector<NamedDelegation>> list_delegations(const service::Platform& platform,
                                                                    const CitizenRef& citizen);

// The delegation under which `agent` acts now. Errors: not_found for one that is not theirs, or over.
[[nodiscard]] Result<Delegation> delegation_of(const service::Platform& platform, const CitizenRef& agent,
                                               const DelegationId& id);

// In the unit that erases a citizen: the other sides of all their delegations go and are told.
[[nodiscard]] Result<void> end_all_delegations(service::LoggedUnit& unit, const service::Platform& platform,
                                               const service::OpenPerson& person);
// Rows of what is over for a month go.
[[nodiscard]] Result<void> forget_ended_delegations(const service::Platform& platform);

}  // namespace lindung::people
