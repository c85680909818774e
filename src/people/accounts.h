// Accounts: what a person signs in to. Found by the blind index of a telephone number, a citizen or an officer. A
// citizen's telephone number is sealed under the citizen's own key and goes with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "people/caller.h"
#include "people/ground.h"
#include "people/identity.h"
#include "people/phone.h"
#include "people/sessions.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::people {

struct Account {
  AccountId id;
  Role role{Role::nobody};
  std::optional<CitizenRef> citizen;
  Phone phone;        // empty: none
  OfficerId officer;  // of an officer
  Moment created_at;
};

// By what an account is found. Each names one account at most.
enum class AccountName : std::uint8_t { phone = 1, citizen = 2, officer = 3, venue_phone = 4 };

// Errors: corrupt where the account that is found does not bear the name: who can write rows opens no account by
// another's name.
[[nodiscard]] Result<std::optional<Account>> find_account(store::Transaction& transaction, const store::KeyRing& ring,
                                                          AccountName name, BytesView value);
// Errors: not_found.
[[nodiscard]] Result<Account> read_account(store::Transaction& transaction, const store::KeyRing& ring,
                                           const AccountId& id);
// Under a new id, with its names. Errors: conflict when a name is another account's.
[[nodiscard]] Result<Account> add_account(store::Transaction& transaction, const store::KeyRing& ring, Account account,
                                          Moment now);
// The account is found by this number from now on, and by no other.
[[nodiscard]] Result<void> put_phone(store::Transaction& transaction, const store::KeyRing& ring, Account& account,
                                     const Phone& phone);
// With its names, passkeys and sessions: nothing of it is left.
[[nodiscard]] Result<void> remove_account(store::Transaction& transaction, const Ground& ground,
                                          const AccountId& account);

// What a sign-in came to.
struct SignedIn {
  OpenedSession session;
  Account account;
};

// By the code that the number of this try got; for citizens and venues. Errors: denied, "code"; conflict, "register",
// when the code is right and no account of the role has the number: the code then serves once more, for registering.
[[nodiscard]] Result<SignedIn> sign_in_by_code(const Ground& ground, Role role, BytesView token, std::string_view code,
                                               const std::string& device);

struct Registration {
  std::string nik;
  std::string name;
  std::string born;
  std::string family_card;
};
// A citizen registers, or is signed in, where they are registered with this number already. Errors: denied, "code" or
// "identity"; conflict, "phone", when the number is another account's; malformed, naming the field, for what cannot be
// a NIK, a date, a card.
[[nodiscard]] Result<SignedIn> register_citizen(const Ground& ground, const IdentityVerifier& verifier, BytesView token,
                                                std::string_view code, const Registration& registration,
                                                const std::string& device);

}  // namespace lindung::people
