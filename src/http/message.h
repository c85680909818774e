// One HTTP request and its response as plain values: what handlers see. No Beast type crosses this line.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace lindung::http {

struct Field {
  std::string_view name;   // as sent; compare with same_name()
  std::string_view value;  // without surrounding white space
};

// ASCII case-insensitive (RFC 9110 section 5.1).
[[nodiscard]] bool same_name(std::string_view a, std::string_view b) noexcept;

// Where a body goes as it arrives when its route has one (Route::open_sink), instead of memory.
class BodySink {
 public:
  BodySink() = default;
  BodySink(const BodySink&) = delete;
  BodySink& operator=(const BodySink&) = delete;
  virtual ~BodySink() = default;
  // On the connection's io thread: it must not wait for anybody. False: it cannot take more, and the request is
  // refused.
  [[nodiscard]] virtual bool take(BytesView piece) noexcept = 0;
};

// Shape: views into the connection's buffer. They and the Request itself stay valid until the Responder was called, and
// when the client or the deadline is faster than the handler, until the Responder is gone.
struct Request {
  std::string_view method;
  std::string_view target;        // as sent: origin-form, absolute-form, with its query
  std::span<const Field> fields;  // in order, repeated ones separately
  BytesView body;
  bool framed_by_content_length{};              // false for Transfer-Encoding: chunked, and for no body at all
  std::string_view client_certificate_subject;  // empty without one
  std::shared_ptr<BodySink> sink{};             // has taken the body; null: it stands in `body`
  // The number of who connected: of a proxy where there is one; empty on a Unix socket. For limits only: never stored.
  std::string_view peer{};

  // The path, and the query behind '?'. Of an absolute-form target ("http://host/path") likewise: it is routed by its
  // path, and an endpoint that allows one spelling only compares `target`.
  [[nodiscard]] std::string_view path() const noexcept;
  [[nodiscard]] std::string_view query() const noexcept;
  // The value of the only field of this name; {false, ""} when it is absent or repeated.
  [[nodiscard]] std::pair<bool, std::string_view> only(std::string_view name) const noexcept;
};

// What must hold at the moment of the write, and what must be told after it. Destroyed when write() has returned, or
// when it is certain that nothing will be written.
class Release {
 public:
  Release() = default;
  Release(const Release&) = delete;
  Release& operator=(const Release&) = delete;
  virtual ~Release() = default;
  // Asked immediately before write(); false: nothing of this response may leave and the fallback is sent instead.
  [[nodiscard]] virtual bool may_leave() noexcept = 0;
};

struct Response {
  unsigned status{200};
  std::string content_type{};
  std::vector<std::pair<std::string, std::string>> fields{};  // further ones; Content-Length and Date are the server's
  std::string body{};
  std::unique_ptr<Release> release{};    // null: no condition
  std::function<Response()> fallback{};  // used when release->may_leave() says no; null: the connection is closed
  bool close{};                          // close the connection behind it
};

// Answers one request, once, from any thread. Dropping it, and every copy of it, unanswered closes the connection.
class Responder {
 public:
  // Where an answer goes: the connection that the request came from.
  class Exit {
   public:
    Exit() = default;
    Exit(const Exit&) = delete;
    Exit& operator=(const Exit&) = delete;
    virtual ~Exit() = default;
    virtual void send(Response&& response) = 0;
  };

  explicit Responder(std::shared_ptr<Exit> exit) noexcept : exit_{std::move(exit)} {}
  // For a caller that is not a connection: a test, or an endpoint that calls another.
  explicit Responder(std::function<void(Response&&)> send);
  void operator()(Response&& response) {
    const auto exit = std::exchange(exit_, nullptr);
    if (exit) exit->send(std::move(response));
  }

 private:
  std::shared_ptr<Exit> exit_;
};

}  // namespace lindung::http
