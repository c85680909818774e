#include "api/surface.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "api/problem_help.h"
#include "codec/json.h"
#include "http/message.h"
#include "http/router.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::chrono::seconds deadline{5};
constexpr std::size_t body_limit = 4096;

std::string_view name_of(http::Access access) noexcept {
  switch (access) {
    case http::Access::anyone: return "anyone";
    case http::Access::proves_itself: return "signed";
    case http::Access::session: return "session";
    case http::Access::operator_only: return "operator";
  }
  return "operator";
}

}  // namespace

json::object surface(const http::Router& router) {
  json::array routes;
  for (const auto& route : router.routes()) {
    if (route.is_page) continue;
    routes.emplace_back(json::object{{"method", route.method},
                                     {"path", route.path},
                                     {"access", name_of(route.access)},
                                     {"body_limit", route.body_limit},
                                     {"deadline_ms", route.deadline.count()}});
  }
  json::array problems;
  for (const auto& help : problem_help()) {
    problems.emplace_back(json::object{{"name", name_of(help)},
                                       {"status", help.status},
                                       {"title", help.title},
                                       {"cause", help.cause},
                                       {"mend", help.mend}});
  }
  return {{"routes", std::move(routes)}, {"problems", std::move(problems)}};
}

http::Route surface_route(std::shared_ptr<const http::Router> router) {
  return {.method = "POST",
          .path = "/admin/api",
          .access = http::Access::operator_only,
          .body_limit = body_limit,
          .deadline = deadline,
          .runs_on = http::RunsOn::io_thread,
          .handler = [router = std::move(router)](const http::Request&, http::Responder responder) {
            http::Response response;
            response.content_type = "application/json";
            response.body = codec::to_text(surface(*router));
            responder(std::move(response));
          }};
}

}  // namespace lindung::api
