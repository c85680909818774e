#include "witness/witness_routes.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "http/message.h"
#include "http/router.h"
#include "log/witness_request.h"
#include "witness/witness.h"

namespace lindung::witness {

namespace {

constexpr std::chrono::seconds deadline{10};
constexpr std::string_view checkpoint_path = "/checkpoint/";

http::Response text(unsigned status, std::string body) {
  http::Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.fields.emplace_back("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

http::Response problem(const Error& error) {
  const auto status = [&]() -> unsigned {
    switch (error.code) {
      case Errc::not_found: return 404;
      case Errc::method: return 405;
      case Errc::timeout: return 408;
      case Errc::too_large: return 413;
      case Errc::headers_too_large: return 431;
      case Errc::busy: return 503;
      default: return 400;
    }
  };
  return text(status(), std::string{name_of(error.code)} + "\n");
}

http::Route get(std::string path, std::function<http::Response(const http::Request&)> answer) {
  return {.method = "GET",
          .path = std::move(path),
          .access = http::Access::anyone,
          .body_limit = 0,
          .deadline = deadline,
          .runs_on = http::RunsOn::worker,
          .handler = [answer = std::move(answer)](const http::Request& request, http::Responder responder) {
            responder(answer(request));
          }};
}

}  // namespace

std::shared_ptr<const http::Router> witness_router(Witness& witness) {
  std::vector<http::Route> routes;
  routes.push_back({.method = "POST",
                    .path = "/add-checkpoint",
                    .access = http::Access::proves_itself,
                    .body_limit = log::witness_request_limit,
                    .deadline = deadline,
                    .runs_on = http::RunsOn::worker,
                    .handler = [&witness](const http::Request& request, http::Responder responder) {
                      auto answer = witness.add_checkpoint(as_text(request.body));
                      auto response = text(answer.status, std::move(answer.body));
                      response.content_type = std::move(answer.content_type);
                      responder(std::move(response));
                    }});
  routes.push_back(get(std::string{checkpoint_path} + "*", [&witness](const http::Request& request) {
    const auto note = witness.latest(request.path().substr(checkpoint_path.size()));
    return note ? text(200, *note) : text(404, "no checkpoint of that log was cosigned here\n");
  }));
  routes.push_back(get("/key", [&witness](const http::Request&) { return text(200, witness.key().text() + "\n"); }));
  routes.push_back(get("/healthz", [](const http::Request&) { return text(200, "ok\n"); }));
  return std::make_shared<const http::Router>(std::move(routes), problem);
}

}  // namespace lindung::witness
