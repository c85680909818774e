#include "http/connection.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "http/io_thread.h"
#include "http/message.h"
#include "http/request_reader.h"
#include "http/response_head.h"
#include "http/router.h"
#include "http/server_context.h"
#include "http/transport.h"

namespace lindung::http {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds longest_goodbye{2'000};

// The slowest rate that we put up with is 64 KiB a second; the timeouts of the options come on top.
milliseconds time_for(std::uint64_t bytes) noexcept {
  constexpr std::uint64_t bytes_a_ms = 64;
  return milliseconds{static_cast<milliseconds::rep>(bytes / bytes_a_ms)};
}

}  // namespace

// The Responder's way back. The last copy that goes unanswered says so.
class Connection::Ticket final : public Responder::Exit {
 public:
  Ticket(std::shared_ptr<Connection> connection, std::uint64_t request)
      : connection_{std::move(connection)}, request_{request} {}
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  ~Ticket() override {
    if (!used_) connection_->thread_->deliver(connection_, request_, std::nullopt);
  }
  void send(Response&& response) override {
    if (used_.exchange(true)) return;
    auto& thread = *connection_->thread_;
    if (thread.is_current() && connection_->dispatching_) {
      connection_->answer(request_, std::move(response));
    } else {
      thread.deliver(connection_, request_, std::move(response));
    }
  }

