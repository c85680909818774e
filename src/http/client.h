// A small blocking HTTP/1.1 client: the operator's commands speak to the server with it over a Unix socket, and
// `partner ask` over TCP. One connection, kept alive, one call at a time; not for use by two threads at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace lindung::http {

// host: a name or an address ("127.0.0.1", "::1"), or "unix:/path/to.sock" (any length of path); then port is not used.
struct Endpoint {
  std::string host{};
  std::uint16_t port{};
};

// "http://127.0.0.1:8080", "https://[::1]:8443/", "unix:/path/to.sock".
struct ParsedUrl {
  Endpoint endpoint{};
  std::string authority{};  // as a Host field says it: "127.0.0.1:8080", without the port that the scheme implies
  bool tls{};
};
// Errors: invalid_argument for another scheme, user information, a path other than "/", a query, or a port out of
// range.
[[nodiscard]] Result<ParsedUrl> parse_url(std::string_view url);

// TLS 1.3 only; the server's certificate must be valid for server_name.
struct ClientTls {
  std::string ca_file{};            // PEM path; empty: the machine's own trust store
  std::string server_name{};        // empty: Endpoint::host
  std::string certificate_chain{};  // PEM path of a client certificate; empty: none
  std::string private_key{};        // PEM path
};

struct ClientOptions {
  std::optional<ClientTls> tls{};
  std::chrono::milliseconds connect_timeout{5'000};  // TLS handshake included
  std::chrono::milliseconds call_timeout{30'000};    // from the first byte sent to the last byte received
  std::size_t max_response_bytes{64 * 1024 * 1024};  // of the body
  std::size_t max_header_bytes{64 * 1024};
};

struct ClientRequest {
  std::string method{"GET"};
  std::string target{"/"};
  // Sent exactly as they stand, in this order. Host is put in front, and Content-Length behind, unless a field of that
  // name (or Transfer-Encoding, for the latter) stands here.
  std::vector<std::pair<std::string, std::string>> fields{};
  std::string body{};
};

struct ClientResponse {
  unsigned status{};
  std::vector<std::pair<std::string, std::string>> fields{};
  std::string body{};
  // The first field of this name, or nothing. Shape: a view into this response.
  [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const noexcept;
};

class Client {
 public:
  // Errors: unavailable (nobody listens there, unknown host, TLS refused), timeout, io (a bad certificate file).
  [[nodiscard]] static Result<Client> connect(Endpoint endpoint, ClientOptions options = {});
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  // Connects again first when the server has closed the connection since the last call.
  // Errors: unavailable (nothing was sent), outcome_unknown (the connection broke after bytes were sent), timeout,
  // malformed (the answer is not HTTP/1.1), too_large (the answer is over the limit). After an error the connection is
  // closed, and the next call makes a new one.
  [[nodiscard]] Result<ClientResponse> send(const ClientRequest& request);

 private:
  class Connection;
  explicit Client(std::unique_ptr<Connection> connection) noexcept;
  std::unique_ptr<Connection> connection_;
};

}  // namespace lindung::http
