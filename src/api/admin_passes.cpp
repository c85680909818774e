#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <limits>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/pass_keys.h"
#include "service/light_passes.h"
#include "service/log_publisher.h"
#include "service/pass_keys.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

Result<json::value> issue(const AdminGround& at, const json::object& object) {
  TRY(arguments, Arguments::read(object, {"citizen", "days"}));
  TRY(citizen, arguments.bytes<16>("citizen"));
  const auto days = arguments.number_or("days", 1);
  if (days > std::numeric_limits<unsigned>::max()) return fail(Errc::invalid_argument, "days");
  TRY(strip, service::issue_passes(at.platform, CitizenRef{citizen}, static_cast<unsigned>(days)));
  json::array passes;
  for (const auto& each : strip.passes) {
    passes.emplace_back(json::object{{"show_from", rfc3339(each.window.begin)},
                                     {"show_until", rfc3339(each.window.end())},
                                     {"not_before", rfc3339(each.not_before)},
                                     {"expires", rfc3339(each.expires)},
                                     {"text", each.text}});
  }
  return json::object{{"passes", std::move(passes)}, {"windows_without_pass", strip.without.size()}};
}

Result<json::value> keys(const AdminGround& at, const json::object& object) {
  TRYV(Arguments::read(object, {}));
  TRYV(service::rotate_pass_keys(at.platform.database, at.platform.ring, at.platform.clock));
  TRY(keys, service::public_pass_keys(at.platform.ring));
  return cert::pass_key_set(at.publisher.verifier_key().name(), keys);
}

}  // namespace

std::vector<AdminCommand> pass_commands() {
  return {{.name = "pass/issue", .officers = 1, .run = issue}, {.name = "pass/keys", .officers = 0, .run = keys}};
}

}  // namespace lindung::api
