#include "http/server.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "http/message.h"
#include "http/router.h"
#include "http/support.h"

namespace lindung::http {
namespace {

using test::RawClient;
using test::route;
using test::serve;
using test::text;

Route echo(std::string method, std::string path) {
  return route(std::move(method), std::move(path), [](const Request& request, Responder respond) {
    respond(text(std::string{request.method} + " " + std::string{request.target} + " " +
                 std::string{as_text(request.body)}));
  });
}

std::string get(std::string_view target, std::string_view fields = "") {
  return "GET " + std::string{target} + " HTTP/1.1\r\nHost: h\r\n" + std::string{fields} + "\r\n";
}

std::string post(std::string_view target, std::string_view body) {
  return "POST " + std::string{target} + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string{body};
}

TEST(Server, AnswersARequestWithLengthAndDateAndNoServerName) {
  const auto server = serve({echo("GET", "/a")});
  RawClient client{server->port()};
  const auto answer = client.ask(get("/a?q=1"));
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body, "GET /a?q=1 ");
  EXPECT_EQ(answer.field("Content-Length"), "11");
  EXPECT_EQ(answer.field("Content-Type"), "text/plain");
  EXPECT_TRUE(answer.field("Date").ends_with(" GMT"));
  EXPECT_EQ(answer.field("Server"), "");
  EXPECT_EQ(answer.field("Connection"), "");
}

TEST(Server, KeepsTheConnectionForFurtherRequests) {
  const auto server = serve({echo("GET", "/a"), echo("POST", "/b")});
  RawClient client{server->port()};
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(client.ask(get("/a")).body, "GET /a ");
    EXPECT_EQ(client.ask(post("/b", "x" + std::to_string(i))).body, "POST /b x" + std::to_string(i));
  }
  EXPECT_EQ(server->counters().accepted, 1U);
  EXPECT_EQ(server->counters().requests, 40U);
}

TEST(Server, AnswersPipelinedRequestsInTheirOrderThoughTheFirstIsSlow) {
  std::promise<Responder> waiting;
  const auto server =
      serve({route("GET", "/slow", [&](const Request&, Responder respond) { waiting.set_value(std::move(respond)); }),
             echo("GET", "/a"), echo("POST", "/b")});
  RawClient client{server->port()};
  client.send(get("/slow") + get("/a?1") + post("/b", "two") + get("/a?3"));
  waiting.get_future().get()(text("slow"));
  EXPECT_EQ(client.receive().body, "slow");
  EXPECT_EQ(client.receive().body, "GET /a?1 ");
  EXPECT_EQ(client.receive().body, "POST /b two");
  EXPECT_EQ(client.receive().body, "GET /a?3 ");
}

TEST(Server, AnswersHundredsOfPipelinedRequests) {
  const auto server = serve({echo("GET", "/a")});
  RawClient client{server->port()};
  std::string bytes;
  for (int i = 0; i < 2000; ++i) bytes += get("/a?" + std::to_string(i));
  std::thread sender{[&] { client.send(bytes); }};
  int right = 0;
  for (int i = 0; i < 2000; ++i) right += client.receive().body == "GET /a?" + std::to_string(i) + " " ? 1 : 0;
  sender.join();
  EXPECT_EQ(right, 2000);
}

TEST(Server, ClosesBehindTheResponseWhenTheClientAsksForIt) {
  const auto server = serve({echo("GET", "/a")});
  RawClient client{server->port()};
  const auto answer = client.ask(get("/a", "Connection: close\r\n"));
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(client.rest(), "");
}

