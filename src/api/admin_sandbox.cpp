#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/id.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "domain/venue_code.h"
#include "service/sandbox.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

Result<void> needs_sandbox(const AdminGround& at) {
  return at.is_sandbox ? Result<void>{ok()} : fail(Errc::conflict, "this installation is no sandbox");
}

Result<json::value> links(const AdminGround& at, const Object& object) {
  TRYV(needs_sandbox(at));
  TRY(arguments, Arguments::read(object, {"partner"}));
  TRY(partner, arguments.text("partner"));
  TRY(all, service::sandbox_links(at.platform, PartnerId{partner}));
  json::array rows;
  for (const auto& link : all) {
    rows.emplace_back(Object{{"citizen", link.name}, {"token", codec::hex(link.token.bytes)}, {"expect", link.expect}});
  }
  return Object{{"partner", partner}, {"links", std::move(rows)}};
}

Result<json::value> doors(const AdminGround& at, const Object& object) {
  TRYV(needs_sandbox(at));
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(all, service::sandbox_doors(at.platform));
  json::array rows;
  for (const auto& door : all) {
    rows.emplace_back(Object{{"door", door.name},
                             {"expect", door.expect},
                             {"venue", codec::hex(door.venue.bytes())},
                             {"code", domain::venue_code_text(door.code)}});
  }
  return Object{{"doors", std::move(rows)}};
}

}  // namespace

std::vector<AdminCommand> sandbox_commands() {
  return {{.name = "sandbox/links", .officers = 1, .run = links},
          {.name = "sandbox/doors", .officers = 0, .run = doors}};
}

}  // namespace lindung::api
