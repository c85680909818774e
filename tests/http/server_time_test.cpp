// Clients and handlers that are too slow. The tests wait for what the server does, with short timeouts in its options.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "http/message.h"
#include "http/router.h"
#include "http/server.h"
#include "http/support.h"

namespace lindung::http {
namespace {

using std::chrono::milliseconds;
using test::RawClient;
using test::route;
using test::serve;
using test::text;

Route hello() {
  return route("GET", "/a", [](const Request&, Responder respond) { respond(text("hello")); });
}

constexpr auto get_a = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(ServerTime, AHeadThatDoesNotEndInTimeIs408) {
  const auto server = serve({hello()}, {.header_timeout = milliseconds{50}});
  RawClient client{server->port()};
  const auto answer = client.ask("GET /a HTTP/1.1\r\nHo");
  EXPECT_EQ(answer.status, 408U);
  EXPECT_EQ(answer.body, "timeout");
  EXPECT_EQ(client.rest(), "");
  EXPECT_EQ(server->counters().timeouts, 1U);
}

TEST(ServerTime, AHeadThatDripsIsCutAllTheSame) {
  const auto server = serve({hello()}, {.header_timeout = milliseconds{100}});
  RawClient client{server->port()};
  client.send("GET /a HTTP/1.1\r\n");
  // Each field comes well in time by itself; only the whole is late.
  while (client.quiet_for(milliseconds{5})) client.send("a:b\r\n");
  EXPECT_EQ(client.receive().status, 408U);
}

TEST(ServerTime, ABodyThatDoesNotEndInTimeIs408) {
  auto sink = route("POST", "/b", [](const Request&, Responder respond) { respond(text("got it")); });
  const auto server = serve({sink}, {.body_timeout = milliseconds{50}});
  RawClient client{server->port()};
  const auto answer = client.ask("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345");
  EXPECT_EQ(answer.status, 408U);
  EXPECT_EQ(answer.body, "timeout");
  EXPECT_EQ(client.rest(), "");
}

TEST(ServerTime, ASilentConnectionIsClosedWithoutAWord) {
  const auto server = serve({hello()}, {.header_timeout = milliseconds{50}});
  RawClient client{server->port()};
  EXPECT_EQ(client.rest(), "");
  EXPECT_EQ(server->counters().timeouts, 0U);
}

TEST(ServerTime, AnIdleConnectionIsClosedWithoutAWord) {
  const auto server = serve({hello()}, {.idle_timeout = milliseconds{50}});
  RawClient client{server->port()};
  EXPECT_EQ(client.ask(get_a).status, 200U);
  EXPECT_EQ(client.rest(), "");
  EXPECT_EQ(server->counters().timeouts, 0U);
}

TEST(ServerTime, AClientThatDoesNotReadItsResponseIsCut) {
  auto large = route("GET", "/large", [](const Request&, Responder respond) {
    respond(text(std::string(std::size_t{64} * 1024 * 1024, 'x')));
  });
  const auto server = serve({large}, {.write_timeout = milliseconds{50}});
  const RawClient client{server->port(), 4096};  // what the sockets hold counts as read: little, then
  client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(test::eventually([&] { return server->counters().timeouts == 1; }));
  EXPECT_TRUE(test::eventually([&] { return server->counters().open == 0; }));
}

TEST(ServerTime, AResponseThatMakesProgressMayTakeLongerThanTheTimeout) {
  const std::string body(std::size_t{32} * 1024 * 1024, 'x');
  auto large = route("GET", "/large", [&](const Request&, Responder respond) { respond(text(body)); });
  const auto server = serve({large}, {.header_timeout = milliseconds{1200}, .write_timeout = milliseconds{1000}});
  RawClient client{server->port()};
  client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
  client.fill(std::size_t{8} * 1024 * 1024);
  // The reader pauses for longer than write_timeout; another connection's header_timeout is the clock.
  RawClient silent{server->port()};
  EXPECT_EQ(silent.rest(), "");
  EXPECT_TRUE(client.receive().body == body);
}

TEST(ServerTime, AReadingHandlerThatIsTooSlowIsUnavailableAndItsLateAnswerIsDropped) {
  std::promise<Responder> held;
  auto slow = route("GET", "/slow", [&](const Request&, Responder respond) { held.set_value(std::move(respond)); });
  slow.deadline = milliseconds{50};
  const auto server = serve({slow});
  RawClient client{server->port()};
  const auto answer = client.ask("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(answer.body, "unavailable");
  EXPECT_EQ(client.rest(), "");
  held.get_future().get()(text("late"));
  EXPECT_EQ(server->counters().timeouts, 1U);
  EXPECT_EQ(server->counters().requests, 1U);
}

TEST(ServerTime, AWritingHandlerThatIsTooSlowHasAnUnknownOutcome) {
  std::promise<Responder> held;
  auto slow = route("POST", "/slow", [&](const Request&, Responder respond) { held.set_value(std::move(respond)); });
  slow.deadline = milliseconds{50};
  const auto server = serve({slow});
  RawClient client{server->port()};
  EXPECT_EQ(client.ask("POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").body, "outcome-unknown");
}

TEST(ServerTime, TheRequestStaysReadableForAHandlerThatTheDeadlineOvertook) {
  std::promise<void> go;
  std::promise<std::string> seen;
  auto slow = route("POST", "/slow", [&](const Request& request, Responder respond) {
    go.get_future().wait();
    seen.set_value(std::string{request.target} + std::string{as_text(request.body)});
    respond(text("late"));
  });
  slow.deadline = milliseconds{50};
  slow.runs_on = RunsOn::worker;
  const auto server = serve({slow});
  RawClient client{server->port()};
  client.send("POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
  client.send(std::string(1000, 'x'));
  EXPECT_EQ(client.receive().body, "outcome-unknown");
  EXPECT_EQ(client.rest(), "");
  go.set_value();
  EXPECT_EQ(seen.get_future().get(), "/slowbody");
}

TEST(ServerTime, AFullQueueOfWorkIsBusyWithATimeToComeBack) {
  std::promise<void> go;
  const auto gone = go.get_future().share();
  std::atomic<int> running{0};
  auto blocking = route("GET", "/wait", [&, gone](const Request&, Responder respond) {
    ++running;
    gone.wait();
    respond(text("done"));
  });
  blocking.runs_on = RunsOn::worker;
  const auto server = serve({blocking}, {.io_threads = 1, .worker_threads = 1, .max_queued_work = 1});
  constexpr auto ask = "GET /wait HTTP/1.1\r\nHost: h\r\n\r\n";
  RawClient runs{server->port()};
  runs.send(ask);
  ASSERT_TRUE(test::eventually([&] { return running == 1; }));
  // The one io thread takes them in some order: one waits, one is refused.
  RawClient one{server->port()};
  RawClient other{server->port()};
  one.send(ask);
  other.send(ask);
  ASSERT_TRUE(test::eventually([&] { return server->counters().requests == 1; }));
  go.set_value();
  const auto first = one.receive();
  const auto second = other.receive();
  const auto& refused = first.status == 503 ? first : second;
  EXPECT_EQ(refused.body, "busy");
  EXPECT_EQ(refused.field("Retry-After"), "1");
  EXPECT_EQ(first.status + second.status, 200U + 503U);
  EXPECT_EQ(runs.receive().status, 200U);
}

TEST(ServerTime, WorkThatWaitedBeyondItsDeadlineIsBusyAndNeverRuns) {
  std::promise<void> go;
  const auto gone = go.get_future().share();
  std::atomic<int> calls{0};
  auto blocking = route("GET", "/wait", [gone](const Request&, Responder respond) {
    gone.wait();
    respond(text("done"));
  });
  blocking.runs_on = RunsOn::worker;
  auto counted = route("POST", "/count", [&](const Request&, Responder respond) {
    ++calls;
    respond(text("counted"));
  });
  counted.runs_on = RunsOn::worker;
  counted.deadline = milliseconds{50};
  auto server = serve({blocking, counted}, {.worker_threads = 1});
  RawClient runs{server->port()};
  runs.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  RawClient waits{server->port()};
  // Whether or not the worker is at /wait already, it is before it comes to /count twice.
  EXPECT_TRUE(test::eventually([&] {
    RawClient probe{server->port()};
    return probe.ask("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").body == "busy";
  }));
  const int before = calls;
  EXPECT_EQ(waits.ask("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").body, "busy");
  go.set_value();
  EXPECT_EQ(runs.receive().status, 200U);
  server->stop(milliseconds{1000});
  EXPECT_EQ(calls, before);
}

}  // namespace
}  // namespace lindung::http
