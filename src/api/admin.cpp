#include "api/admin.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/answer.h"
#include "api/arguments.h"
#include "api/borrow.h"
#include "api/command_table.h"
#include "api/problem.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "http/message.h"
#include "http/router.h"
#include "service/officers.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::chrono::minutes deadline{60};
constexpr std::string_view officer_member = "officer";

// {"arguments": {...}, "officer": {"id", "at", "nonce", "signature"}}; the officer may be missing, the arguments too.
Result<CommandCall> read_call(const http::Request& request, const std::string& name) {
  CommandCall call;
  if (request.body.empty()) return call;
  TRY(value, codec::parse_json(as_text(request.body), command_limits));
  if (!value.is_object()) return fail(Errc::malformed, "a JSON object is needed");
  auto& object = value.get_object();
  if (auto* arguments = object.if_contains("arguments")) {
    if (!arguments->is_object()) return fail(Errc::malformed, "arguments: an object is needed");
    call.arguments = std::move(arguments->get_object());
  }
  const auto* officer = object.if_contains(officer_member);
  if (officer == nullptr) return call;
  if (!officer->is_object()) return fail(Errc::malformed, "officer: an object is needed");
  TRY(fields, Arguments::read(officer->get_object(), {"id", "at", "nonce", "signature"}));
  TRY(id, fields.text("id"));
  TRY(at, fields.number("at"));
  TRY(nonce, fields.bytes<16>("nonce"));
  TRY(signature, fields.bytes<64>("signature"));
  call.given = service::SignedCommand{.officer = OfficerId{id},
                                      .name = name,
                                      .arguments = codec::to_text(call.arguments),
                                      .at = moment_of(at),
                                      .nonce = nonce,
                                      .signature = signature};
  return call;
}

using Work = std::function<Result<json::value>(const AdminGround&, const CommandCall&)>;

http::Route route(const std::string& name, const GroundSource& ground, Work work) {
  return borrowing_route(
      {.method = "POST",
       .path = "/admin/" + name,
       .access = http::Access::operator_only,
       .body_limit = command_limits.bytes,
       .deadline = deadline},
      ground,
      [name, work = std::move(work)](const AdminGround& at, const http::Request& request) -> Result<http::Response> {
        TRY(call, read_call(request, name));
        TRY(value, work(at, call));
        return private_json(value);
      },
      operator_problem);
}

}  // namespace

std::vector<http::Route> admin_routes(const GroundSource& ground, const std::shared_ptr<const CommandTable>& table) {
  std::vector<http::Route> routes;
  for (const auto& command : table->all()) {
    routes.push_back(route(command.name, ground, [table, &command](const AdminGround& at, const CommandCall& call) {
      return table->run(at, command, call);
    }));
  }
  routes.push_back(route("approve", ground,
                         [table](const AdminGround& at, const CommandCall& call) { return table->approve(at, call); }));
  return routes;
}

}  // namespace lindung::api
