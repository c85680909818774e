// Transports over Asio sockets. For the files of this folder that hold Asio; all others see transport.h.
#pragma once

#include <openssl/types.h>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "http/connection.h"
#include "http/transport.h"

namespace lindung::http {

// One type for TCP and Unix sockets, with a concrete executor: any_io_executor costs a virtual call an operation.
using Socket =
    boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, boost::asio::io_context::executor_type>;

// The connection owns the transport.
[[nodiscard]] std::unique_ptr<Transport> plain_transport(Socket socket, Connection& connection);
// Null when OpenSSL has no memory.
[[nodiscard]] std::unique_ptr<Transport> tls_transport(Socket socket, SSL_CTX* context, Connection& connection);

}  // namespace lindung::http
