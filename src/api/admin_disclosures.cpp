#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "service/disclosures.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

Object describe(const Hash& id, const service::DisclosureStatus& status) {
  Object out{{"id", codec::hex(id)},
             {"state", service::name_of(status.state)},
             {"at", rfc3339(status.at)},
             {"changed_at", rfc3339(status.changed_at)},
             {"log_index", status.log_index}};
  if (!status.answer.empty()) out["answer"] = status.answer;
  return out;
}

Result<json::value> list(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(listed, service::list_disclosures(at.platform));
  json::array out;
  for (const auto& each : listed) {
    auto row = describe(each.id, each.status);
    row["bytes"] = each.size;
    out.emplace_back(std::move(row));
  }
  return Object{{"disclosures", std::move(out)}};
}

Result<json::value> read(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"id"}));
  TRY(id, arguments.bytes<32>("id"));
  TRY(sealed, service::read_disclosure(at.platform, id));
  return Object{{"id", codec::hex(id)}, {"sealed", codec::base64(sealed)}};
}

Result<json::value> answer(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"id", "text"}));
  TRY(id, arguments.bytes<32>("id"));
  TRY(text, arguments.text("text"));
  TRY(status, service::answer_disclosure(at.platform, id, text));
  return describe(id, status);
}

Result<json::value> close(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"id"}));
  TRY(id, arguments.bytes<32>("id"));
  TRY(status, service::close_disclosure(at.platform, id));
  return describe(id, status);
}

}  // namespace

std::vector<AdminCommand> disclosure_commands() {
  return {{.name = "disclosure/list", .officers = 1, .run = list},
          {.name = "disclosure/read", .officers = 1, .run = read},
          {.name = "disclosure/answer", .officers = 1, .run = answer},
          {.name = "disclosure/close", .officers = 1, .run = close}};
}

}  // namespace lindung::api
