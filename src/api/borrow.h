// What a request borrows of a server: a route stands while the server is sealed, and what it leads to is looked up for
// each request and let go of at its end.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

#include "api/problem.h"
#include "base/error.h"
#include "base/result.h"
#include "http/message.h"
#include "http/router.h"

namespace lindung::api {

// Calls `use` with what is lent, which is good only while it runs. Errors: sealed.
template <class Ground>
using Source = std::function<Result<void>(const std::function<void(Ground&)>& use)>;

// What `work` makes of the borrowed ground, a Result. Errors: those of the source, those of the work.
template <class Ground, class Work>
[[nodiscard]] std::invoke_result_t<const Work&, Ground&> borrow(const Source<Ground>& source, const Work& work) {
  std::invoke_result_t<const Work&, Ground&> result = fail(Errc::sealed);
  TRYV(source([&](Ground& ground) { result = work(ground); }));
  return result;
}

struct RouteHead {
  std::string method;
  std::string path;
  http::Access access;
  std::size_t body_limit;
  std::chrono::milliseconds deadline;
};

using ErrorPage = http::Response (*)(const Error&);

// Answers once, an error by its page.
void respond(http::Responder responder, Result<http::Response> result, ErrorPage render);

// A route whose answer is made of the borrowed ground, on a worker.
template <class Ground>
[[nodiscard]] http::Route borrowing_route(
    const RouteHead& head, const Source<Ground>& source,
    std::type_identity_t<std::function<Result<http::Response>(Ground&, const http::Request&)>> answer,
    ErrorPage render = problem) {
  return {
      .method = head.method,
      .path = head.path,
      .access = head.access,
      .body_limit = head.body_limit,
      .deadline = head.deadline,
      .runs_on = http::RunsOn::worker,
      .handler = [source, answer = std::move(answer), render](const http::Request& request, http::Responder responder) {
        respond(std::move(responder), borrow(source, [&](Ground& ground) { return answer(ground, request); }), render);
      }};
}

}  // namespace lindung::api
