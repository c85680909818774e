#include "http/support.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "http/message.h"
#include "http/router.h"
#include "http/server.h"
#include "http/unix_address.h"

namespace lindung::http::test {

namespace {

unsigned status_of(Errc code) {
  switch (code) {
    case Errc::malformed: return 400;
    case Errc::not_found: return 404;
    case Errc::method: return 405;
    case Errc::timeout: return 408;
    case Errc::too_large: return 413;
    case Errc::headers_too_large: return 431;
    default: return 503;
  }
}

// A test that waits for bytes that never come ends here, and not with the time limit of the whole run.
void limit_patience(int socket) {
  const timeval patience{.tv_sec = 20, .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

}  // namespace

Response problem(const Error& error) {
  Response out{.status = status_of(error.code),
               .content_type = "application/problem+json",
               .fields = {},
               .body = std::string{name_of(error.code)},
               .release = nullptr,
               .fallback = nullptr};
  if (error.number) out.fields.emplace_back("Retry-After", std::to_string(*error.number));
  return out;
}

Response text(std::string body) {
  Response out;
  out.content_type = "text/plain";
  out.body = std::move(body);
  return out;
}

Route route(std::string method, std::string path, Handler handler) {
  return {.method = std::move(method),
          .path = std::move(path),
          .access = Access::anyone,
          .body_limit = 1000,
          .deadline = std::chrono::seconds{20},
          .runs_on = RunsOn::io_thread,
          .handler = std::move(handler)};
}

std::shared_ptr<const Router> table(std::vector<Route> routes) {
  return std::make_shared<const Router>(std::move(routes), problem);
}

std::unique_ptr<Server> serve(std::vector<Route> routes, ServerOptions options) {
  if (options.address.empty()) options.address = "127.0.0.1";
  auto server = Server::start(std::move(options), table(std::move(routes)));
  if (!server) throw std::runtime_error(server.error().text());
  return std::move(server).value();
}

std::string Answer::field(std::string_view name) const {
  const auto mark = "\r\n" + std::string{name} + ": ";
  const auto at = head.find(mark);
  if (at == std::string::npos) return {};
  const auto from = at + mark.size();
  return head.substr(from, head.find("\r\n", from) - from);
}

RawClient::RawClient(std::uint16_t port, int receive_buffer)
    : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  if (receive_buffer > 0) {
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {  // NOLINT: sockets API
    throw std::runtime_error(system_error("connect"));
  }
  limit_patience(socket_.get());
}

RawClient::RawClient(const std::filesystem::path& socket) : socket_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  const auto address = UnixAddress::of(socket.string());
  if (!address || ::connect(socket_.get(), address.value().get(), address.value().size()) != 0) {
    throw std::runtime_error(system_error("connect"));
  }
  limit_patience(socket_.get());
}

void RawClient::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;  // the server has closed: its answer, if any, tells
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool RawClient::more() {
  std::array<char, 65536> piece{};
  const auto count = ::recv(socket_.get(), piece.data(), piece.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) throw std::runtime_error("nothing came for 20 s");
  if (count <= 0) return false;
  waiting_.append(piece.data(), static_cast<std::size_t>(count));
  return true;
}

Answer RawClient::receive(bool to_head) {
  std::size_t head_end = std::string::npos;
  while ((head_end = waiting_.find("\r\n\r\n")) == std::string::npos) {
    if (!more()) return {};
  }
  Answer out;
  out.head = waiting_.substr(0, head_end + 2);
  waiting_.erase(0, head_end + 4);
  out.status = static_cast<unsigned>(std::stoul(out.head.substr(9, 3)));
  const auto length = out.field("Content-Length");
  const auto size = length.empty() || to_head ? 0 : std::stoul(length);
  while (waiting_.size() < size) {
    if (!more()) throw std::runtime_error("the body ended early");
  }
  out.body = waiting_.substr(0, size);
  waiting_.erase(0, size);
  return out;
}

bool RawClient::quiet_for(std::chrono::milliseconds patience) const {
  pollfd entry{.fd = socket_.get(), .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, static_cast<int>(patience.count())) == 0;
}

void RawClient::fill(std::size_t bytes) {
  while (waiting_.size() < bytes && more()) {
  }
}

std::string RawClient::rest() {
  while (more()) {
  }
  return std::exchange(waiting_, {});
}

void RawClient::finish() const { ::shutdown(socket_.get(), SHUT_WR); }

void RawClient::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  socket_.close();
}

Folder::Folder() {
  auto name = (std::filesystem::temp_directory_path() / "lindung-http-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error(system_error("mkdtemp"));
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

bool eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace lindung::http::test
