#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

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

constexpr auto get_a = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr milliseconds long_enough{20'000};

TEST(ServerStop, ARequestUnderWayIsAnsweredAndTheConnectionClosedBehindIt) {
  std::promise<Responder> held;
  auto server =
      serve({route("GET", "/a", [&](const Request&, Responder respond) { held.set_value(std::move(respond)); })});
  RawClient client{server->port()};
  client.send(get_a);
  auto respond = held.get_future().get();
  std::promise<void> stopping;
  std::thread stopper{[&] {
    stopping.set_value();
    server->stop(long_enough);
  }};
  stopping.get_future().wait();
  // New connections are refused once the listener is closed.
  EXPECT_TRUE(test::eventually([&] {
    try {
      RawClient probe{server->port()};
      return probe.ask("GET /none HTTP/1.1\r\nHost: h\r\n\r\n").status == 0;
    } catch (const std::runtime_error&) {
      return true;
    }
  }));
  respond(text("finished"));
  const auto answer = client.receive();
  EXPECT_EQ(answer.body, "finished");
  EXPECT_EQ(client.rest(), "");
  stopper.join();
  EXPECT_EQ(server->counters().open, 0U);
}

TEST(ServerStop, AWorkersRequestIsAnswered) {
  std::promise<void> started;
  std::promise<void> go;
  auto blocking = route("GET", "/a", [&](const Request&, Responder respond) {
    started.set_value();
    go.get_future().wait();
    respond(text("finished"));
  });
  blocking.runs_on = RunsOn::worker;
  auto server = serve({blocking});
  RawClient client{server->port()};
  client.send(get_a);
  started.get_future().wait();
  std::thread stopper{[&] { server->stop(long_enough); }};
  go.set_value();
  EXPECT_EQ(client.receive().body, "finished");
  stopper.join();
}

TEST(ServerStop, IdleConnectionsAreClosedAtOnce) {
  auto server = serve({route("GET", "/a", [](const Request&, Responder respond) { respond(text("hello")); })});
  RawClient idle{server->port()};
  RawClient fresh{server->port()};
  EXPECT_EQ(idle.ask(get_a).status, 200U);
  server->stop(long_enough);
  EXPECT_EQ(idle.rest(), "");
  EXPECT_EQ(fresh.rest(), "");
}

TEST(ServerStop, WhenPatienceIsOverTheRestIsClosed) {
  std::promise<Responder> held;
  auto server =
      serve({route("GET", "/a", [&](const Request&, Responder respond) { held.set_value(std::move(respond)); })});
  RawClient client{server->port()};
  client.send(get_a);
  const auto respond = held.get_future().get();
  server->stop(milliseconds{20});
  EXPECT_EQ(client.rest(), "");
  EXPECT_EQ(server->counters().open, 0U);
}

TEST(ServerStop, WorkThatStillWaitsIsDropped) {
  std::promise<void> started;
  std::promise<void> go;
  const auto gone = go.get_future().share();
  std::atomic<int> calls{0};
  auto blocking = route("GET", "/a", [&, gone](const Request&, Responder respond) {
    if (++calls == 1) started.set_value();
    gone.wait();
    respond(text("finished"));
  });
  blocking.runs_on = RunsOn::worker;
  auto server = serve({blocking}, {.worker_threads = 1});
  RawClient runs{server->port()};
  runs.send(get_a);
  started.get_future().wait();
  RawClient waits{server->port()};
  waits.send(get_a);
  ASSERT_TRUE(test::eventually([&] { return server->counters().accepted == 2; }));
  std::thread stopper{[&] { server->stop(milliseconds{20}); }};
  EXPECT_EQ(waits.rest(), "");
  go.set_value();
  stopper.join();
  EXPECT_EQ(calls, 1);
}

TEST(ServerStop, UnderLoadEveryAnswerIsWholeOrAbsent) {
  for (int round = 0; round < 5; ++round) {
    auto direct = route("GET", "/a", [](const Request&, Responder respond) { respond(text("hello")); });
    auto on_worker = direct;
    on_worker.path = "/w";
    on_worker.runs_on = RunsOn::worker;
    auto server = serve({direct, on_worker});
    std::atomic<int> answered{0};
    std::atomic<int> torn{0};
    std::vector<RawClient> connected;
    for (int c = 0; c < 6; ++c) connected.emplace_back(server->port());
    std::vector<std::thread> clients;
    for (int c = 0; c < 6; ++c) {
      clients.emplace_back([&, c] {
        auto& client = connected.at(static_cast<std::size_t>(c));
        const auto ask = std::string{"GET "} + (c % 2 == 0 ? "/a" : "/w") + " HTTP/1.1\r\nHost: h\r\n\r\n";
        while (true) {
          const auto answer = client.ask(ask);
          if (answer.status == 0) return;
          if (answer.body != "hello") ++torn;
          ++answered;
        }
      });
    }
    ASSERT_TRUE(test::eventually([&] { return answered > 200; }));
    server->stop(long_enough);
    for (auto& client : clients) client.join();
    EXPECT_EQ(torn, 0);
  }
}

}  // namespace
}  // namespace lindung::http
