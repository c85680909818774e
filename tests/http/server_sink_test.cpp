// A body that a sink takes as it arrives: asked for with the head, bounded, timed, and never in memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "http/message.h"
#include "http/router.h"
#include "http/server.h"
#include "http/support.h"

namespace lindung::http {
namespace {

using test::RawClient;
using test::serve;
using test::text;

class Counting final : public BodySink {
 public:
  explicit Counting(std::size_t room) : room_{room} {}
  bool take(BytesView piece) noexcept override {
    size += piece.size();
    largest = std::max(largest, piece.size());
    return size <= room_;
  }
  std::size_t size{0};
  std::size_t largest{0};

 private:
  std::size_t room_;
};

using OpenSink = std::function<Result<std::shared_ptr<BodySink>>(const Request&)>;

// Answers with the number of bytes that its sink took.
Route counting(OpenSink open) {
  auto made = test::route("POST", "/sink", [](const Request& request, Responder respond) {
    const auto sink = std::static_pointer_cast<Counting>(request.sink);
    respond(text(std::to_string(sink->size) + " " + (sink->largest <= 20'480 ? "pieces" : "whole") + " " +
                 std::to_string(request.body.size())));
  });
  made.body_limit = 1'000'000;
  made.open_sink = std::move(open);
  return made;
}

Result<std::shared_ptr<BodySink>> with_room(std::size_t room) {
  return std::shared_ptr<BodySink>{std::make_shared<Counting>(room)};
}

std::string head(std::string_view fields) {
  return "POST /sink HTTP/1.1\r\nHost: h\r\n" + std::string{fields} + "\r\n";
}

TEST(ServerSink, TakesABodyInPiecesAndTheConnectionGoesOn) {
  const auto server = serve({counting([](const Request&) { return with_room(1'000'000); })});
  RawClient client{server->port()};
  const std::string body(500'000, 'x');
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.ask(head("Content-Length: 500000\r\n") + body).body, "500000 pieces 0");
  }
  EXPECT_EQ(client.ask(head("Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").body, "5 pieces 0");
  EXPECT_EQ(server->counters().accepted, 1U);
}

TEST(ServerSink, InvitesAClientThatWaitsForAWordOnceTheSinkIsOpen) {
  const auto server = serve({counting([](const Request&) { return with_room(10); })});
  RawClient client{server->port()};
  client.send(head("Content-Length: 2\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.receive().status, 100U);
  EXPECT_EQ(client.ask("ab").body, "2 pieces 0");
}

TEST(ServerSink, WhatTheHeadDoesNotDeserveIsAnsweredWithoutReadingTheBody) {
  const auto server = serve({counting([](const Request& request) -> Result<std::shared_ptr<BodySink>> {
    if (request.only("Key").second != "right") return fail(Errc::bad_signature);
    return with_room(10);
  })});
  RawClient client{server->port()};
  client.send(head("Content-Length: 900000\r\nKey: wrong\r\nExpect: 100-continue\r\n"));
  const auto answer = client.receive();
  EXPECT_EQ(answer.body, "bad-signature");
  EXPECT_EQ(answer.field("Connection"), "close");
  RawClient other{server->port()};
  EXPECT_EQ(other.ask(head("Content-Length: 2\r\nKey: right\r\n") + "ab").body, "2 pieces 0");
}

TEST(ServerSink, AFaultOfTheOpenerIsNoAnswerOfItsOwn) {
  const auto server = serve(
      {counting([](const Request&) -> Result<std::shared_ptr<BodySink>> { throw std::runtime_error{"personal"}; })});
  RawClient client{server->port()};
  EXPECT_EQ(client.ask(head("Content-Length: 2\r\n") + "ab").body, "unavailable");
}

TEST(ServerSink, ABodyOverTheLimitIsTooLargeByItsLengthAndByItsChunks) {
  const auto server = serve({counting([](const Request&) { return with_room(10'000'000); })});
  RawClient client{server->port()};
  EXPECT_EQ(client.ask(head("Content-Length: 1000001\r\n")).body, "too-large");
  RawClient chunked{server->port()};
  chunked.send(head("Transfer-Encoding: chunked\r\n") + "f4241\r\n" + std::string(1'000'001, 'x'));
  EXPECT_EQ(chunked.receive().body, "too-large");
}

TEST(ServerSink, ASinkThatTakesNoMoreIsUnavailable) {
  const auto server = serve({counting([](const Request&) { return with_room(1); })});
  RawClient client{server->port()};
  EXPECT_EQ(client.ask(head("Content-Length: 2\r\n") + "ab").body, "unavailable");
}

TEST(ServerSink, AnOpenerThatHangsIsBusyAndItsLateSinkIsDropped) {
  std::promise<void> go_on;
  auto gate = go_on.get_future().share();
  std::weak_ptr<BodySink> late;
  std::promise<void> opened;
  const auto server = serve({counting([&](const Request&) -> Result<std::shared_ptr<BodySink>> {
                              gate.wait();
                              auto sink = with_room(10);
                              late = sink.value();
                              opened.set_value();
                              return sink;
                            })},
                            {.body_timeout = std::chrono::milliseconds{50}});
  RawClient client{server->port()};
  EXPECT_EQ(client.ask(head("Content-Length: 2\r\n") + "ab").body, "busy");
  go_on.set_value();
  opened.get_future().wait();
  server->stop(std::chrono::milliseconds{1'000});
  EXPECT_TRUE(late.expired());
}

TEST(ServerSink, ASlowBodyIsTimedOutAsAnyOther) {
  const auto server =
      serve({counting([](const Request&) { return with_room(10); })}, {.body_timeout = std::chrono::milliseconds{50}});
  RawClient client{server->port()};
  EXPECT_EQ(client.ask(head("Content-Length: 2\r\n") + "a").body, "timeout");
}

}  // namespace
}  // namespace lindung::http
