#include "api/portal_route.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/borrow.h"
#include "api/portal_acting.h"
#include "api/portal_ground.h"
#include "api/problem.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "http/message.h"
#include "http/router.h"
#include "people/caller.h"
#include "people/portal_terms.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::size_t body_limit = 64UL * 1024;
constexpr std::size_t body_depth = 12;
constexpr std::chrono::seconds deadline{15};
constexpr std::string_view for_field = "Lindung-For";
constexpr std::string_view json_type = "application/json";

enum class Found : std::uint8_t { none, one, several };

struct Value {
  Found found{Found::none};
  std::string_view text;
};

Value field(const http::Request& request, std::string_view name) {
  Value out;
  for (const auto& each : request.fields) {
    if (!http::same_name(each.name, name)) continue;
    out = {.found = out.found == Found::none ? Found::one : Found::several, .text = each.value};
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Result<json::object> body_of(const http::Request& request) {
  if (request.body.empty()) return json::object{};
  const auto type = field(request, "Content-Type");
  if (type.found != Found::one || trimmed(type.text.substr(0, type.text.find(';'))) != json_type) {
    return fail(Errc::malformed, "Content-Type");
  }
  TRY(value, codec::parse_json(as_text(request.body), {.bytes = body_limit, .depth = body_depth}));
  if (!value.is_object()) return fail(Errc::malformed, "an object is needed");
  return std::move(value.as_object());
}

bool fits(Who who, const people::Caller& caller) noexcept {
  switch (who) {
    case Who::anyone:
    case Who::signed_in: return true;
    case Who::citizen:
    case Who::citizen_at_door: return caller.role == people::Role::citizen;
    case Who::venue: return caller.role == people::Role::venue;
    case Who::officer: return caller.role == people::Role::officer;
  }
  return false;
}

Result<people::Caller> caller_of(const PortalGround& ground, const http::Request& request, Who who) {
  Secret<32> token;
  if (!read_cookie(request, session_cookie, token)) {
    if (who == Who::anyone) return people::Caller{};
    return fail(Errc::bad_signature);
  }
  auto found = ground.sessions.find(token.view());
  if (found.has_error()) {
    if (who == Who::anyone && found.error().code == Errc::bad_signature) return people::Caller{};
    return found.error();
  }
  auto& caller = found.value();
  if (caller.is_resting && who != Who::citizen_at_door && who != Who::anyone) return fail(Errc::bad_signature);
  if (!fits(who, caller)) return fail(Errc::denied, "role");
  const auto delegation = field(request, for_field);
  if (delegation.found == Found::none || caller.role != people::Role::citizen) return caller;
  if (delegation.found == Found::several) return fail(Errc::not_found);
  TRY(citizen, acting_for(ground.platform, caller, delegation.text, request));
  caller.citizen = citizen;
  return caller;
}

Result<http::Response> answer(const PortalGround& ground, const http::Request& request, Who who,
                              const PortalAnswer& work) {
  if (!is_from_our_pages(request, ground.terms)) return fail(Errc::denied, "site");
  TRY(caller, caller_of(ground, request, who));
  TRY(body, body_of(request));
  return work(ground, caller, request, body);
}

}  // namespace

bool is_from_our_pages(const http::Request& request, const people::PortalTerms& terms) {
  const bool only_reads = request.method == "GET" || request.method == "HEAD";
  const auto site = field(request, "Sec-Fetch-Site");
  const auto origin = field(request, "Origin");
  if (site.found == Found::several || origin.found == Found::several) return false;
  if (origin.found == Found::one && origin.text != terms.origin) return false;
  if (site.found == Found::one) return site.text == "same-origin" || (only_reads && site.text == "none");
  return only_reads || origin.found == Found::one;
}

bool read_cookie(const http::Request& request, std::string_view name, Secret<32>& token) {
  std::optional<std::string_view> found;
  for (const auto& each : request.fields) {
    if (!http::same_name(each.name, "Cookie")) continue;
    auto rest = each.value;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(';'), rest.size());
      const auto pair = trimmed(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto equals = pair.find('=');
      if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
      if (found) return false;
      found = pair.substr(equals + 1);
    }
  }
  return found && codec::from_base64url(*found, token.mutable_view()).has_value();
}

void set_cookie(http::Response& response, std::string_view name, const Secret<32>& token, seconds life) {
  response.fields.emplace_back("Set-Cookie", std::string{name} + "=" + codec::base64url(token.view()) +
                                                 "; Max-Age=" + std::to_string(life.count()) +
                                                 "; Path=/; Secure; HttpOnly; SameSite=Strict");
}

void take_cookie_back(http::Response& response, std::string_view name) {
  response.fields.emplace_back("Set-Cookie",
                               std::string{name} + "=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict");
}

http::Response portal_json(const json::value& value, unsigned status) {
  http::Response response;
  response.status = status;
  response.content_type = json_type;
  response.body = codec::to_text(value);
  return response;
}

std::string_view below(const http::Request& request, std::string_view prefix) noexcept {
  const auto path = request.path();
  return path.starts_with(prefix) ? path.substr(prefix.size()) : std::string_view{};
}

Result<std::string_view> optional_text_of(const json::object& body, std::string_view name) {
  const auto* const value = body.if_contains(name);
  if (value == nullptr) return std::string_view{};
  if (!value->is_string()) return fail(Errc::malformed, std::string{name});
  return std::string_view{value->get_string()};
}

Result<std::string_view> text_of(const json::object& body, std::string_view name) {
  TRY(text, optional_text_of(body, name));
  if (text.empty()) return fail(Errc::malformed, std::string{name});
  return text;
}

Result<void> hex_of(const json::object& body, std::string_view name, MutableBytes out) {
  TRY(text, text_of(body, name));
  if (codec::from_hex(text, out).has_error()) return fail(Errc::malformed, std::string{name});
  return ok();
}

http::Route portal_answer_route(std::string method, std::string path, Who who, const PortalSource& source,
                                PortalAnswer work) {
  const auto limit = method == "GET" ? 0 : body_limit;
  return {.method = std::move(method),
          .path = std::move(path),
          .access = who == Who::anyone ? http::Access::anyone : http::Access::session,
          .body_limit = limit,
          .deadline = deadline,
          .runs_on = http::RunsOn::worker,
          .handler = [source, who, work = std::move(work)](const http::Request& request, http::Responder responder) {
            auto result =
                borrow(source, [&](const PortalGround& ground) { return answer(ground, request, who, work); });
            auto response = result.has_error() ? portal_problem(result.error()) : std::move(result).value();
            const bool says_it =
                std::ranges::any_of(response.fields, [](const auto& each) { return each.first == "Cache-Control"; });
            if (!says_it) response.fields.emplace_back("Cache-Control", "no-store");
            responder(std::move(response));
          }};
}

http::Route portal_route(std::string method, std::string path, Who who, const PortalSource& source, PortalWork work) {
  return portal_answer_route(
      std::move(method), std::move(path), who, source,
      [work = std::move(work)](const PortalGround& ground, const people::Caller& caller, const http::Request& request,
                               const json::object& body) -> Result<http::Response> {
        TRY(value, work(ground, caller, request, body));
        return portal_json(value);
      });
}

}  // namespace lindung::api
