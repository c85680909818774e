#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "people/accounts.h"
#include "people/caller.h"
#include "people/civil_register.h"
#include "people/recovery.h"
#include "people/sessions.h"
#include "service/citizen_search.h"
#include "service/looks.h"
#include "store/database.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

Result<CitizenRef> citizen_in(const AdminGround& at, const Arguments& arguments) {
  if (arguments.has("citizen")) {
    TRY(bytes, arguments.bytes<16>("citizen"));
    return CitizenRef{bytes};
  }
  TRY(text, arguments.text("nik"));
  TRY(nik, domain::parse_nik(text));
  return service::find_citizen(
      at.platform, {.nik = nik, .passport = {}, .local = domain::LocalId{ByteArray<16>{}}, .name = {}, .birth = {}});
}

Result<std::optional<people::AccountId>> account_of(const AdminGround& at, const CitizenRef& citizen) {
  std::optional<people::AccountId> found;
  TRYV(at.platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(account, people::find_account(transaction, at.platform.ring, people::AccountName::citizen, citizen.bytes()));
    if (account) found = account->id;
    return ok();
  }));
  return found;
}

Result<json::value> recover(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen", "nik", "purpose"}));
  TRY(purpose, arguments.text("purpose"));
  TRY(citizen, citizen_in(at, arguments));
  TRY(code, people::start_recovery(at.platform, citizen, at.command, purpose));
  return Object{{"code", code}, {"valid_until", rfc3339(at.platform.clock.now() + people::recovery_life)}};
}

// For a help desk: whether there is an account and whether it is in use. No number, no names of devices.
Result<json::value> list(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen", "nik"}));
  TRY(citizen, citizen_in(at, arguments));
  TRYV(service::record_look(at.platform,
                            {.citizen = citizen, .officer_key_digest = at.command, .action = "account/list"}));
  TRY(account, account_of(at, citizen));
  if (!account) return Object{{"account", false}, {"devices", 0}};
  TRY(sessions, people::Sessions{at.platform}.list(*account));
  Object out{{"account", true}, {"devices", sessions.size()}};
  const auto newest = std::ranges::max_element(sessions, {}, &people::SessionLine::used_at);
  if (newest != sessions.end()) out["last_used_on"] = rfc3339(newest->used_at).substr(0, 10);
  return out;
}

Result<json::value> end(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen", "nik"}));
  TRY(citizen, citizen_in(at, arguments));
  TRY(account, account_of(at, citizen));
  std::size_t ended = 0;
  if (account) {
    TRY(count, people::Sessions{at.platform}.end_all(*account));
    ended = count;
  }
  return Object{{"ended", ended}};
}

Result<json::value> load_register(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"document"}));
  TRY(document, arguments.text("document"));
  TRY(loaded, people::load_civil_register(at.platform, document));
  return Object{{"rows", loaded.rows}, {"refused", loaded.refused}};
}

}  // namespace

std::vector<AdminCommand> account_commands() {
  return {{.name = "account/recover", .officers = 1, .run = recover},
          {.name = "account/list", .officers = 1, .run = list},
          {.name = "account/end", .officers = 1, .run = end},
          {.name = "register/load", .officers = 2, .run = load_register}};
}

}  // namespace lindung::api
