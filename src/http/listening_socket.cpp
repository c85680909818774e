#include "http/listening_socket.h"

#include <arpa/inet.h>
#include <asm-generic/socket.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "http/unix_address.h"

namespace lindung::http {

namespace {

constexpr int backlog = 4096;  // the kernel lowers it to net.core.somaxconn

struct TcpAddress {
  sockaddr_storage storage{};
  socklen_t size{};

  [[nodiscard]] sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }  // NOLINT: the sockets API
  [[nodiscard]] std::uint16_t& port() noexcept {
    return storage.ss_family == AF_INET ? reinterpret_cast<sockaddr_in*>(&storage)->sin_port     // NOLINT
                                        : reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port;  // NOLINT
  }
};

Result<TcpAddress> parse(const std::string& address, std::uint16_t port) {
  TcpAddress out;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    *reinterpret_cast<sockaddr_in*>(&out.storage) = v4;  // NOLINT: the sockets API
    out.size = sizeof(v4);
  } else if (::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    *reinterpret_cast<sockaddr_in6*>(&out.storage) = v6;  // NOLINT: the sockets API
    out.size = sizeof(v6);
  } else {
    return fail(Errc::invalid_argument, "listen address " + address + ": not an IP address");
  }
  out.port() = htons(port);
  return out;
}

Result<FileDescriptor> bound(TcpAddress& address, bool shared, const std::string& name) {
  FileDescriptor socket{::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!socket) return fail(Errc::io, system_error("socket"));
  const int on = 1;
  bool set = ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0;
  if (shared) set = set && ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) == 0;
  if (address.storage.ss_family == AF_INET6) {
    set = set && ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == 0;
  }
  if (!set) return fail(Errc::io, system_error("socket options"));
  if (::bind(socket.get(), address.get(), address.size) != 0)
    return fail(Errc::io, system_error("listening on " + name));
  return socket;
}

// Whether somebody answers at this path; a file that refuses the connection is left over from a dead process.
Result<void> remove_stale(const std::string& path, const UnixAddress& address) {
  struct stat found{};
  if (::lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return ok();
    return fail(Errc::io, system_error("listening on " + path));
  }
  if (!S_ISSOCK(found.st_mode))
    return fail(Errc::io, "listening on " + path + ": a file that is no socket stands there");
  const FileDescriptor probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!probe) return fail(Errc::io, system_error("socket"));
  if (::connect(probe.get(), address.get(), address.size()) == 0 || errno != ECONNREFUSED) {
    return fail(Errc::io, "listening on " + path + ": another process listens there");
  }
  if (::unlink(path.c_str()) != 0) return fail(Errc::io, system_error("removing the stale " + path));
  return ok();
}

}  // namespace

Result<ListeningSockets> listen_tcp(const std::string& address, std::uint16_t port, unsigned count) {
  TRY(where, parse(address, port));
  const auto name = address + " port " + std::to_string(port);
  if (port != 0) {
    TRY(probe, bound(where, false, name));  // without SO_REUSEPORT: only to learn that nobody has the port
    probe.close();
  }
  ListeningSockets out;
  for (unsigned i = 0; i < count; ++i) {
    TRY(socket, bound(where, true, name));
    if (i == 0 && ::getsockname(socket.get(), where.get(), &where.size) != 0) {
      return fail(Errc::io, system_error("listening on " + name));
    }
    if (::listen(socket.get(), backlog) != 0) return fail(Errc::io, system_error("listening on " + name));
    out.sockets.push_back(std::move(socket));
  }
  out.port = ntohs(where.port());
  return out;
}

Result<ListeningSockets> listen_unix(const std::string& path) {
  TRY(address, UnixAddress::of(path));
  TRYV(remove_stale(path, address));
  FileDescriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!socket) return fail(Errc::io, system_error("socket"));
  // On Linux bind() gives the file the mode of the socket, so nobody else can connect at any moment.
  if (::fchmod(socket.get(), S_IRUSR | S_IWUSR) != 0) return fail(Errc::io, system_error("mode of " + path));
  if (::bind(socket.get(), address.get(), address.size()) != 0)
    return fail(Errc::io, system_error("listening on " + path));
  if (::listen(socket.get(), backlog) != 0) return fail(Errc::io, system_error("listening on " + path));
  ListeningSockets out;
  out.sockets.push_back(std::move(socket));
  return out;
}

}  // namespace lindung::http
