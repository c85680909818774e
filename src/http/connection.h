// One connection: a state machine over a Transport. Every member runs on the connection's io thread; answers from
// other threads come in through IoThread::deliver().
//
// Invariants
//  C1  At most one request is under way, and no byte is read while it is: pipelined requests wait in the reader.
//  C2  A connection whose request was answered by the server itself (deadline, fault) is never read again: a handler
//  may
//      still be looking at the request.
//  C3  may_leave() is asked directly before the first byte is given to the transport, and response_.release is
//  destroyed
//      directly after the transport took the last one, or when it is certain that it will not.
//  C4  While open, the connection stands in the roster of its io thread and is counted; close() takes it out, once.
//
//  phase     | waits for                  | left by
//  greeting  | the TLS handshake          | greeted()
//  reading   | bytes of a request         | received() -> pump()
//  opening   | a sink for the body        | opened(), expire()
//  inviting  | "100 Continue" to be sent  | written()
//  handling  | the Responder              | answer(), dropped(), expire()
//  writing   | the response to be sent    | written()
//  leaving   | the client to close        | left()
//  closed    | nothing                    |
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/result.h"
#include "http/message.h"
#include "http/request_reader.h"
#include "http/router.h"
#include "http/transport.h"

namespace lindung::http {

class IoThread;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class Arrival : std::uint8_t { bytes, end, broken };

  explicit Connection(std::shared_ptr<IoThread> thread);
  void start(std::unique_ptr<Transport> transport);

  // Events of the transport. Shape: the subject of the client's certificate, empty without one.
  void greeted(bool well, std::string subject);
  void received(std::size_t count, Arrival how);
  void progressed(std::size_t count);  // of a write that goes on
  void written(bool whole);
  void left() { close(); }

  // Events of a handler; of an earlier request they are ignored, and the response is destroyed.
  void answer(std::uint64_t request, Response response);
  void dropped(std::uint64_t request);
  using Opened = Result<std::shared_ptr<BodySink>>;
  void opened(std::uint64_t request, Opened sink);  // where the body goes

  // Events of the io thread.
  [[nodiscard]] Time deadline() const noexcept { return deadline_; }
  void expire();
  void wind_down();
  void close();
  std::size_t roster_index{0};

 private:
  class Ticket;
  enum class Phase : std::uint8_t { greeting, reading, opening, inviting, handling, writing, leaving, closed };
  enum class Stage : std::uint8_t { first_byte, head, head_done, body };  // of reading
  enum class Work : std::uint8_t { none, queued, running, abandoned };

  void pump();
  [[nodiscard]] bool step();
  void await_request(std::chrono::milliseconds patience);
  void await_bytes();
  void admit();
  void open_sink();
  void take_body();
  void invite();
  void dispatch();
  void work(const std::shared_ptr<Ticket>& ticket);
  void call_handler(const std::shared_ptr<Ticket>& ticket);
  void refuse(const Error& error);
  void overdue();
  void respond(Response&& response, bool last);
  void begin_write();
  void sent(bool whole);
  void count_response();
  [[nodiscard]] Errc code_without_answer() const noexcept;
  [[nodiscard]] bool host_is_right() noexcept;
  [[nodiscard]] Response problem(Errc code, std::string detail) const;

  std::shared_ptr<IoThread> thread_;  // first, so that it goes last: the transport lives in its io_context
  std::unique_ptr<Transport> transport_;
  RequestReader reader_;
  std::string subject_;
  std::string peer_;
  const Route* route_{nullptr};
  std::uint64_t request_{0};  // number of the request under way
  Response response_;
  std::string head_;
  Time deadline_{Time::max()};
  Time body_since_;
  Time write_since_;
  std::uint64_t written_bytes_{0};
  Phase phase_{Phase::greeting};
  Stage stage_{Stage::first_byte};
  std::atomic<Work> work_{Work::none};  // the one member that a worker changes
  bool last_{false};                    // the connection ends behind this response
  bool writing_later_{false};           // the transport holds views of head_ and response_
  bool pumping_{false};
  bool dispatching_{false};
};

}  // namespace lindung::http
