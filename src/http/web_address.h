// An address on the web that somebody else chose and that we are to call: read strictly, and resolved so that it cannot
// lead into our own network (SSRF).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lindung::http {

struct WebAddress {
  bool tls{};
  std::string host;  // a name or an address, lower-case, without brackets
  std::uint16_t port{};
  std::string authority;  // as a Host field says it
  std::string path;       // "/" at least
};

// Errors: invalid_argument unless it is https://HOST[:PORT]/PATH, or http with localhost, 127.0.0.1 or [::1]: no user
// information, no query, no fragment, at most 512 characters.
[[nodiscard]] Result<WebAddress> parse_web_address(std::string_view url);

// Whether an address of this text form ("10.0.0.1", "fd00::1") is one of a private, local or special network (RFC
// 6890). What is no address counts as one.
[[nodiscard]] bool is_private_address(std::string_view numeric);

// The number to connect to: each address that the name has is checked, and the connection goes to what was checked, so
// that a second look-up cannot change it. Plain http goes to this machine alone.
// Errors: unavailable for an unknown name; denied where an address is private and `allows_private` is not set.
[[nodiscard]] Result<std::string> resolve_for_call(const WebAddress& address, bool allows_private);

}  // namespace lindung::http
