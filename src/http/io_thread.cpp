#include "http/io_thread.h"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/wait_traits.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "http/asio_transport.h"
#include "http/connection.h"
#include "http/message.h"
#include "http/response_head.h"
#include "http/server.h"
#include "http/server_context.h"
#include "http/unix_address.h"

namespace lindung::http {

namespace {

namespace asio = boost::asio;
using Code = boost::system::error_code;
using Protocol = asio::generic::stream_protocol;
using Executor = asio::io_context::executor_type;
using Acceptor = asio::basic_socket_acceptor<Protocol, Executor>;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>, Executor>;

thread_local const IoThread* current_thread = nullptr;

// How often deadlines are looked at: a deadline fires late by an eighth of the shortest one at most.
milliseconds sweep_interval(const ServerContext& context) {
  const auto& options = context.options;
  auto shortest = std::min({options.header_timeout, options.body_timeout, options.idle_timeout, options.write_timeout});
  for (const auto& route : context.router->routes()) shortest = std::min(shortest, route.deadline);
  return std::clamp(shortest / 8, milliseconds{2}, milliseconds{100});
}

struct Delivery {
  std::shared_ptr<Connection> connection;
  std::uint64_t request;
  std::optional<Response> response{};
  std::optional<Connection::Opened> sink{};
};

}  // namespace

// One post() for all answers that come while the loop is busy: a batch of them costs one wake-up.
struct IoThread::Loop {
  Loop(IoThread& io_thread, SSL_CTX* context)
      : owner{io_thread}, tls{context}, interval{sweep_interval(io_thread.context())} {}

  void accept_next();
  void accepted(Socket socket);
  void sweep_later();
  void sweep();
  void deliver(Delivery&& delivery);
  void take_deliveries();
  void run();

  IoThread& owner;
  SSL_CTX* tls;
  milliseconds interval;
  asio::io_context io{1};
  asio::executor_work_guard<Executor> work{io.get_executor()};
  Acceptor acceptor{io};
  Timer timer{io};
  DateText date;
  std::vector<Connection*> roster;
  bool winding_down{false};
  bool accepting{false};
  bool closing{false};

  std::mutex mutex;  // guards the three below
  std::vector<Delivery> deliveries;
  bool scheduled{false};
  bool ended{false};
  std::vector<Delivery> taken;  // kept for its memory

  std::thread thread;
};

void IoThread::Loop::accept_next() {
  accepting = true;
  acceptor.async_accept([this](const Code& code, Socket socket) {
    accepting = false;
    if (!acceptor.is_open()) return;
    if (!code) accepted(std::move(socket));
    // Out of file descriptors, most likely: the next sweep tries again, instead of spinning here.
    if (!code || code == asio::error::connection_aborted) accept_next();
  });
}

void IoThread::Loop::accepted(Socket socket) {
  auto& context = *owner.context_;
  if (!context.connections.enter()) return count(owner.counters_.refused);
  count(owner.counters_.accepted);
  Code code;
  static_cast<void>(socket.non_blocking(true, code));
  const int on = 1;
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));  // fails on a Unix socket: no matter
  const auto connection = std::make_shared<Connection>(owner.shared_from_this());
  auto transport = tls == nullptr ? plain_transport(std::move(socket), *connection)
                                  : tls_transport(std::move(socket), tls, *connection);
  if (!transport) return context.connections.leave();
  connection->start(std::move(transport));
}

void IoThread::Loop::sweep_later() {
  timer.expires_after(interval);
  timer.async_wait([this](const Code& code) {
    if (code || closing) return;
    sweep();
    if (!accepting && acceptor.is_open()) accept_next();
    sweep_later();
  });
}

void IoThread::Loop::sweep() {
  const auto now = steady_clock::now();
  // From the back: one that closes takes itself out, and the last, already looked at, takes its place.
  for (auto index = roster.size(); index-- > 0;) {
    if (roster[index]->deadline() > now) continue;
    const auto connection = roster[index]->shared_from_this();
    connection->expire();
  }
}

void IoThread::Loop::deliver(Delivery&& delivery) {
  const std::scoped_lock lock{mutex};
  if (ended) return;
  deliveries.push_back(std::move(delivery));
  if (std::exchange(scheduled, true)) return;
  asio::post(io, [this] { take_deliveries(); });
}

void IoThread::Loop::take_deliveries() {
  {
    const std::scoped_lock lock{mutex};
    taken.swap(deliveries);
    scheduled = false;
  }
  for (auto& [connection, request, response, sink] : taken) {
    if (sink) {
      connection->opened(request, *std::move(sink));
    } else if (response) {
      connection->answer(request, *std::move(response));
    } else {
      connection->dropped(request);
    }
  }
  taken.clear();
}

void IoThread::Loop::run() {
  current_thread = &owner;
  io.run();
  std::vector<Delivery> late;
  const std::scoped_lock lock{mutex};
  ended = true;
  late.swap(deliveries);
}

IoThread::IoThread(std::shared_ptr<ServerContext> context, SSL_CTX* tls)
    : context_{std::move(context)}, loop_{std::make_unique<Loop>(*this, tls)} {}

IoThread::~IoThread() = default;

Result<void> IoThread::start(FileDescriptor listening) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getsockname(listening.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {  // NOLINT: the sockets API
    return fail(Errc::io, system_error("getsockname"));
  }
  Code code;
  static_cast<void>(loop_->acceptor.assign(Protocol{address.ss_family, 0}, listening.get(), code));
  if (code) return fail(Errc::io, "listening: " + code.message());
  listening.release();
  loop_->accept_next();
  loop_->sweep_later();
  loop_->thread = std::thread{[this] { loop_->run(); }};
  return ok();
}

void IoThread::wind_down() {
  asio::post(loop_->io, [this] {
    loop_->winding_down = true;
    Code code;
    static_cast<void>(loop_->acceptor.close(code));
    for (auto index = loop_->roster.size(); index-- > 0;) {
      const auto connection = loop_->roster[index]->shared_from_this();
      connection->wind_down();
    }
  });
}

void IoThread::close_all() {
  asio::post(loop_->io, [this] {
    while (!loop_->roster.empty()) {
      const auto connection = loop_->roster.back()->shared_from_this();
      connection->close();
    }
    loop_->closing = true;
    loop_->timer.cancel();
    loop_->work.reset();
  });
}

void IoThread::join() {
  if (loop_->thread.joinable()) loop_->thread.join();
}

void IoThread::deliver(std::shared_ptr<Connection> connection, std::uint64_t request,
                       std::optional<Response> response) {
  loop_->deliver({.connection = std::move(connection), .request = request, .response = std::move(response)});
}

void IoThread::deliver(std::shared_ptr<Connection> connection, std::uint64_t request, Connection::Opened sink) {
  loop_->deliver({.connection = std::move(connection), .request = request, .sink = std::move(sink)});
}

bool IoThread::is_current() const noexcept { return current_thread == this; }
bool IoThread::winding_down() const noexcept { return loop_->winding_down; }
std::string_view IoThread::date() { return loop_->date.now(); }

void IoThread::enrol(Connection& connection) {
  connection.roster_index = loop_->roster.size();
  loop_->roster.push_back(&connection);
}

void IoThread::strike(Connection& connection) {
  auto& roster = loop_->roster;
  roster.back()->roster_index = connection.roster_index;
  roster[connection.roster_index] = roster.back();
  roster.pop_back();
  context_->connections.leave();
}

}  // namespace lindung::http
