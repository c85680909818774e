// One blocking byte stream of the client, plain or TLS, with a deadline on every step.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "http/client.h"

namespace lindung::http {

class ClientStream {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  // Errors: unavailable, timeout, io; as Client::connect().
  [[nodiscard]] static Result<std::unique_ptr<ClientStream>> open(const Endpoint& endpoint,
                                                                  const std::optional<ClientTls>& tls, Deadline until);
  ClientStream() = default;
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;
  virtual ~ClientStream() = default;

  // Errors: timeout, io.
  [[nodiscard]] virtual Result<void> write(std::string_view bytes, Deadline until) = 0;
  // Shape: 0 at the end of the stream.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<char> into, Deadline until) = 0;
  // Whether the peer has closed, or sent what nobody asked for, while nothing was under way.
  [[nodiscard]] virtual bool is_stale() = 0;
};

}  // namespace lindung::http
