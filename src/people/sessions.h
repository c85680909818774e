// Sessions of browsers. The cookie is 32 random bytes; the database holds their HMAC only, so that nobody who reads it
// can be somebody else. A session outlives the server.
//
// A citizen's session that is over rests for a while: it shows a pass and checks in, so that nobody is signed out in
// front of a door.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "people/caller.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::people {

inline constexpr seconds longest_session{12 * 3600};
inline constexpr seconds longest_rest{30 * 86'400};  // from the beginning of the session
inline constexpr std::size_t most_sessions = 20;     // of one account; the one unused for longest makes place
inline constexpr std::size_t longest_device_name = 64;
[[nodiscard]] constexpr seconds idle_time(Role role) noexcept { return seconds{role == Role::officer ? 900 : 1800}; }

struct NewSession {
  Role role{Role::nobody};
  AccountId account;
  std::optional<CitizenRef> citizen;  // of a citizen
  OfficerId officer;                  // of an officer
  std::string device;                 // as the browser names itself; cut to longest_device_name characters
  bool by_passkey{};
};

struct OpenedSession {
  Secret<32> token;  // what the cookie holds
  SessionId id;
};

struct SessionLine {
  SessionId id;
  std::string device;
  Moment began_at;
  Moment used_at;
  bool by_passkey{};
};

class Sessions {
 public:
  explicit Sessions(const service::Platform& platform) noexcept : platform_{platform} {}

  // In the unit that proved who it is.
  [[nodiscard]] Result<OpenedSession> open(store::Transaction& transaction, const NewSession& session,
                                           Moment now) const;
  // Whose cookie this is; notes once a minute that it was used. Errors: bad_signature for every token that is of no
  // session, and for one that is over.
  [[nodiscard]] Result<Caller> find(BytesView token) const;
  // A passkey or a code was shown again.
  [[nodiscard]] Result<void> prove(store::Transaction& transaction, const Caller& caller, Moment now) const;

  // The newest first.
  [[nodiscard]] Result<std::vector<SessionLine>> list(const AccountId& account) const;
  // How many were ended: a session that is not this account's is none.
  [[nodiscard]] Result<std::size_t> end(store::Transaction& transaction, const AccountId& account,
                                        const SessionId& session) const;
  [[nodiscard]] Result<std::size_t> end_all(store::Transaction& transaction, const AccountId& account) const;
  [[nodiscard]] Result<std::size_t> end(const AccountId& account, const SessionId& session) const;
  [[nodiscard]] Result<std::size_t> end_all(const AccountId& account) const;

  // Deletes what has rested for long enough.
  [[nodiscard]] Result<void> forget_old() const;

 private:
  const service::Platform& platform_;
};

}  // namespace lindung::people
