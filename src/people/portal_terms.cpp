#include "people/portal_terms.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include "base/result.h"

namespace lindung::people {

namespace {

constexpr std::string_view secure = "https://";
constexpr std::string_view plain = "http://";
constexpr std::string_view here = "localhost";

bool is_host(std::string_view host) noexcept {
  constexpr std::size_t longest = 253;  // RFC 1035 section 2.3.4
  const auto is_of_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  const auto is_of_address = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  return !host.empty() && host.size() <= longest && host.front() != '.' && host.back() != '.' &&
         std::ranges::all_of(host, is_of_name) && !std::ranges::all_of(host, is_of_address);
}

bool is_port(std::string_view text, std::uint16_t usual) noexcept {
  std::uint16_t port{};
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  return error == std::errc{} && stop == end && port != 0 && port != usual && text.front() != '0';
}

}  // namespace

Result<PortalTerms> portal_terms(std::string_view origin) {
  const auto refused = [] {
    return fail(Errc::invalid_argument, "an origin is needed: https://NAME, or http://localhost:PORT at a desk");
  };
  const bool is_secure = origin.starts_with(secure);
  if (!is_secure && !origin.starts_with(plain)) return refused();
  auto host = origin.substr(is_secure ? secure.size() : plain.size());
  const auto colon = host.find(':');
  if (colon != std::string_view::npos) {
    if (!is_port(host.substr(colon + 1), is_secure ? 443 : 80)) return refused();
    host = host.substr(0, colon);
  }
  if (!is_host(host) || (!is_secure && host != here)) return refused();
  return PortalTerms{.origin = std::string{origin}, .relying_party = std::string{host}};
}

}  // namespace lindung::people
