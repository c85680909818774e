#include "server/listen.h"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include "base/result.h"

namespace lindung::server {

Result<Listen> parse_listen(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    std::uint16_t port = 0;
    const auto digits = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (error == std::errc{} && end == digits.data() + digits.size() && !host.empty()) {
      return Listen{.address = std::string{host}, .port = port};
    }
  }
  return fail(Errc::invalid_argument, "ADDRESS:PORT is needed, for example 127.0.0.1:8080");
}

std::string host_port(const std::string& address, std::uint16_t port) {
  const bool is_v6 = address.find(':') != std::string::npos;
  return (is_v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

}  // namespace lindung::server
