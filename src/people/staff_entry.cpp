#include "people/staff_entry.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "people/accounts.h"
#include "people/caller.h"
#include "people/ground.h"
#include "people/one_time_codes.h"
#include "people/sessions.h"
#include "service/officer_codes.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::people {

namespace {

// The account of this name, made where there is none.
Result<Account> account_of(store::Transaction& transaction, const Ground& ground, AccountName name, BytesView value,
                           Account fresh, Moment now) {
  TRY(known, find_account(transaction, ground.platform.ring, name, value));
  if (known) return std::move(*known);
  return add_account(transaction, ground.platform.ring, std::move(fresh), now);
}

Result<SignedIn> open_session(store::Transaction& transaction, const Ground& ground, Account account,
                              const std::string& device, Moment now) {
  TRY(session, ground.sessions.open(transaction,
                                    {.role = account.role,
                                     .account = account.id,
                                     .citizen = {},
                                     .officer = account.officer,
                                     .device = device,
                                     .by_passkey = false},
                                    now));
  return SignedIn{.session = std::move(session), .account = std::move(account)};
}

}  // namespace

Result<SignedIn> enter_venue(const Ground& ground, BytesView token, std::string_view code, const std::string& device) {
  TRY(phone, check_code(ground, token, code));
  std::optional<SignedIn> entered;
  TRYV(ground.platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    const auto now = ground.platform.clock.now();
    TRYV(spend_code(transaction, ground, token));
    TRY(account,
        account_of(transaction, ground, AccountName::venue_phone, phone.bytes(),
                   {.id = {}, .role = Role::venue, .citizen = {}, .phone = phone, .officer = {}, .created_at = now},
                   now));
    TRY(signed_in, open_session(transaction, ground, std::move(account), device, now));
    entered.emplace(std::move(signed_in));
    return ok();
  }));
  return std::move(*entered);
}

Result<SignedIn> enrol_officer(const Ground& ground, std::string_view code, const std::string& device) {
  std::optional<SignedIn> entered;
  TRYV(ground.platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    const auto now = ground.platform.clock.now();
    TRY(officer, service::take_officer_code(transaction, ground.platform.ring, code, now));
    TRY(account,
        account_of(transaction, ground, AccountName::officer, officer.bytes(),
                   {.id = {}, .role = Role::officer, .citizen = {}, .phone = {}, .officer = officer, .created_at = now},
                   now));
    TRY(signed_in, open_session(transaction, ground, std::move(account), device, now));
    entered.emplace(std::move(signed_in));
    return ok();
  }));
  return std::move(*entered);
}

}  // namespace lindung::people
