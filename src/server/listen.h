// Where a server listens: an address and a port.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lindung::server {

struct Listen {
  std::string address{"127.0.0.1"};
  std::uint16_t port{};  // 0: any free one
};

// "127.0.0.1:8080", "[::1]:0". Errors: invalid_argument.
[[nodiscard]] Result<Listen> parse_listen(std::string_view text);

// "127.0.0.1:8080", "[::1]:8080": an address as it stands in a URL, with the port that was bound.
[[nodiscard]] std::string host_port(const std::string& address, std::uint16_t port);

}  // namespace lindung::server
