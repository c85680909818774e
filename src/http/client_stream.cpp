#include "http/client_stream.h"

#include <arpa/inet.h>
#include <asm-generic/socket.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>
#include <openssl/x509_vfy.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "http/client.h"
#include "http/tls.h"
#include "http/unix_address.h"

namespace lindung::http {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Deadline = ClientStream::Deadline;

// Errors: timeout, io.
Result<void> wait_for(int socket, short events, Deadline until) {
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now()).count();
    if (left <= 0) return fail(Errc::timeout, "no answer in time");
    pollfd entry{.fd = socket, .events = events, .revents = 0};
    const auto patience = std::min<decltype(left)>(left, std::numeric_limits<int>::max());
    const int ready = ::poll(&entry, 1, static_cast<int>(patience));
    if (ready > 0) return ok();
    if (ready < 0 && errno != EINTR) return fail(Errc::io, system_error("poll"));
  }
}

bool would_block() noexcept { return errno == EAGAIN || errno == EINTR; }

class PlainStream final : public ClientStream {
 public:
  explicit PlainStream(FileDescriptor socket) : socket_{std::move(socket)} {}

  Result<void> write(std::string_view bytes, Deadline until) override {
    while (!bytes.empty()) {
      const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(count));
        continue;
      }
      if (!would_block()) return fail(Errc::io, system_error("send"));
      TRYV(wait_for(socket_.get(), POLLOUT, until));
    }
    return ok();
  }

  Result<std::size_t> read(std::span<char> into, Deadline until) override {
    while (true) {
      const auto count = ::recv(socket_.get(), into.data(), into.size(), 0);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (!would_block()) return fail(Errc::io, system_error("recv"));
      TRYV(wait_for(socket_.get(), POLLIN, until));
    }
  }

  bool is_stale() override {
    char byte{};
    return ::recv(socket_.get(), &byte, 1, MSG_PEEK) >= 0 || !would_block();
  }

 private:
  FileDescriptor socket_;
};

struct SslFree {
  void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
};

// OpenSSL works on two memory BIOs; the bytes between them and the socket are moved here, so that a closed socket gives
// an error and no SIGPIPE.
class TlsStream final : public ClientStream {
 public:
  static Result<std::unique_ptr<ClientStream>> handshake(FileDescriptor socket, const ClientTls& files,
                                                         const std::string& host, Deadline until) {
    TRY(context, tls_for_client(files));
    std::unique_ptr<SSL, SslFree> ssl{SSL_new(context.get())};
    BIO* const in = BIO_new(BIO_s_mem());
    BIO* const out = BIO_new(BIO_s_mem());
    if (!ssl || in == nullptr || out == nullptr) return fail(Errc::io, "TLS: no memory");
    SSL_set_bio(ssl.get(), in, out);
    const auto& name = files.server_name.empty() ? host : files.server_name;
    std::array<unsigned char, sizeof(in6_addr)> number{};
    const bool is_address = ::inet_pton(AF_INET, name.c_str(), number.data()) == 1 ||
                            ::inet_pton(AF_INET6, name.c_str(), number.data()) == 1;
    const bool named = is_address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), name.c_str()) == 1
                                  : SSL_set1_host(ssl.get(), name.c_str()) == 1 &&
                                        SSL_set_tlsext_host_name(ssl.get(), name.c_str()) == 1;
    if (!named) return fail(Errc::invalid_argument, "TLS server name");
    SSL_set_connect_state(ssl.get());
    std::unique_ptr<TlsStream> stream{new TlsStream{std::move(socket), std::move(ssl)}};
    const auto done = stream->until_done([&] { return SSL_do_handshake(stream->ssl_.get()); }, until);
    if (!done) {
      auto error = done.error();
      if (error.code == Errc::io) error.code = Errc::unavailable;
      return fail("TLS handshake", std::move(error));
    }
    return std::unique_ptr<ClientStream>{std::move(stream)};
  }

  Result<void> write(std::string_view bytes, Deadline until) override {
    while (!bytes.empty()) {
      std::size_t count = 0;
      TRYV(until_done([&] { return SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count); }, until));
      bytes.remove_prefix(count);
    }
    return ok();
  }

  Result<std::size_t> read(std::span<char> into, Deadline until) override {
    std::size_t count = 0;
    TRY(more, until_done([&] { return SSL_read_ex(ssl_.get(), into.data(), into.size(), &count); }, until));
    return more ? count : 0;
  }

  bool is_stale() override { return socket_.is_stale(); }

 private:
  TlsStream(FileDescriptor socket, std::unique_ptr<SSL, SslFree> ssl)
      : socket_{std::move(socket)}, ssl_{std::move(ssl)} {}

  // Repeats the step with bytes from and to the socket until it succeeds; false when the peer has said goodbye.
  template <class Step>
  Result<bool> until_done(Step step, Deadline until) {
    while (true) {
      ERR_clear_error();
      const int result = step();
      const int reason = result > 0 ? SSL_ERROR_NONE : SSL_get_error(ssl_.get(), result);
      auto description = reason == SSL_ERROR_SSL ? tls_error() : std::string{};
      TRYV(flush(until));
      if (reason == SSL_ERROR_NONE) return true;
      if (reason == SSL_ERROR_ZERO_RETURN) return false;
      if (reason != SSL_ERROR_WANT_READ) return fail(Errc::io, "TLS: " + description);
      std::array<char, std::size_t{16} * 1024> bytes;  // NOLINT(*-member-init): read() writes what is used
      TRY(count, socket_.read(bytes, until));
      if (count == 0) return fail(Errc::io, "TLS: the connection ended without a goodbye");
      if (BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(count)) <= 0) {
        return fail(Errc::io, "TLS: no memory");
      }
    }
  }

  Result<void> flush(Deadline until) {
    std::array<char, std::size_t{16} * 1024> bytes;  // NOLINT(*-member-init): BIO_read() writes what is used
    while (true) {
      const int count = BIO_read(SSL_get_wbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
      if (count <= 0) return ok();
      TRYV(socket_.write({bytes.data(), static_cast<std::size_t>(count)}, until));
    }
  }

  PlainStream socket_;
  std::unique_ptr<SSL, SslFree> ssl_;
};

