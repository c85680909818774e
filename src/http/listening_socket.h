// Sockets that listen, as plain file descriptors: one for each thread that accepts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/unix_address.h"

namespace lindung::http {

struct ListeningSockets {
  std::vector<FileDescriptor> sockets;  // not blocking
  std::uint16_t port{};                 // 0 for a Unix socket
};

// `count` sockets on one TCP port: the kernel spreads connections over them (SO_REUSEPORT). A port that somebody
// listens on is refused all the same, although SO_REUSEPORT would share it.
// Errors: invalid_argument (the address is no number), io (in use, not ours).
[[nodiscard]] Result<ListeningSockets> listen_tcp(const std::string& address, std::uint16_t port, unsigned count);

// One socket of mode 0600 from its first moment on. A file that nobody listens on any more is replaced.
// Errors: io (somebody listens there, the path is another kind of file).
[[nodiscard]] Result<ListeningSockets> listen_unix(const std::string& path);

}  // namespace lindung::http
