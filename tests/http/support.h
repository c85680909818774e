// A real server on loopback, and a client that sends any bytes at all: what the HTTP tests are made of.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "http/message.h"
#include "http/router.h"
#include "http/server.h"
#include "http/unix_address.h"

namespace lindung::http::test {

// The body is the name of the error, as on the wire.
[[nodiscard]] Response problem(const Error& error);

[[nodiscard]] Response text(std::string body);

// A route with the values that a test does not care about.
[[nodiscard]] Route route(std::string method, std::string path, Handler handler);

[[nodiscard]] std::shared_ptr<const Router> table(std::vector<Route> routes);

// Listens on 127.0.0.1, on a port of the kernel's choice, unless the options say otherwise.
[[nodiscard]] std::unique_ptr<Server> serve(std::vector<Route> routes, ServerOptions options = {});

struct Answer {
  unsigned status{};  // 0: the connection ended before an answer
  std::string head;   // status line and fields
  std::string body;
  [[nodiscard]] std::string field(std::string_view name) const;
};

class RawClient {
 public:
  // Shape: receive_buffer in bytes, 0 for the kernel's choice.
  explicit RawClient(std::uint16_t port, int receive_buffer = 0);
  explicit RawClient(const std::filesystem::path& socket);
  void send(std::string_view bytes) const;
  // The next answer, framed by its Content-Length (none: no body, as for HEAD when `to_head`).
  [[nodiscard]] Answer receive(bool to_head = false);
  [[nodiscard]] Answer ask(std::string_view bytes) {
    send(bytes);
    return receive();
  }
  // True when nothing came for so long.
  [[nodiscard]] bool quiet_for(std::chrono::milliseconds patience) const;
  // Reads until so many bytes wait for receive().
  void fill(std::size_t bytes);
  // Everything until the server closes.
  [[nodiscard]] std::string rest();
  void finish() const;  // no more bytes will be sent
  void reset();         // closes so that the server sees a broken connection

 private:
  bool more();
  FileDescriptor socket_;
  std::string waiting_;
};

// A folder that goes with the test.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Waits for a condition that another thread makes true; false after 20 s.
[[nodiscard]] bool eventually(const std::function<bool()>& condition);

}  // namespace lindung::http::test
