#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/bytes.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "domain/passport.h"
#include "service/citizen_search.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

Result<json::value> find(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"nik", "passport"}));
  domain::Identity identity{
      .nik = {}, .passport = {}, .local = domain::LocalId{ByteArray<16>{}}, .name = {}, .birth = {}};
  if (arguments.has("nik")) {
    TRY(text, arguments.text("nik"));
    TRY(nik, domain::parse_nik(text));
    identity.nik = nik;
  } else {
    TRY(text, arguments.text("passport"));
    TRY(passport, domain::parse_passport(text));
    identity.passport = passport;
  }
  TRY(citizen, service::find_citizen(at.platform, identity));
  return Object{{"citizen", codec::hex(citizen.bytes())}};
}

}  // namespace

std::vector<AdminCommand> citizen_commands() { return {{.name = "citizen/find", .officers = 1, .run = find}}; }

}  // namespace lindung::api
