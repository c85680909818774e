#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/result.h"
#include "codec/base_n.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

Result<json::value> export_log(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"folder"}));
  TRY(folder, arguments.text("folder"));
  TRY(checkpoint, at.publisher.export_to(folder));
  return Object{{"folder", folder}, {"size", checkpoint.size}, {"root", codec::hex(checkpoint.root)}};
}

Result<json::value> status(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  const auto exchange = at.exchange.counters();
  const auto store = at.platform.database.counters();
  json::array reasons;
  for (const auto& reason : at.gate.reasons()) reasons.emplace_back(reason);
  return Object{{"sealed", at.platform.ring.is_sealed()},
                {"answering", at.gate.is_open()},
                {"closed_by", std::move(reasons)},
                {"log_published", at.publisher.published_size()},
                {"questions", exchange.questions},
                {"batches", exchange.batches},
                {"repeated", exchange.repeated},
                {"refused", exchange.refused},
                {"commits", store.commits}};
}

}  // namespace

std::vector<AdminCommand> log_commands() { return {{.name = "log/export", .officers = 0, .run = export_log}}; }
std::vector<AdminCommand> status_commands() { return {{.name = "status", .officers = 0, .run = status}}; }

}  // namespace lindung::api
