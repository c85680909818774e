// The routing table: every endpoint is one declaration that says who may call it, how large its body may be and how
// long it may take. Nothing has a default.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "http/message.h"

namespace lindung::http {

enum class Access : std::uint8_t {
  anyone,         // public by purpose: health, log, keys
  proves_itself,  // the endpoint authenticates the request's own signature
  session,        // the endpoint reads the cookie of a browser's session, and refuses other sites' requests
  operator_only,  // only on listeners that the operator reaches (Unix socket, metrics)
};

enum class RunsOn : std::uint8_t {
  io_thread,  // must not block: the hot path
  worker,     // may wait for the database or a file
};

using Handler = std::function<void(const Request&, Responder)>;

// Renders an error as a response (problem+json); given by the floor that knows the product's problem names.
using Problem = std::function<Response(const Error&)>;

struct Route {
  std::string method;  // "GET" also answers HEAD
  std::string path;    // "/v1/partner/exchange"; "/log/tile/*" matches every path that begins with "/log/tile/"
  Access access;
  std::size_t body_limit;
  std::chrono::milliseconds deadline;  // from the last byte of the request to the call of the Responder
  RunsOn runs_on;
  Handler handler;
  // Of a route whose body may be larger than memory should hold: called with the head on a worker, where it may wait,
  // before any of the body is taken. Its error is the answer, and the body is not read. Null: the body stands in
  // memory.
  std::function<Result<std::shared_ptr<BodySink>>(const Request& head)> open_sink{};
  Problem sink_problem{};  // renders the errors of open_sink; null: the router's
  bool is_page{};          // a file of the portal: no part of the documented interface
};

// Answers what no path of the table is for, in the place of 404; on the io thread: it must not wait. Nothing: 404 it
// is.
using Fallback = std::function<std::optional<Response>(const Request&)>;

// A path that stands in the table as it is goes before one with "*", and of those the longest. HEAD is answered by GET.
class Router {
 public:
  Router(std::vector<Route> routes, Problem problem, Fallback fallback = {});
  struct Match {
    const Route* route{};  // null when there is none
    bool path_exists{};    // then it was the method: 405 with Allow
    std::string allow;
  };
  [[nodiscard]] Match find(std::string_view method, std::string_view path) const;
  [[nodiscard]] Response problem(const Error& error) const { return problem_(error); }
  [[nodiscard]] std::optional<Response> fall_back(const Request& request) const {
    return fallback_ ? fallback_(request) : std::nullopt;
  }
  [[nodiscard]] const std::vector<Route>& routes() const noexcept { return routes_; }

 private:
  using Indexes = std::vector<std::size_t>;  // into routes_, in the order of declaration
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  [[nodiscard]] const Indexes* at(std::string_view path) const;

  std::vector<Route> routes_;
  Problem problem_;
  Fallback fallback_;
  std::unordered_map<std::string, Indexes, TextHash, std::equal_to<>> exact_;
  std::vector<std::pair<std::string, Indexes>> below_;  // prefixes ending in '/', the longest first
};

}  // namespace lindung::http
