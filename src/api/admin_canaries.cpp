#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "service/canaries.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

// The log shows the digest of a signed command, which must not be found by trying: so the caller puts a random number
// under it.
Result<json::value> plant(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"partner", "nonce"}));
  TRY(partner, arguments.text("partner"));
  TRYV(arguments.bytes<16>("nonce"));
  TRY(canary, service::plant_canary(at.platform, PartnerId{partner}));
  return Object{
      {"partner", partner}, {"token", codec::hex(canary.token.bytes)}, {"nik", canary.nik}, {"name", canary.name}};
}

Result<json::value> list(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"partner"}));
  std::optional<PartnerId> partner;
  if (arguments.has("partner")) {
    TRY(text, arguments.text("partner"));
    partner = PartnerId{text};
  }
  TRY(canaries, service::list_canaries(at.platform, partner));
  json::array rows;
  for (const auto& canary : canaries) {
    rows.emplace_back(Object{{"partner", canary.partner.value()},
                             {"planted_at", unix_seconds(canary.planted_at)},
                             {"questions", canary.questions},
                             {"found", canary.found}});
  }
  return Object{{"canaries", std::move(rows)}};
}

}  // namespace

std::vector<AdminCommand> canary_commands() {
  return {{.name = "partner/canary-plant", .officers = 1, .run = plant, .logged_as = "link/grant"},
          {.name = "partner/canary-list", .officers = 0, .run = list}};
}

}  // namespace lindung::api
