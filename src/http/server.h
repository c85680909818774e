// The listeners: TCP (plain or TLS 1.3) and Unix sockets, in front of a Router. One io_context a thread, bounded in
// bytes, connections and time. Beast and Asio stay behind this header.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "http/router.h"

namespace lindung::http {

struct TlsFiles {
  std::string certificate_chain{};  // PEM path
  std::string private_key{};        // PEM path
  std::string client_ca{};          // PEM path; empty: no client certificates are asked for
  bool require_client_certificate{};
};

struct ServerOptions {
  std::string address{};  // "127.0.0.1" or "::1"; or "unix:/path/to.sock" (mode 0600)
  std::uint16_t port{};   // 0: the kernel chooses
  std::optional<TlsFiles> tls{};
  bool operator_reaches{};  // only the operator can reach it (Unix sockets always): operator_only routes
  unsigned io_threads{2};
  unsigned worker_threads{4};
  std::size_t max_connections{4096};                 // over it: accepted and closed at once
  std::size_t max_header_bytes{16 * 1024};           // over it: 431 too-large
  std::size_t max_queued_work{1024};                 // requests that wait for a worker; over it: 503 busy
  std::chrono::milliseconds header_timeout{10'000};  // for a whole header block, and for the TLS handshake
  std::chrono::milliseconds body_timeout{10'000};   // plus a second for each 64 KiB that came: the slowest rate allowed
  std::chrono::milliseconds idle_timeout{60'000};   // between two requests
  std::chrono::milliseconds write_timeout{10'000};  // plus a second for each 64 KiB that left
};

// What /metrics shows of a listener. `open` is a level, the others only grow; `timeouts` holds no idle connections.
struct ServerCounters {
  std::uint64_t accepted{}, refused{}, open{}, requests{}, responses_2xx{}, responses_4xx{}, responses_5xx{},
      timeouts{};
};

class Server {
 public:
  // Errors: io (address in use, bad certificate: the detail names which file or address); invalid_argument (an address
  // that is no number, an operator_only route on a listener that others reach).
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(ServerOptions options,
                                                             std::shared_ptr<const Router> router);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  virtual ~Server() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual ServerCounters counters() const = 0;
  // Graceful: stops accepting, lets requests under way finish until `patience` is over, closes the rest, joins.
  // Handlers that run on a worker are waited for. The destructor stops without patience.
  virtual void stop(std::chrono::milliseconds patience) = 0;

 protected:
  Server() = default;
};

}  // namespace lindung::http
