// One route of the portal: who may call it, and what it does. All that guards a browser's session is here and nowhere
// else: the cookie, other sites' requests, the form of a body, what an answer may be kept by.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "api/portal_ground.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "http/message.h"
#include "http/router.h"
#include "people/caller.h"
#include "people/portal_terms.h"

namespace lindung::api {

enum class Who : std::uint8_t {
  anyone,           // the caller has the role `nobody` where nobody is signed in
  citizen,          // acts for another one by the header Lindung-For
  citizen_at_door,  // likewise, and also with a session that rests: what is done in front of a door
  venue,
  officer,
  signed_in,  // whoever has a session
};

using PortalWork =
    std::function<Result<boost::json::value>(const PortalGround& ground, const people::Caller& caller,
                                             const http::Request& request, const boost::json::object& body)>;
// For an answer that is no JSON, or has a status or fields of its own.
using PortalAnswer =
    std::function<Result<http::Response>(const PortalGround& ground, const people::Caller& caller,
                                         const http::Request& request, const boost::json::object& body)>;

// Shape: `path` may end with "/*". A body is JSON of at most 64 KiB and 12 levels; none is {}.
// Errors of `work` become problems (api/problem.h, portal_problem).
[[nodiscard]] http::Route portal_route(std::string method, std::string path, Who who, const PortalSource& source,
                                       PortalWork work);
[[nodiscard]] http::Route portal_answer_route(std::string method, std::string path, Who who, const PortalSource& source,
                                              PortalAnswer work);

[[nodiscard]] http::Response portal_json(const boost::json::value& value, unsigned status = 200);

// What stands in the place of "*": "/v1/portal/devices/0f" below "/v1/portal/devices/" is "0f".
[[nodiscard]] std::string_view below(const http::Request& request, std::string_view prefix) noexcept;

// Fields of a body. Errors: malformed, naming the field.
[[nodiscard]] Result<std::string_view> text_of(const boost::json::object& body, std::string_view name);
// Empty where it is not there.
[[nodiscard]] Result<std::string_view> optional_text_of(const boost::json::object& body, std::string_view name);
// Lower-case or upper-case hex of exactly this size.
[[nodiscard]] Result<void> hex_of(const boost::json::object& body, std::string_view name, MutableBytes out);

// Cookies. One that stands twice, or is of another form, is none.
inline constexpr std::string_view session_cookie = "__Host-lindung";
inline constexpr std::string_view try_cookie = "__Host-lindung-try";
[[nodiscard]] bool read_cookie(const http::Request& request, std::string_view name, Secret<32>& token);
void set_cookie(http::Response& response, std::string_view name, const Secret<32>& token, seconds life);
void take_cookie_back(http::Response& response, std::string_view name);

// Whether one of our own pages asks (Fetch Metadata; Origin where a browser does not know that).
[[nodiscard]] bool is_from_our_pages(const http::Request& request, const people::PortalTerms& terms);

}  // namespace lindung::api