 private:
  std::shared_ptr<Connection> connection_;
  std::uint64_t request_;
  std::atomic<bool> used_{false};
};

Connection::Connection(std::shared_ptr<IoThread> thread)
    : thread_{std::move(thread)}, reader_{thread_->context().options.max_header_bytes} {}

void Connection::start(std::unique_ptr<Transport> transport) {
  transport_ = std::move(transport);
  deadline_ = Clock::now() + thread_->context().options.header_timeout;
  thread_->enrol(*this);
  transport_->greet();
}

void Connection::greeted(bool well, std::string subject) {
  if (phase_ != Phase::greeting) return;
  if (!well) return close();
  subject_ = std::move(subject);
  peer_ = transport_->peer();
  await_request(thread_->context().options.header_timeout);
  pump();
}

// Goes on until something has to be waited for. A handler that answers at once, and a write that ends at once, come
// back here through respond(): the loop keeps them off the stack.
void Connection::pump() {
  if (pumping_) return;
  pumping_ = true;
  while (phase_ == Phase::reading && step()) {
  }
  pumping_ = false;
}

bool Connection::step() {
  if (stage_ == Stage::first_byte && thread_->winding_down() && !reader_.started()) {
    close();
    return false;
  }
  switch (reader_.advance()) {
    case RequestReader::Step::need_bytes: await_bytes(); return false;
    case RequestReader::Step::head: admit(); return true;
    case RequestReader::Step::complete: dispatch(); return true;
    case RequestReader::Step::refused: refuse(reader_.refusal()); return true;
  }
  return false;
}

void Connection::await_request(milliseconds patience) {
  phase_ = Phase::reading;
  stage_ = Stage::first_byte;
  deadline_ = Clock::now() + patience;
}

void Connection::await_bytes() {
  const auto& options = thread_->context().options;
  if (stage_ == Stage::first_byte && reader_.started()) {
    stage_ = Stage::head;
    deadline_ = Clock::now() + options.header_timeout;
  } else if (stage_ == Stage::head_done) {
    stage_ = Stage::body;
    body_since_ = Clock::now();
  }
  if (stage_ == Stage::body) deadline_ = body_since_ + options.body_timeout + time_for(reader_.body_bytes_so_far());
  transport_->read(reader_.room());
}

void Connection::received(std::size_t count, Arrival how) {
  if (phase_ != Phase::reading) return;  // C2: refused by the clock while this read was under way
  if (how == Arrival::broken) return close();
  if (how == Arrival::end) return reader_.ended_early() ? refuse(reader_.refusal()) : close();
  reader_.arrived(count);
  pump();
}

// RFC 9112 section 3.2. An endpoint that checks a signature checks the Host with it, and names that fault itself.
bool Connection::host_is_right() noexcept {
  return route_->access == Access::proves_itself || reader_.is_http_1_0() || reader_.request().only("Host").first;
}

// The head stands: everything that can be refused without the body is refused here.
void Connection::admit() {
  stage_ = Stage::head_done;
  auto& request = reader_.request();
  request.client_certificate_subject = subject_;
  request.peer = peer_;
  const auto match = thread_->context().router->find(request.method, request.path());
  route_ = match.route;
  if (route_ == nullptr) {
    if (!match.path_exists) {
      if (auto other = thread_->context().router->fall_back(request)) {
        return respond(std::move(*other), reader_.body_pending());
      }
    }
    auto response = match.path_exists ? problem(Errc::method, "this path has other methods")
                                      : problem(Errc::not_found, "no such path");
    if (match.path_exists) response.fields.emplace_back("Allow", match.allow);
    return respond(std::move(response), reader_.body_pending());
  }
  if (!host_is_right()) return refuse({.code = Errc::malformed, .detail = "a request has one Host field"});
  if (!reader_.limit_body(route_->body_limit)) return;  // the reader says so next
  if (route_->open_sink) return open_sink();
  take_body();
}

void Connection::take_body() {
  if (reader_.waits_for_continue()) invite();
}

// Nothing is read meanwhile: the head's views stay as they are.
void Connection::open_sink() {
  phase_ = Phase::opening;
  deadline_ = Clock::now() + thread_->context().options.body_timeout;
  ++request_;
  work_ = Work::queued;
  const bool taken = thread_->context().workers.submit([self = shared_from_this(), number = request_] {
    auto expected = Work::queued;
    if (!self->work_.compare_exchange_strong(expected, Work::running)) return;
    Opened sink = fail(Errc::unavailable);
    try {
      sink = self->route_->open_sink(self->reader_.request());
    } catch (...) {  // NOLINT(bugprone-empty-catch): the error stands already; nothing of the exception leaves
    }
    self->thread_->deliver(self, number, std::move(sink));
  });
  if (taken) return;
  work_ = Work::abandoned;
  refuse({.code = Errc::busy, .detail = "the queue is full", .number = 1});
}

void Connection::opened(std::uint64_t request, Opened sink) {
  if (phase_ != Phase::opening || request != request_) return;
  phase_ = Phase::reading;
  if (sink.has_error()) {
    respond(
        route_->sink_problem ? route_->sink_problem(sink.error()) : thread_->context().router->problem(sink.error()),
        true);
  } else {
    reader_.divert_body(std::move(sink).value());
    take_body();
  }
  pump();
}

void Connection::invite() {
  phase_ = Phase::inviting;
  switch (transport_->write("HTTP/1.1 100 Continue\r\n\r\n", {})) {
    case Transport::Written::yes: phase_ = Phase::reading; return;
    case Transport::Written::later: return begin_write();
    case Transport::Written::no: close(); return;
  }
}

void Connection::dispatch() {
  phase_ = Phase::handling;
  deadline_ = Clock::now() + route_->deadline;
  ++request_;
  const auto ticket = std::make_shared<Ticket>(shared_from_this(), request_);
  dispatching_ = true;
  if (route_->runs_on == RunsOn::io_thread) {
    work_ = Work::none;
    call_handler(ticket);
  } else {
    work_ = Work::queued;
    const bool taken = thread_->context().workers.submit([self = shared_from_this(), ticket] { self->work(ticket); });
    if (!taken) {
      work_ = Work::abandoned;
      ticket->send(
          thread_->context().router->problem({.code = Errc::busy, .detail = "the queue is full", .number = 1}));
    }
  }
  dispatching_ = false;
}

// On a worker: until the state says running, nothing was done for this request, and nothing is once it says abandoned.
void Connection::work(const std::shared_ptr<Ticket>& ticket) {
  auto expected = Work::queued;
  if (work_.compare_exchange_strong(expected, Work::running)) call_handler(ticket);
}

void Connection::call_handler(const std::shared_ptr<Ticket>& ticket) {
  // Read before the handler runs: once it has answered, the request and its route belong to the io thread again.
  const auto fault = code_without_answer();
  try {
    route_->handler(reader_.request(), Responder{ticket});
  } catch (...) {
    // Nothing of the exception leaves: its text could hold what the request held.
    ticket->send(problem(fault, "a fault inside"));
  }
}

void Connection::answer(std::uint64_t request, Response response) {
  if (phase_ != Phase::handling || request != request_) return;
  respond(std::move(response), false);
  pump();
}

void Connection::dropped(std::uint64_t request) {
  if (phase_ == Phase::handling && request == request_) close();
}

void Connection::refuse(const Error& error) { respond(thread_->context().router->problem(error), true); }

void Connection::overdue() {
  auto expected = Work::queued;
  if (work_.compare_exchange_strong(expected, Work::abandoned)) {
    return refuse({.code = Errc::busy, .detail = "no worker was free in time", .number = 1});
  }
  refuse({.code = code_without_answer(), .detail = "not ready in time"});
}

// What is true when a handler gave no answer: a reading one changed nothing.
Errc Connection::code_without_answer() const noexcept {
  return route_->method == "GET" ? Errc::unavailable : Errc::outcome_unknown;
}

void Connection::respond(Response&& response, bool last) {
  phase_ = Phase::writing;
  last_ = last || response.close || !reader_.keep_alive() || thread_->winding_down();
  response_ = std::move(response);
  if (!fields_are_clean(response_)) response_ = problem(Errc::unavailable, "a field of the response is not clean");
  const Framing framing{.date = thread_->date(),
                        .head_request = reader_.request().method == "HEAD",
                        .keep_alive = !last_,
                        .http_1_0 = !last_ && reader_.is_http_1_0()};
  render_head(response_, framing, head_);
  if (response_.release && !response_.release->may_leave()) {  // C3
    if (!response_.fallback) return close();
    response_ = response_.fallback();
    render_head(response_, framing, head_);  // no field of a fallback comes from outside
    if (response_.release && !response_.release->may_leave()) return close();
  }
  count_response();
  const bool bare = framing.head_request || !has_body(response_.status);
  switch (transport_->write(head_, bare ? std::string_view{} : std::string_view{response_.body})) {
    case Transport::Written::yes: return sent(true);
    case Transport::Written::no: return sent(false);
    case Transport::Written::later: writing_later_ = true; return begin_write();
  }
}

void Connection::begin_write() {
  written_bytes_ = 0;
  write_since_ = Clock::now();
  progressed(0);
}

void Connection::progressed(std::size_t count) {
  if (phase_ != Phase::writing && phase_ != Phase::inviting) return;
  written_bytes_ += count;
  deadline_ = write_since_ + thread_->context().options.write_timeout + time_for(written_bytes_);
}

void Connection::written(bool whole) {
  writing_later_ = false;
  if (phase_ == Phase::writing) {
    sent(whole);
  } else if (phase_ == Phase::inviting) {
    if (!whole) return close();
    phase_ = Phase::reading;
  } else {
    response_ = Response{};  // closed meanwhile: only now the transport has let go of it
  }
  pump();
}

void Connection::sent(bool whole) {
  response_ = Response{};  // C3
  if (!whole) return close();
  const auto& options = thread_->context().options;
  if (last_) {
    phase_ = Phase::leaving;
    deadline_ = Clock::now() + std::min(longest_goodbye, options.write_timeout);
    return transport_->leave(reader_.started());
  }
  reader_.next();
  await_request(options.idle_timeout);
}

void Connection::count_response() {
  auto& counters = thread_->counters();
  count(counters.requests);
  if (response_.status < 400) return count(counters.responses_2xx);
  count(response_.status < 500 ? counters.responses_4xx : counters.responses_5xx);
}

void Connection::expire() {
  const bool idle = phase_ == Phase::reading && stage_ == Stage::first_byte;
  if (!idle && phase_ != Phase::leaving) count(thread_->counters().timeouts);
  if (phase_ == Phase::handling) return overdue();
  if (phase_ == Phase::opening) {
    work_ = Work::abandoned;
    return refuse({.code = Errc::busy, .detail = "no worker was free in time", .number = 1});
  }
  if (phase_ == Phase::reading && !idle)
    return refuse({.code = Errc::timeout, .detail = "the request came too slowly"});
  close();
}

void Connection::wind_down() {
  if (phase_ == Phase::greeting || (phase_ == Phase::reading && stage_ == Stage::first_byte)) close();
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  auto expected = Work::queued;
  work_.compare_exchange_strong(expected, Work::abandoned);  // nobody waits for it: it need not begin
  phase_ = Phase::closed;
  deadline_ = Time::max();
  transport_->close();
  if (!writing_later_) response_ = Response{};  // else written() does, when the transport has let go of it
  thread_->strike(*this);
}

Response Connection::problem(Errc code, std::string detail) const {
  return thread_->context().router->problem({.code = code, .detail = std::move(detail), .number = {}});
}

}  // namespace lindung::http
