#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "service/officer_codes.h"
#include "service/officer_purposes.h"
#include "service/officer_roles.h"
#include "service/officers.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

constexpr std::uint64_t usual_days = 7;
constexpr std::uint64_t most_days = 366;

Result<json::value> add(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"officer", "public_key"}));
  TRY(officer, arguments.text("officer"));
  TRY(bytes, arguments.bytes<32>("public_key"));
  TRY(key, crypto::Ed25519PublicKey::from_bytes(bytes));
  TRYV(service::add_officer(at.platform, OfficerId{officer}, key, at.command));
  return Object{{"officer", officer}};
}

Result<json::value> list(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(officers, service::list_officers(at.platform));
  json::array rows;
  for (const auto& officer : officers) {
    TRY(roles, service::find_officer_roles(at.platform, officer.id));
    rows.emplace_back(Object{{"officer", officer.id.value()},
                             {"key_digest", codec::hex(officer.key_digest)},
                             {"roles", service::text_of(roles)}});
  }
  return Object{{"officers", std::move(rows)}};
}

Result<json::value> set_roles(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"officer", "roles"}));
  TRY(officer, arguments.text("officer"));
  TRY(words, arguments.text("roles"));
  TRY(roles, service::parse_officer_roles(words));
  TRYV(service::set_officer_roles(at.platform, OfficerId{officer}, roles));
  return Object{{"officer", officer}, {"roles", service::text_of(roles)}};
}

// The code goes to whoever gave the last signature, and to nobody else: nothing keeps it.
Result<json::value> enrol_passkey(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"officer"}));
  TRY(officer, arguments.text("officer"));
  TRY(made, service::make_officer_code(at.platform, OfficerId{officer}));
  return Object{{"officer", officer},
                {"code", made.code},
                {"link", "/officer/#/enrol"},
                {"expires_at", rfc3339(made.expires_at)}};
}

// How often each officer looked people up, and what for.
Result<json::value> lookups(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"days"}));
  const auto days = arguments.number_or("days", usual_days);
  if (days == 0 || days > most_days) return fail(Errc::invalid_argument, "days: 1 to 366");
  const auto today = day_of(at.platform.clock.now()).number;
  TRY(counts, service::count_purposes(at.platform, Day{today + 1 - static_cast<std::uint32_t>(days)}));
  json::array rows;
  for (const auto& count : counts) {
    rows.emplace_back(Object{{"day", rfc3339(start_of(count.day)).substr(0, 10)},
                             {"officer", count.officer.value()},
                             {"purpose", count.purpose},
                             {"views", count.views}});
  }
  return Object{{"lookups", std::move(rows)}};
}

}  // namespace

std::vector<AdminCommand> officer_commands() {
  return {{.name = "officer/add", .officers = 2, .run = add, .is_founding = true},
          {.name = "officer/roles", .officers = 2, .run = set_roles, .is_founding = true},
          {.name = "officer/passkey", .officers = 2, .run = enrol_passkey, .is_founding = true},
          {.name = "officer/lookups", .officers = 0, .run = lookups},
          {.name = "officer/list", .officers = 0, .run = list}};
}

}  // namespace lindung::api