// Errors: unavailable, timeout.
Result<FileDescriptor> connected(int family, const sockaddr* address, socklen_t size, const std::string& name,
                                 Deadline until) {
  FileDescriptor socket{::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!socket) return fail(Errc::io, system_error("socket"));
  if (::connect(socket.get(), address, size) != 0) {
    if (errno != EINPROGRESS) return fail(Errc::unavailable, system_error("connecting to " + name));
    TRYV(wait_for(socket.get(), POLLOUT, until));
    int failure = 0;
    socklen_t length = sizeof(failure);
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &failure, &length);
    errno = failure;
    if (failure != 0) return fail(Errc::unavailable, system_error("connecting to " + name));
  }
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));  // fails on a Unix socket: no matter
  return socket;
}

struct AddressesFree {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

Result<FileDescriptor> connect_tcp(const Endpoint& endpoint, Deadline until) {
  const auto name = endpoint.host + " port " + std::to_string(endpoint.port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int result = ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
  if (result != 0) return fail(Errc::unavailable, "looking up " + endpoint.host + ": " + ::gai_strerror(result));
  const std::unique_ptr<addrinfo, AddressesFree> addresses{found};
  Error last{.code = Errc::unavailable, .detail = "no address of " + name, .number = {}};
  for (const auto* each = found; each != nullptr; each = each->ai_next) {
    auto socket = connected(each->ai_family, each->ai_addr, each->ai_addrlen, name, until);
    if (socket) return socket;
    last = std::move(socket).error();
  }
  return fail(last.code, last.detail);
}

Result<FileDescriptor> connect_unix(const std::string& path, Deadline until) {
  auto address = UnixAddress::of(path);
  if (!address) return fail(Errc::unavailable, "connecting to " + path + ": " + address.error().detail);
  return connected(AF_UNIX, address.value().get(), address.value().size(), path, until);
}

}  // namespace

Result<std::unique_ptr<ClientStream>> ClientStream::open(const Endpoint& endpoint, const std::optional<ClientTls>& tls,
                                                         Deadline until) {
  const auto path = unix_path(endpoint.host);
  TRY(socket, path ? connect_unix(*path, until) : connect_tcp(endpoint, until));
  if (tls) return TlsStream::handshake(std::move(socket), *tls, endpoint.host, until);
  return std::unique_ptr<ClientStream>{std::make_unique<PlainStream>(std::move(socket))};
}

}  // namespace lindung::http
