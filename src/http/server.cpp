#include "http/server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "http/io_thread.h"
#include "http/listening_socket.h"
#include "http/router.h"
#include "http/server_context.h"
#include "http/tls.h"
#include "http/unix_address.h"

namespace lindung::http {

namespace {

// The file of a Unix socket, taken away again unless another process has put its own there meanwhile.
class SocketFile {
 public:
  explicit SocketFile(std::string path) : path_{std::move(path)} {
    if (!path_.empty() && ::lstat(path_.c_str(), &made_) != 0) path_.clear();
  }
  void remove() {
    struct stat now{};
    if (!path_.empty() && ::lstat(path_.c_str(), &now) == 0 && now.st_ino == made_.st_ino &&
        now.st_dev == made_.st_dev) {
      ::unlink(path_.c_str());
    }
    path_.clear();
  }

 private:
  std::string path_;
  struct stat made_{};
};

class ListeningServer final : public Server {
 public:
  ListeningServer(std::shared_ptr<ServerContext> context, TlsContext tls, std::uint16_t port, std::string socket_path)
      : context_{std::move(context)}, tls_{std::move(tls)}, port_{port}, file_{std::move(socket_path)} {}
  ListeningServer(const ListeningServer&) = delete;
  ListeningServer& operator=(const ListeningServer&) = delete;
  ~ListeningServer() override { stop_all(std::chrono::milliseconds{0}); }

  Result<void> run_on(std::vector<FileDescriptor> sockets) {
    for (auto& socket : sockets) {
      threads_.push_back(std::make_shared<IoThread>(context_, tls_.get()));
      TRYV(threads_.back()->start(std::move(socket)));
    }
    return ok();
  }

  std::uint16_t port() const override { return port_; }

  ServerCounters counters() const override {
    ServerCounters sum{};
    sum.open = context_->connections.open();
    for (const auto& thread : threads_) {
      const auto& part = thread->counters();
      sum.accepted += part.accepted.load(std::memory_order_relaxed);
      sum.refused += part.refused.load(std::memory_order_relaxed);
      sum.requests += part.requests.load(std::memory_order_relaxed);
      sum.responses_2xx += part.responses_2xx.load(std::memory_order_relaxed);
      sum.responses_4xx += part.responses_4xx.load(std::memory_order_relaxed);
      sum.responses_5xx += part.responses_5xx.load(std::memory_order_relaxed);
      sum.timeouts += part.timeouts.load(std::memory_order_relaxed);
    }
    return sum;
  }

  void stop(std::chrono::milliseconds patience) override { stop_all(patience); }

 private:
  void stop_all(std::chrono::milliseconds patience) {
    if (std::exchange(stopped_, true)) return;
    file_.remove();
    for (const auto& thread : threads_) thread->wind_down();
    context_->connections.wait_for_none(patience);
    for (const auto& thread : threads_) thread->close_all();
    context_->workers.stop();
    for (const auto& thread : threads_) thread->join();
  }

  std::shared_ptr<ServerContext> context_;
  TlsContext tls_;
  std::uint16_t port_;
  SocketFile file_;
  std::vector<std::shared_ptr<IoThread>> threads_;
  bool stopped_{false};
};

Result<void> check(const ServerOptions& options, const Router& router) {
  if (options.operator_reaches || unix_path(options.address)) return ok();
  for (const auto& route : router.routes()) {
    if (route.access != Access::operator_only) continue;
    return fail(Errc::invalid_argument, route.path + " is for the operator only, and others reach " + options.address);
  }
  return ok();
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, std::shared_ptr<const Router> router) {
  TRYV(check(options, *router));
  TlsContext tls;
  if (options.tls) {
    TRY(made, tls_for_server(*options.tls));
    tls = std::move(made);
  }
  const auto path = unix_path(options.address);
  TRY(listening,
      path ? listen_unix(*path) : listen_tcp(options.address, options.port, std::max(options.io_threads, 1U)));
  auto server =
      std::make_unique<ListeningServer>(std::make_shared<ServerContext>(std::move(options), std::move(router)),
                                        std::move(tls), listening.port, path.value_or(""));
  TRYV(server->run_on(std::move(listening.sockets)));
  return server;
}

}  // namespace lindung::http
