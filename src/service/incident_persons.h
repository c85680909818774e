// Whom an incident concerns, and that they are told. People are found by the links of a partner in a time, by tokens
// that leaked, or by their references; a notice is queued for each of them (notices.h), part by part, once, and what
// becomes of it is counted. A drill reaches canaries only, and none of them by a notice: its folder gets one message.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/incident.h"
#include "domain/link_token.h"
#include "service/partners.h"
#include "service/platform.h"

namespace lindung::service {

inline constexpr std::size_t persons_a_part = 200;

// Everybody who had a link to the partner at some moment of [from, until): found in the background, part by part.
// Errors (all of them): not_found; conflict once the incident is closed.
[[nodiscard]] Result<void> look_for_partners_people(const Platform& platform, const domain::IncidentId& id,
                                                    const PartnerId& partner, Moment from, Moment until);
// How many of them lead to somebody who is new to the incident. Tokens of shredded partners lead to nobody.
[[nodiscard]] Result<std::uint64_t> add_people_of_tokens(const Platform& platform, const domain::IncidentId& id,
                                                         std::span<const domain::LinkToken> tokens);
[[nodiscard]] Result<std::uint64_t> add_people(const Platform& platform, const domain::IncidentId& id,
                                               std::span<const CitizenRef> citizens);

// From now on notices are queued for whom the incident concerns, those who are found later too.
[[nodiscard]] Result<void> tell_persons(const Platform& platform, const domain::IncidentId& id,
                                        const CommandDigest& command);

// One part of the looking and one of the telling, of each incident; returns whether there is more to do. Killed in
// between, the next call goes on, and nobody is told twice.
[[nodiscard]] Result<bool> work_persons(const Platform& platform);

struct PersonsProgress {
  std::uint64_t found{};
  std::uint64_t told{};       // their notice is queued, or they were erased since
  std::uint64_t delivered{};  // their notice left
  std::uint64_t looked_at{};  // links
  bool looks{};               // for more of them
  bool tells{};
};
[[nodiscard]] Result<PersonsProgress> persons_progress(const Platform& platform, const domain::IncidentId& id);

}  // namespace lindung::service
