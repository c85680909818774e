#include "api/admin.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "api/problem.h"
#include "base/bytes.h"
#include "base/result.h"
#include "codec/json.h"
#include "http/message.h"
#include "http/router.h"

namespace lindung::api {

namespace {

constexpr std::size_t body_limit = 256U * 1024 * 1024;  // an import travels in one
constexpr std::chrono::minutes deadline{60};

Result<boost::json::object> arguments_of(const http::Request& request) {
  if (request.body.empty()) return boost::json::object{};
  TRY(value, codec::parse_json(as_text(request.body), {.bytes = body_limit, .depth = 8}));
  if (!value.is_object()) return fail(Errc::malformed, "a JSON object is needed");
  return std::move(value.get_object());
}

}  // namespace

http::Route admin_route(AdminCommand command, GroundSource ground) {
  return {.method = "POST",
          .path = "/admin/" + command.name,
          .access = http::Access::operator_only,
          .body_limit = body_limit,
          .deadline = deadline,
          .runs_on = http::RunsOn::worker,
          .handler = [run = std::move(command.run), ground = std::move(ground)](const http::Request& request,
                                                                                http::Responder responder) {
            auto arguments = arguments_of(request);
            if (arguments.has_error()) {
              responder(operator_problem(arguments.error()));
              return;
            }
            std::optional<Result<boost::json::value>> result;
            const auto reached =
                ground([&](const AdminGround& at) { result.emplace(run(at, arguments.value())); });
            if (reached.has_error()) {
              responder(operator_problem(reached.error()));
              return;
            }
            if (result->has_error()) {
              responder(operator_problem(result->error()));
              return;
            }
            http::Response response;
            response.content_type = "application/json";
            response.body = codec::to_text(result->value());
            responder(std::move(response));
          }};
}

}  // namespace lindung::api
