#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/id.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "service/officers.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

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
    rows.emplace_back(Object{{"officer", officer.id.value()}, {"key_digest", codec::hex(officer.key_digest)}});
  }
  return Object{{"officers", std::move(rows)}};
}

}  // namespace

std::vector<AdminCommand> officer_commands() {
  return {{.name = "officer/add", .officers = 2, .run = add, .is_founding = true},
          {.name = "officer/list", .officers = 0, .run = list}};
}

}  // namespace lindung::api
