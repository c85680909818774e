// The bytes of one connection become requests here, under limits and without sockets: the server reads into room(),
// and the fuzz target does the same. The parser is Beast's; nothing of it shows.
//
// Invariants
//  R1  The views of a complete Request point into memory that does not move before next().
//  R2  A request that another server could read differently (obs-fold, two lengths, a length beside a chunked coding, a
//      coding other than chunked) is refused, never repaired.
//  R3  Memory is bounded by max_header_bytes + 4 KiB + the body limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/error.h"
#include "http/message.h"

namespace lindung::http {

class RequestReader {
 public:
  enum class Step : std::uint8_t {
    need_bytes,  // read more into room()
    head,        // once a request: its head stands, its body may be still to come; limit_body() now
    complete,    // request() stands; next() before anything else
    refused,     // refusal() says why; the connection can only be closed
  };

  explicit RequestReader(std::size_t max_header_bytes);
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;
  ~RequestReader();

  // Shape: never empty after need_bytes.
  [[nodiscard]] std::span<char> room() noexcept;
  void arrived(std::size_t count) noexcept;
  // Errors (through refusal()): malformed, headers_too_large, too_large.
  [[nodiscard]] Step advance();
  // No bytes will come any more; after need_bytes. True when a request had begun: then refusal() is malformed.
  [[nodiscard]] bool ended_early();
  [[nodiscard]] const Error& refusal() const noexcept;

  // Valid from head on; the body, and framed_by_content_length of a chunked one, from complete on.
  [[nodiscard]] Request& request() noexcept;
  [[nodiscard]] bool keep_alive() const noexcept;
  [[nodiscard]] bool is_http_1_0() const noexcept;
  // Whether body bytes are still to come, and whether the client waits for a word before it sends them.
  [[nodiscard]] bool body_pending() const noexcept;
  [[nodiscard]] bool waits_for_continue() const noexcept;
  // Without a call no body is taken at all. A Content-Length over it is refused before the body is read: then this is
  // false.
  bool limit_body(std::size_t bytes);
  // From now on the body goes there, and request().body stays empty. Errors (through refusal()): unavailable when it
  // takes no more.
  void divert_body(std::shared_ptr<BodySink> sink);
  [[nodiscard]] std::uint64_t body_bytes_so_far() const noexcept;

  // Whether bytes of a request that is not complete, or of the one behind it, have arrived.
  [[nodiscard]] bool started() const noexcept;
  // Forgets the request and keeps what was sent behind it.
  void next();

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace lindung::http
