// Passkeys: WebAuthn credentials of accounts (W3C Web Authentication Level 2), for every role. Challenges are made by
// us, serve once and for minutes; what a browser says of itself is compared strictly.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "people/accounts.h"
#include "people/caller.h"
#include "people/ground.h"
#include "store/database.h"

namespace lindung::people {

using PasskeyId = Id<struct PasskeyIdTag, ByteArray<16>>;  // random

inline constexpr seconds ceremony_time{300};
inline constexpr std::size_t most_passkeys = 10;  // of one account
inline constexpr std::size_t longest_passkey_name = 64;

// For PublicKeyCredential.parseCreationOptionsFromJSON; `shown` is what the authenticator lists: an officer's id, a
// masked number. Errors: conflict, "passkeys", with most_passkeys there.
[[nodiscard]] Result<boost::json::object> start_passkey(const Ground& ground, const AccountId& account,
                                                        std::string_view binding, std::string_view shown);
// `binding` as for start_passkey: a session, a code of two officers. Errors: denied, "passkey: …"; malformed.
[[nodiscard]] Result<PasskeyId> finish_passkey(const Ground& ground, const AccountId& account, std::string_view binding,
                                               const boost::json::object& credential, std::string_view name);

// For parseRequestOptionsFromJSON; the same for everybody.
[[nodiscard]] Result<boost::json::object> start_passkey_login(const Ground& ground);
// Of an account of this role. Errors: denied, "passkey: …"; malformed.
[[nodiscard]] Result<SignedIn> finish_passkey_login(const Ground& ground, Role role,
                                                    const boost::json::object& credential, const std::string& device);

struct PasskeyLine {
  PasskeyId id;
  Bytes credential;
  std::string name;
  Moment added_at;
  Moment used_at;
};
[[nodiscard]] Result<std::vector<PasskeyLine>> list_passkeys(const Ground& ground, const AccountId& account);
[[nodiscard]] Result<bool> remove_passkey(const Ground& ground, const AccountId& account, const PasskeyId& passkey);
[[nodiscard]] Result<void> remove_passkeys(store::Transaction& transaction, const Ground& ground,
                                           const AccountId& account);

// A proof over exactly this challenge by a passkey of this account. Errors: denied, "passkey: …".
[[nodiscard]] Result<void> check_passkey(const Ground& ground, const AccountId& account, const Hash& challenge,
                                         const boost::json::object& credential);

}  // namespace lindung::people
