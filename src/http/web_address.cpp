#include "http/web_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::http {

namespace {

constexpr std::size_t longest_url = 512;
constexpr std::uint16_t https_port = 443;
constexpr std::uint16_t http_port = 80;

struct Network {
  ByteArray<16> prefix{};
  int bits{};
};

bool is_in(const ByteArray<16>& address, const Network& network) noexcept {
  for (int bit = 0; bit < network.bits; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const auto mask = static_cast<std::uint8_t>(0x80U >> static_cast<unsigned>(bit % 8));
    if ((address.at(byte) & mask) != (network.prefix.at(byte) & mask)) return false;
  }
  return true;
}

// IPv4 stands behind ::ffff:0:0/96, where it is compared.
constexpr int v4 = 96;
constexpr Network of_v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, int bits) {
  return {.prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, 0}, .bits = v4 + bits};
}

// RFC 6890 and its later entries; multicast; and what carries an IPv4 address inside (NAT64, 6to4, Teredo).
constexpr std::array special{of_v4(0, 0, 0, 8),      of_v4(10, 0, 0, 8),     of_v4(100, 64, 0, 10),
                             of_v4(127, 0, 0, 8),    of_v4(169, 254, 0, 16), of_v4(172, 16, 0, 12),
                             of_v4(192, 0, 0, 24),   of_v4(192, 0, 2, 24),   of_v4(192, 88, 99, 24),
                             of_v4(192, 168, 0, 16), of_v4(198, 18, 0, 15),  of_v4(198, 51, 100, 24),
                             of_v4(203, 0, 113, 24), of_v4(224, 0, 0, 4),    of_v4(240, 0, 0, 4)};
constexpr std::array special_v6{Network{.prefix = {}, .bits = v4},  // ::/96: unspecified, loopback, compatible
                                Network{.prefix = {0, 0x64, 0xff, 0x9b}, .bits = 32},
                                Network{.prefix = {1, 0}, .bits = 64},
                                Network{.prefix = {0x20, 0x01, 0x00}, .bits = 23},
                                Network{.prefix = {0x20, 0x01, 0x0d, 0xb8}, .bits = 32},
                                Network{.prefix = {0x20, 0x02}, .bits = 16},
                                Network{.prefix = {0xfc}, .bits = 7},
                                Network{.prefix = {0xfe, 0x80}, .bits = 10},
                                Network{.prefix = {0xfe, 0xc0}, .bits = 10},
                                Network{.prefix = {0xff}, .bits = 8}};

// In 16 bytes; false for what is no address.
bool read_address(std::string_view numeric, ByteArray<16>& out) {
  const std::string text{numeric};
  out = {};
  if (inet_pton(AF_INET6, text.c_str(), out.data()) == 1) return true;
  out = {};
  out[10] = 0xff;
  out[11] = 0xff;
  return inet_pton(AF_INET, text.c_str(), &out[12]) == 1;
}

bool is_here(std::string_view host) noexcept { return host == "localhost" || host == "127.0.0.1" || host == "::1"; }

bool is_host(std::string_view host) noexcept {
  constexpr std::size_t longest = 253;  // RFC 1035 section 2.3.4
  return !host.empty() && host.size() <= longest && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
  });
}

bool is_path(std::string_view path) noexcept {
  return path.starts_with('/') && std::ranges::all_of(path, [](char c) {
           return c > ' ' && c < 0x7f && c != '?' && c != '#' && c != '"' && c != '\\' && c != '@';
         });
}

Result<std::string> numeric_of(const addrinfo& info) {
  std::array<char, NI_MAXHOST> text{};
  if (getnameinfo(info.ai_addr, info.ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) {
    return fail(Errc::unavailable, "an address that is none");
  }
  return std::string{text.data()};
}

}  // namespace

Result<WebAddress> parse_web_address(std::string_view url) {
  const auto refused = [] {
    return fail(Errc::invalid_argument, "https://HOST/PATH is needed, or http://localhost:PORT/PATH at a desk");
  };
  WebAddress address;
  address.tls = url.starts_with("https://");
  if (url.size() > longest_url || (!address.tls && !url.starts_with("http://"))) return refused();
  auto rest = url.substr(address.tls ? 8 : 7);
  const auto slash = rest.find('/');
  address.path = slash == std::string_view::npos ? "/" : std::string{rest.substr(slash)};
  rest = rest.substr(0, slash);
  address.authority = rest;
  const auto usual = address.tls ? https_port : http_port;
  address.port = usual;
  const bool has_brackets = rest.starts_with('[');
  const auto host_end = has_brackets ? rest.find(']') : rest.find(':');
  if (has_brackets && host_end == std::string_view::npos) return refused();
  address.host = has_brackets ? rest.substr(1, host_end - 1) : rest.substr(0, host_end);
  const auto behind =
      host_end == std::string_view::npos ? std::string_view{} : rest.substr(host_end + (has_brackets ? 1 : 0));
  if (!behind.empty()) {
    const auto digits = behind.substr(1);
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
    if (!behind.starts_with(':') || error != std::errc{} || stop != digits.data() + digits.size() ||
        address.port == 0 || address.port == usual || digits.starts_with('0')) {
      return refused();
    }
  }
  if (!is_host(address.host) || !is_path(address.path)) return refused();
  if (!has_brackets && address.host.find(':') != std::string::npos) return refused();
  if (!address.tls && !is_here(address.host)) return refused();
  return address;
}

bool is_private_address(std::string_view numeric) {
  ByteArray<16> address{};
  if (!read_address(numeric, address)) return true;
  const auto holds = [&](const Network& network) { return is_in(address, network); };
  return std::ranges::any_of(special, holds) || std::ranges::any_of(special_v6, holds);
}

Result<std::string> resolve_for_call(const WebAddress& address, bool allows_private) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  if (getaddrinfo(address.host.c_str(), nullptr, &hints, &first) != 0 || first == nullptr) {
    return fail(Errc::unavailable, "the name of the host is not known");
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list{first, &freeaddrinfo};
  const bool stays_here = !address.tls;  // parse_web_address took a name of this machine alone
  for (const auto* each = list.get(); each != nullptr; each = each->ai_next) {
    TRY(numeric, numeric_of(*each));
    if (!stays_here && !allows_private && is_private_address(numeric)) {
      return fail(Errc::denied, "the name of the host leads into a private network");
    }
    if (stays_here && !is_here(numeric)) return fail(Errc::denied, "localhost is not this machine");
  }
  return numeric_of(*list);
}

}  // namespace lindung::http
