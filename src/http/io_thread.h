// One thread with an event loop of its own, its acceptor and its connections. Asio stays behind this header.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "http/connection.h"
#include "http/message.h"
#include "http/server_context.h"
#include "http/tls.h"
#include "http/unix_address.h"

namespace lindung::http {

class IoThread : public std::enable_shared_from_this<IoThread> {
 public:
  // Shape: tls is null for plain connections, and outlives the thread otherwise.
  IoThread(std::shared_ptr<ServerContext> context, SSL_CTX* tls);
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;
  ~IoThread();

  // Errors: io.
  [[nodiscard]] Result<void> start(FileDescriptor listening);

  // From any thread, in this order; the next may follow at once.
  void wind_down();  // accepts no more, closes what is idle, closes the others behind their response
  void close_all();
  void join();

  // From any thread. Without a response: the request was dropped unanswered.
  void deliver(std::shared_ptr<Connection> connection, std::uint64_t request, std::optional<Response> response);
  void deliver(std::shared_ptr<Connection> connection, std::uint64_t request, Connection::Opened sink);
  [[nodiscard]] bool is_current() const noexcept;

  // On this thread.
  [[nodiscard]] bool winding_down() const noexcept;
  [[nodiscard]] std::string_view date();
  void enrol(Connection& connection);
  void strike(Connection& connection);

  [[nodiscard]] ServerContext& context() noexcept { return *context_; }
  [[nodiscard]] ThreadCounters& counters() noexcept { return counters_; }

 private:
  struct Loop;
  std::shared_ptr<ServerContext> context_;
  ThreadCounters counters_;
  std::unique_ptr<Loop> loop_;
};

}  // namespace lindung::http
