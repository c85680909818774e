// Who stands behind a request of the portal: made by a session alone (people/sessions.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"

namespace lindung::people {

using AccountId = Id<struct AccountIdTag, ByteArray<16>>;  // random
using SessionId = Id<struct SessionIdTag, ByteArray<16>>;  // random; not the cookie, and nothing that finds it

// The numbers stand in rows.
enum class Role : std::uint8_t { nobody = 0, citizen = 1, venue = 2, officer = 3 };
[[nodiscard]] std::string_view name_of(Role role) noexcept;

struct Caller {
  Role role{Role::nobody};
  AccountId account;
  SessionId session;
  std::optional<CitizenRef> person;   // role citizen: who it is
  std::optional<CitizenRef> citizen;  // role citizen: on whose behalf; the same unless a delegation says otherwise
  OfficerId officer;                  // role officer
  Moment began_at;
  Moment proved_at;   // when a passkey or a code was shown last
  bool by_passkey{};  // how it began
  bool is_resting{};  // over, but for what somebody does in front of a door
};

}  // namespace lindung::people
