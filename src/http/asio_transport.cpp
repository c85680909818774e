#include "http/asio_transport.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/connection.h"
#include "http/tls.h"
#include "http/transport.h"

namespace lindung::http {

namespace {

namespace asio = boost::asio;
using Code = boost::system::error_code;

constexpr std::size_t scratch_bytes = std::size_t{16} * 1024;
constexpr std::size_t one_record = std::size_t{16} * 1024;  // RFC 8446 section 5.1
constexpr std::size_t most_thrown_away = std::size_t{64} * 1024 * 1024;

std::array<asio::const_buffer, 2> pieces(std::string_view head, std::string_view body) {
  return {asio::buffer(head.data(), head.size()), asio::buffer(body.data(), body.size())};
}

Connection::Arrival arrival(const Code& code) {
  if (!code) return Connection::Arrival::bytes;
  return code == asio::error::eof ? Connection::Arrival::end : Connection::Arrival::broken;
}

// Reads until the client has closed, and tells the connection then. The connection's deadline bounds the time.
void throw_away(Socket& socket, std::vector<char>& scratch, std::size_t thrown,
                std::shared_ptr<Connection> connection) {
  scratch.resize(scratch_bytes);
  auto* const raw = connection.get();
  socket.async_read_some(asio::buffer(scratch), [&socket, &scratch, thrown, raw, self = std::move(connection)](
                                                    const Code& code, std::size_t count) mutable {
    if (code || thrown + count > most_thrown_away) return raw->left();
    throw_away(socket, scratch, thrown + count, std::move(self));
  });
}

// Writes on until both texts are out. Not asio::async_write(): the connection's deadline has to see the progress.
template <class Stream>
void write_on(Stream& stream, std::string_view head, std::string_view body, std::shared_ptr<Connection> connection) {
  auto* const raw = connection.get();
  stream.async_write_some(pieces(head, body), [&stream, head, body, raw, self = std::move(connection)](
                                                  const Code& code, std::size_t count) mutable {
    if (code) return raw->written(false);
    const auto of_head = std::min(count, head.size());
    head.remove_prefix(of_head);
    body.remove_prefix(count - of_head);
    if (head.empty() && body.empty()) return raw->written(true);
    raw->progressed(count);
    write_on(stream, head, body, std::move(self));
  });
}

// The address of who connected, as a number.
std::string number_of_peer(const Socket& socket) {
  Code code;
  const auto endpoint = socket.remote_endpoint(code);
  if (code) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* address = nullptr;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  const auto family = endpoint.data()->sa_family;
  if (family == AF_INET && endpoint.size() >= sizeof v4) {
    std::memcpy(&v4, endpoint.data(), sizeof v4);
    address = &v4.sin_addr;
  } else if (family == AF_INET6 && endpoint.size() >= sizeof v6) {
    std::memcpy(&v6, endpoint.data(), sizeof v6);
    address = &v6.sin6_addr;
  }
  if (address == nullptr || ::inet_ntop(family, address, text.data(), text.size()) == nullptr) return {};
  return text.data();
}

class PlainTransport final : public Transport {
 public:
  PlainTransport(Socket socket, Connection& connection) : socket_{std::move(socket)}, connection_{connection} {}

  void greet() override { connection_.greeted(true, {}); }
  [[nodiscard]] std::string peer() const override { return number_of_peer(socket_); }

  void read(std::span<char> into) override {
    socket_.async_read_some(asio::buffer(into.data(), into.size()),
                            [self = connection_.shared_from_this()](const Code& code, std::size_t count) {
                              self->received(count, arrival(code));
                            });
  }

  // Most responses fit into the socket's buffer: they leave at once, without a turn through the event loop.
  Written write(std::string_view head, std::string_view body) override {
    Code code;
    const auto count = socket_.write_some(pieces(head, body), code);
    if (code && code != asio::error::would_block) return Written::no;
    if (count == head.size() + body.size()) return Written::yes;
    const auto of_head = std::min(count, head.size());
    head.remove_prefix(of_head);
    body.remove_prefix(count - of_head);
    write_on(socket_, head, body, connection_.shared_from_this());
    return Written::later;
  }

  void leave(bool linger) override {
    Code code;
    linger = linger || socket_.available(code) > 0;
    socket_.shutdown(asio::socket_base::shutdown_send, code);
    if (!linger) return connection_.left();
    throw_away(socket_, scratch_, 0, connection_.shared_from_this());
  }

  void close() noexcept override {
    Code code;
    socket_.close(code);
  }

 private:
  Socket socket_;
  Connection& connection_;
  std::vector<char> scratch_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(Socket socket, SSL* handle, Connection& connection)
      : stream_{std::move(socket), handle}, connection_{connection} {}
  [[nodiscard]] std::string peer() const override { return number_of_peer(stream_.next_layer()); }

  void greet() override {
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [this, self = connection_.shared_from_this()](const Code& code) {
                              connection_.greeted(!code, code ? std::string{} : peer_subject(stream_.native_handle()));
                            });
  }

  void read(std::span<char> into) override {
    reading_ = true;
    stream_.async_read_some(asio::buffer(into.data(), into.size()),
                            [this, self = connection_.shared_from_this()](const Code& code, std::size_t count) {
                              reading_ = false;
                              self->received(count, arrival(code));
                            });
  }

  Written write(std::string_view head, std::string_view body) override {
    if (head.size() + body.size() <= one_record) {  // instead of two
      joined_.assign(head).append(body);
      head = joined_;
      body = {};
    }
    write_on(stream_, head, body, connection_.shared_from_this());
    return Written::later;
  }

  void leave(bool /*linger*/) override {
    if (reading_) return connection_.left();  // a client too slow for its request: it is not waited for again
    stream_.async_shutdown([this, self = connection_.shared_from_this()](const Code& /*code*/) {
      Code ignored;
      stream_.next_layer().shutdown(asio::socket_base::shutdown_send, ignored);
      throw_away(stream_.next_layer(), scratch_, 0, self);
    });
  }

  void close() noexcept override {
    Code code;
    stream_.next_layer().close(code);
  }

 private:
  asio::ssl::stream<Socket> stream_;
  Connection& connection_;
  std::string joined_;
  std::vector<char> scratch_;
  bool reading_{false};
};

}  // namespace

std::unique_ptr<Transport> plain_transport(Socket socket, Connection& connection) {
  return std::make_unique<PlainTransport>(std::move(socket), connection);
}

std::unique_ptr<Transport> tls_transport(Socket socket, SSL_CTX* context, Connection& connection) {
  auto* const handle = SSL_new(context);
  if (handle == nullptr) return nullptr;
  return std::make_unique<TlsTransport>(std::move(socket), handle, connection);
}

}  // namespace lindung::http
