#include "server/own_routes.h"

#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "api/answer.h"
#include "api/problem.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "http/message.h"
#include "http/router.h"

namespace lindung::server {

namespace {

constexpr std::chrono::seconds short_deadline{5};
constexpr std::chrono::minutes unseal_deadline{5};
constexpr std::size_t longest_passphrases = 4'096;

http::Response text_answer(std::string text) {
  return api::private_answer("text/plain; charset=utf-8", std::move(text));
}

http::Route probe(std::string path, std::function<http::Response()> answer) {
  return {.method = "GET",
          .path = std::move(path),
          .access = http::Access::anyone,
          .body_limit = 0,
          .deadline = short_deadline,
          .runs_on = http::RunsOn::io_thread,
          .handler = [answer = std::move(answer)](const http::Request&, http::Responder responder) {
            responder(answer());
          }};
}

}  // namespace

std::vector<http::Route> probe_routes(const OwnState& state) {
  std::vector<http::Route> routes;
  routes.push_back(probe("/healthz", [] { return text_answer("ok\n"); }));
  routes.push_back(probe("/readyz", [state] {
    if (state.is_ready()) return text_answer("ready\n");
    return api::problem({.code = state.is_sealed() ? Errc::sealed : Errc::unavailable, .detail = {}, .number = {}});
  }));
  return routes;
}

http::Route ring_route(std::string path, const OwnState& state, std::function<Result<void>(BytesView body)> act) {
  return {.method = "POST",
          .path = std::move(path),
          .access = http::Access::operator_only,
          .body_limit = longest_passphrases,
          .deadline = unseal_deadline,
          .runs_on = http::RunsOn::worker,
          .handler = [state, act = std::move(act)](const http::Request& request, http::Responder responder) {
            const auto done = act(request.body);
            responder(done.has_error() ? api::operator_problem(done.error())
                                       : api::private_json(boost::json::object{{"sealed", state.is_sealed()},
                                                                               {"answering", state.is_ready()}}));
          }};
}

}  // namespace lindung::server
