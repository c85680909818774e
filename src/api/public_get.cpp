#include "api/public_get.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "api/borrow.h"
#include "api/public_routes.h"
#include "base/bytes.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "http/router.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::chrono::seconds deadline{10};

}  // namespace

Result<std::string_view> query_text(std::string_view query, std::string_view name) {
  std::optional<std::string_view> found;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    if (found) return fail(Errc::malformed, std::string{name} + " stands twice");
    found = pair.substr(equals + 1);
  }
  if (!found) return fail(Errc::malformed, std::string{name} + " is missing");
  return *found;
}

Result<std::uint64_t> query_number(std::string_view query, std::string_view name) {
  TRY(digits, query_text(query, name));
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || stop != digits.data() + digits.size()) {
    return fail(Errc::malformed, std::string{name} + ": one whole number is needed");
  }
  return value;
}

json::array proof_json(const std::vector<Hash>& proof) {
  json::array out;
  for (const auto& hash : proof) out.emplace_back(codec::base64(hash));
  return out;
}

http::Route public_get(std::string path, const PublicSource& source, PublicAnswer answer) {
  return borrowing_route(
      {.method = "GET", .path = std::move(path), .access = http::Access::anyone, .body_limit = 0, .deadline = deadline},
      source, std::move(answer));
}

}  // namespace lindung::api