TEST(Server, SpeaksHttp10) {
  const auto server = serve({echo("GET", "/a")});
  RawClient client{server->port()};
  const auto kept = client.ask("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(kept.status, 200U);
  EXPECT_EQ(kept.field("Connection"), "keep-alive");
  const auto last = client.ask("GET /a HTTP/1.0\r\n\r\n");
  EXPECT_EQ(last.field("Connection"), "close");
  EXPECT_EQ(client.rest(), "");
}

TEST(Server, AnswersHeadLikeGetWithoutTheBody) {
  const auto server = serve({echo("GET", "/a")});
  RawClient client{server->port()};
  client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n" + get("/a"));
  const auto head = client.receive(true);
  EXPECT_EQ(head.status, 200U);
  EXPECT_EQ(head.field("Content-Length"), "8");
  EXPECT_EQ(client.receive().body, "GET /a ");
}

TEST(Server, AnUnknownPathIsNotFoundAndTheConnectionStays) {
  const auto server = serve({echo("GET", "/a")});
  RawClient client{server->port()};
  const auto answer = client.ask(get("/nothing"));
  EXPECT_EQ(answer.status, 404U);
  EXPECT_EQ(answer.body, "not-found");
  EXPECT_EQ(answer.field("Content-Type"), "application/problem+json");
  EXPECT_EQ(client.ask(get("/a")).status, 200U);
  EXPECT_EQ(server->counters().responses_4xx, 1U);
}

TEST(Server, AnUnknownPathWithABodyIsNotFoundAndTheBodyIsNotTaken) {
  const auto server = serve({echo("GET", "/a")});
  RawClient client{server->port()};
  const auto answer = client.ask("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
  EXPECT_EQ(answer.body, "not-found");
  EXPECT_EQ(answer.field("Connection"), "close");
}

TEST(Server, AnotherMethodOfAKnownPathIsRefusedWithThoseAllowed) {
  const auto server = serve({echo("GET", "/a"), echo("PUT", "/a")});
  RawClient client{server->port()};
  const auto answer = client.ask("DELETE /a HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(answer.status, 405U);
  EXPECT_EQ(answer.body, "method");
  EXPECT_EQ(answer.field("Allow"), "GET, HEAD, PUT");
}

TEST(Server, AHeaderBlockOverTheLimitIs431) {
  const auto server = serve({echo("GET", "/a")}, {.max_header_bytes = 512});
  RawClient client{server->port()};
  const auto answer = client.ask(get("/a", "A: " + std::string(600, 'x') + "\r\n"));
  EXPECT_EQ(answer.status, 431U);
  EXPECT_EQ(answer.body, name_of(Errc::headers_too_large));
  EXPECT_EQ(client.rest(), "");
}

TEST(Server, ABodyOverTheRoutesLimitIs413WithoutBeingRead) {
  const auto server = serve({echo("POST", "/b")});  // 1000 bytes
  RawClient told{server->port()};
  EXPECT_EQ(told.ask("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n").status, 413U);
  EXPECT_EQ(told.rest(), "");
  RawClient chunked{server->port()};
  const auto answer = chunked.ask("POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
                                  std::string(1001, 'x') + "\r\n");
  EXPECT_EQ(answer.status, 413U);
  EXPECT_EQ(answer.body, "too-large");
}

TEST(Server, AClientThatIsStillSendingItsLargeBodyGetsThe413) {
  const auto server = serve({echo("POST", "/b")});
  for (int i = 0; i < 5; ++i) {
    RawClient client{server->port()};
    client.send(post("/b", std::string(std::size_t{8} * 1024 * 1024, 'x')));
    EXPECT_EQ(client.receive().body, "too-large");
  }
}

TEST(Server, ABodyAtTheLimitReachesTheHandler) {
  const auto server = serve({echo("POST", "/b")});
  RawClient client{server->port()};
  EXPECT_EQ(client.ask(post("/b", std::string(1000, 'x'))).body, "POST /b " + std::string(1000, 'x'));
}

TEST(Server, ALargeBodyArrivesWhole) {
  auto wide = route("POST", "/b", [](const Request& request, Responder respond) {
    respond(text(std::string{as_text(request.body)}));
  });
  wide.body_limit = std::size_t{16} * 1024 * 1024;
  const auto server = serve({wide});
  RawClient client{server->port()};
  std::string body;
  while (body.size() < std::size_t{5} * 1000 * 1000) body += std::to_string(body.size()) + ",";
  for (int i = 0; i < 2; ++i) {
    std::thread sender{[&] { client.send(post("/b", body)); }};
    EXPECT_TRUE(client.receive().body == body);
    sender.join();
  }
}

TEST(Server, WhatIsNotHttpIsMalformedAndTheConnectionEnds) {
  const auto server = serve({echo("GET", "/a")});
  RawClient client{server->port()};
  const auto answer = client.ask("\x16\x03\x01 hello there\r\n\r\n");
  EXPECT_EQ(answer.status, 400U);
  EXPECT_EQ(answer.body, "malformed");
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(client.rest(), "");
}

TEST(Server, ATruncatedRequestIsMalformed) {
  const auto server = serve({echo("POST", "/b")});
  RawClient client{server->port()};
  client.send("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345");
  client.finish();
  EXPECT_EQ(client.receive().body, "malformed");
}

TEST(Server, TwoLengthsAreMalformed) {
  const auto server = serve({echo("POST", "/b")});
  RawClient client{server->port()};
  EXPECT_EQ(client.ask("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab").body,
            "malformed");
}

TEST(Server, ARequestWithoutExactlyOneHostIsMalformedUnlessTheEndpointChecksItsOwnSignature) {
  auto signed_route = echo("GET", "/signed");
  signed_route.access = Access::proves_itself;
  const auto server = serve({echo("GET", "/a"), signed_route});
  EXPECT_EQ(RawClient{server->port()}.ask("GET /a HTTP/1.1\r\n\r\n").body, "malformed");
  EXPECT_EQ(RawClient{server->port()}.ask("GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").body, "malformed");
  EXPECT_EQ(RawClient{server->port()}.ask("GET /signed HTTP/1.1\r\n\r\n").status, 200U);
}

TEST(Server, AChunkedRequestReachesTheHandlerUnframed) {
  const auto server = serve({route("POST", "/b", [](const Request& request, Responder respond) {
    respond(text(std::string{as_text(request.body)} + (request.framed_by_content_length ? " framed" : " unframed")));
  })});
  RawClient client{server->port()};
  EXPECT_EQ(
      client.ask("POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
          .body,
      "abc unframed");
  EXPECT_EQ(client.ask(post("/b", "abc")).body, "abc framed");
}

TEST(Server, AnAbsoluteTargetAndAQueryReachTheHandlerOfTheirPath) {
  const auto server = serve({echo("POST", "/v1/partner/exchange")});
  RawClient client{server->port()};
  EXPECT_EQ(client.ask(post("http://gateway.example/v1/partner/exchange", "")).body,
            "POST http://gateway.example/v1/partner/exchange ");
  EXPECT_EQ(client.ask(post("/v1/partner/exchange?x=1", "")).body, "POST /v1/partner/exchange?x=1 ");
}

TEST(Server, HandsFieldsOverInOrderAndRepeated) {
  const auto server = serve({route("GET", "/a", [](const Request& request, Responder respond) {
    std::string all;
    for (const auto& field : request.fields) all += std::string{field.name} + "=" + std::string{field.value} + ";";
    respond(text(all));
  })});
  RawClient client{server->port()};
  EXPECT_EQ(client.ask(get("/a", "b: 1 \r\nA:2\r\nB:  3\r\n")).body, "Host=h;b=1;A=2;B=3;");
}

TEST(Server, InvitesABodyThatWaitsForContinue) {
  const auto server = serve({echo("POST", "/b")});
  RawClient client{server->port()};
  client.send("POST /b HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100U);
  EXPECT_EQ(client.ask("hi").body, "POST /b hi");
}

TEST(Server, DoesNotInviteABodyThatItRefuses) {
  const auto server = serve({echo("POST", "/b")});
  RawClient client{server->port()};
  EXPECT_EQ(client.ask("POST /b HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2000\r\n\r\n").status,
            413U);
}

TEST(Server, TheHandlersFieldsAreSentAsTheyStand) {
  const auto server = serve({route("GET", "/a", [](const Request&, Responder respond) {
    auto response = text("x");
    response.fields = {{"Cache-Control", "no-store"}, {"X-One", "1"}};
    response.close = true;
    respond(std::move(response));
  })});
  RawClient client{server->port()};
  const auto answer = client.ask(get("/a"));
  EXPECT_EQ(answer.field("Cache-Control"), "no-store");
  EXPECT_EQ(answer.field("X-One"), "1");
  EXPECT_EQ(answer.field("Connection"), "close");
}

TEST(Server, AFieldThatWouldSplitTheResponseIsNotSent) {
  const auto server = serve({route("GET", "/a", [](const Request&, Responder respond) {
    auto response = text("x");
    response.fields = {{"Location", "/a\r\nSet-Cookie: b=c"}};
    respond(std::move(response));
  })});
  RawClient client{server->port()};
  const auto answer = client.ask(get("/a"));
  EXPECT_EQ(answer.body, "unavailable");
  EXPECT_EQ(answer.field("Set-Cookie"), "");
}

TEST(Server, AHandlerThatThrowsAnswersWhatIsTrueForItsMethod) {
  const Handler thrower = [](const Request&, const Responder&) { throw std::runtime_error("a secret"); };
  auto on_worker = route("POST", "/worker", thrower);
  on_worker.runs_on = RunsOn::worker;
  const auto server = serve({route("GET", "/a", thrower), route("POST", "/a", thrower), on_worker});
  RawClient client{server->port()};
  EXPECT_EQ(client.ask(get("/a")).body, "unavailable");
  EXPECT_EQ(client.ask(post("/a", "")).body, "outcome-unknown");
  EXPECT_EQ(client.ask(post("/worker", "")).body, "outcome-unknown");
}

TEST(Server, DroppingTheResponderClosesTheConnection) {
  const auto server = serve({route("GET", "/a", [](const Request&, const Responder&) {})});
  RawClient client{server->port()};
  client.send(get("/a"));
  EXPECT_EQ(client.rest(), "");
  EXPECT_TRUE(test::eventually([&] { return server->counters().open == 0; }));
}

TEST(Server, RunsBlockingHandlersOnWorkersWhileTheIoThreadGoesOn) {
  std::promise<void> go;
  auto blocking = route("GET", "/wait", [&](const Request&, Responder respond) {
    go.get_future().wait();
    respond(text("waited"));
  });
  blocking.runs_on = RunsOn::worker;
  const auto server = serve({blocking, echo("GET", "/a")}, {.io_threads = 1, .worker_threads = 1});
  RawClient waiting{server->port()};
  RawClient other{server->port()};
  waiting.send(get("/wait"));
  EXPECT_EQ(other.ask(get("/a")).status, 200U);
  go.set_value();
  EXPECT_EQ(waiting.receive().body, "waited");
}

TEST(Server, AnswersManyClientsAtOnceFromOtherThreads) {
  // Answers come in batches from one thread, as those of the exchange do.
  std::mutex mutex;
  std::vector<std::pair<std::string, Responder>> batch;
  bool done = false;
  std::thread batcher{[&] {
    while (true) {
      std::vector<std::pair<std::string, Responder>> mine;
      {
        const std::scoped_lock lock{mutex};
        if (done) return;
        mine.swap(batch);
      }
      for (auto& [body, respond] : mine) respond(text(body));
      std::this_thread::yield();
    }
  }};
  const auto server = serve({route("POST", "/b", [&](const Request& request, Responder respond) {
    const std::scoped_lock lock{mutex};
    batch.emplace_back(std::string{as_text(request.body)}, std::move(respond));
  })});
  std::vector<std::thread> clients;
  std::atomic<int> right{0};
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&, c] {
      RawClient client{server->port()};
      for (int i = 0; i < 100; ++i) {
        const auto body = std::to_string(c) + "/" + std::to_string(i);
        if (client.ask(post("/b", body)).body == body) ++right;
      }
    });
  }
  for (auto& client : clients) client.join();
  {
    const std::scoped_lock lock{mutex};
    done = true;
  }
  batcher.join();
  EXPECT_EQ(right, 800);
  EXPECT_EQ(server->counters().responses_2xx, 800U);
}

TEST(Server, OverTheLimitOfConnectionsFurtherOnesAreClosedAtOnceAndCounted) {
  const auto server = serve({echo("GET", "/a")}, {.max_connections = 2});
  RawClient first{server->port()};
  RawClient second{server->port()};
  EXPECT_EQ(first.ask(get("/a")).status, 200U);
  EXPECT_EQ(second.ask(get("/a")).status, 200U);
  RawClient third{server->port()};
  EXPECT_EQ(third.rest(), "");
  EXPECT_EQ(server->counters().refused, 1U);
  EXPECT_EQ(server->counters().open, 2U);
  first.finish();
  EXPECT_EQ(first.rest(), "");
  ASSERT_TRUE(test::eventually([&] { return server->counters().open == 1; }));
  RawClient fourth{server->port()};
  EXPECT_EQ(fourth.ask(get("/a")).status, 200U);
}

TEST(Server, APortInUseIsRefusedByName) {
  const auto server = serve({});
  const auto second = Server::start({.address = "127.0.0.1", .port = server->port()}, test::table({}));
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Errc::io);
  EXPECT_NE(second.error().detail.find("127.0.0.1 port " + std::to_string(server->port())), std::string::npos);
}

TEST(Server, AnAddressThatIsNoNumberIsRefused) {
  const auto server = Server::start({.address = "localhost"}, test::table({}));
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().code, Errc::invalid_argument);
}

TEST(Server, AnOperatorsRouteIsNotServedWhereOthersReachIt) {
  auto secret = echo("GET", "/admin");
  secret.access = Access::operator_only;
  const auto refused = Server::start({.address = "127.0.0.1"}, test::table({secret}));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  EXPECT_TRUE(Server::start({.address = "127.0.0.1", .operator_reaches = true}, test::table({secret})).has_value());
}

TEST(Server, ListensOnIpVersion6) {
  const auto server = Server::start({.address = "::1"}, test::table({echo("GET", "/a")}));
  if (!server) GTEST_SKIP() << "this machine has no IPv6 loopback: " << server.error().text();
  EXPECT_NE(server.value()->port(), 0);
}

}  // namespace
}  // namespace lindung::http
