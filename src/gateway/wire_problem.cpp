#include "gateway/wire_problem.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <system_error>

#include "base/error.h"
#include "codec/json.h"
#include "http/client.h"

namespace lindung::gateway {

namespace {

constexpr std::string_view prefix = "urn:lindung:problem:";

const std::map<std::string_view, Errc, std::less<>>& codes() {
  static const std::map<std::string_view, Errc, std::less<>> all = [] {
    std::map<std::string_view, Errc, std::less<>> out;
    for (int i = 0; i <= static_cast<int>(Errc::unsupported); ++i) {
      out.emplace(name_of(static_cast<Errc>(i)), static_cast<Errc>(i));
    }
    return out;
  }();
  return all;
}

}  // namespace

Error read_problem(const http::ClientResponse& response) {
  Error error{.code = Errc::unavailable, .detail = "status " + std::to_string(response.status), .number = {}};
  const auto body = codec::parse_json(response.body);
  if (body.has_error() || !body.value().is_object()) return error;
  const auto& object = body.value().get_object();
  if (const auto* type = object.if_contains("type"); type != nullptr && type->is_string()) {
    std::string_view name = type->get_string();
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    const auto code = codes().find(name);
    if (code != codes().end()) error.code = code->second;
  }
  const auto* detail = object.if_contains("detail");
  error.detail = detail != nullptr && detail->is_string() ? std::string{detail->get_string()} : std::string{};
  if (const auto after = response.field("Retry-After")) {
    std::uint64_t seconds = 0;
    const auto [end, fault] = std::from_chars(after->data(), after->data() + after->size(), seconds);
    if (fault == std::errc{} && end == after->data() + after->size()) error.number = seconds;
  }
  return error;
}

}  // namespace lindung::gateway
