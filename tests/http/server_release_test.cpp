// What a Release promises: asked directly before the write, gone directly after it or when there will be none.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

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

struct Watch {
  std::atomic<int> asked{0};
  std::atomic<int> gone{0};
};

class WatchedRelease final : public Release {
 public:
  WatchedRelease(Watch& watch, bool leave) : watch_{watch}, leave_{leave} {}
  WatchedRelease(const WatchedRelease&) = delete;
  WatchedRelease& operator=(const WatchedRelease&) = delete;
  ~WatchedRelease() override { ++watch_.gone; }
  bool may_leave() noexcept override {
    ++watch_.asked;
    return leave_;
  }

 private:
  Watch& watch_;
  bool leave_;
};

Response watched(std::string body, Watch& watch, bool leave) {
  auto response = text(std::move(body));
  response.release = std::make_unique<WatchedRelease>(watch, leave);
  return response;
}

Route answering(std::function<Response()> make) {
  return route("GET", "/a", [make = std::move(make)](const Request&, Responder respond) { respond(make()); });
}

constexpr auto get_a = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(ServerRelease, AResponseThatMayLeaveIsSentAndItsReleaseIsGone) {
  Watch watch;
  const auto server = serve({answering([&] { return watched("yes", watch, true); })});
  RawClient client{server->port()};
  EXPECT_EQ(client.ask(get_a).body, "yes");
  EXPECT_TRUE(test::eventually([&] { return watch.gone == 1; }));
  EXPECT_EQ(watch.asked, 1);
}

TEST(ServerRelease, AResponseThatMayNotLeaveIsReplacedByItsFallback) {
  Watch watch;
  const auto server = serve({answering([&] {
    auto response = watched("no", watch, false);
    response.fallback = [] { return text("instead"); };
    return response;
  })});
  RawClient client{server->port()};
  const auto answer = client.ask(get_a);
  EXPECT_EQ(answer.body, "instead");
  EXPECT_EQ(answer.field("Content-Length"), "7");
  EXPECT_EQ(client.ask(get_a).body, "instead");
  EXPECT_TRUE(test::eventually([&] { return watch.gone == 2; }));
  EXPECT_EQ(watch.asked, 2);
}

TEST(ServerRelease, WithoutAFallbackNothingLeavesAndTheConnectionEnds) {
  Watch watch;
  const auto server = serve({answering([&] { return watched("no", watch, false); })});
  RawClient client{server->port()};
  client.send(get_a);
  EXPECT_EQ(client.rest(), "");
  EXPECT_TRUE(test::eventually([&] { return watch.gone == 1; }));
}

TEST(ServerRelease, ALargeResponseHoldsItsReleaseUntilItsLastByteIsWritten) {
  Watch watch;
  const std::string large(std::size_t{32} * 1024 * 1024, 'x');
  const auto server = serve({answering([&] { return watched(large, watch, true); })});
  RawClient client{server->port()};
  client.send(get_a);
  ASSERT_TRUE(test::eventually([&] { return server->counters().requests == 1; }));
  EXPECT_EQ(watch.gone, 0);  // more than two socket buffers hold: it cannot have been written
  EXPECT_TRUE(client.receive().body == large);
  EXPECT_TRUE(test::eventually([&] { return watch.gone == 1; }));
}

TEST(ServerRelease, ItIsGoneWhenTheClientWentAwayBeforeTheWrite) {
  Watch watch;
  std::promise<Responder> held;
  const auto server =
      serve({route("GET", "/a", [&](const Request&, Responder respond) { held.set_value(std::move(respond)); })});
  RawClient client{server->port()};
  client.send(get_a);
  auto respond = held.get_future().get();
  client.reset();
  respond(watched(std::string(std::size_t{1024} * 1024, 'x'), watch, true));
  EXPECT_TRUE(test::eventually([&] { return watch.gone == 1 && server->counters().open == 0; }));
}

TEST(ServerRelease, ItIsGoneWhenTheClientWentAwayDuringTheWrite) {
  Watch watch;
  const std::string large(std::size_t{32} * 1024 * 1024, 'x');
  const auto server = serve({answering([&] { return watched(large, watch, true); })});
  RawClient client{server->port()};
  client.send(get_a);
  ASSERT_TRUE(test::eventually([&] { return server->counters().requests == 1; }));
  client.reset();
  EXPECT_TRUE(test::eventually([&] { return watch.gone == 1 && server->counters().open == 0; }));
}

TEST(ServerRelease, ItIsGoneWithoutBeingAskedWhenTheDeadlineWasFaster) {
  Watch watch;
  std::promise<Responder> held;
  auto slow = route("GET", "/a", [&](const Request&, Responder respond) { held.set_value(std::move(respond)); });
  slow.deadline = milliseconds{30};
  const auto server = serve({slow});
  RawClient client{server->port()};
  EXPECT_EQ(client.ask(get_a).body, "unavailable");
  held.get_future().get()(watched("late", watch, true));
  EXPECT_TRUE(test::eventually([&] { return watch.gone == 1; }));
  EXPECT_EQ(watch.asked, 0);
}

TEST(ServerRelease, ItIsGoneWithoutBeingAskedWhenTheServerHasStopped) {
  Watch watch;
  std::promise<Responder> held;
  auto server =
      serve({route("GET", "/a", [&](const Request&, Responder respond) { held.set_value(std::move(respond)); })});
  RawClient client{server->port()};
  client.send(get_a);
  auto respond = held.get_future().get();
  server->stop(milliseconds{0});
  server.reset();
  respond(watched("late", watch, true));
  EXPECT_EQ(watch.gone, 1);
  EXPECT_EQ(watch.asked, 0);
}

}  // namespace
}  // namespace lindung::http
