#include "http/client.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "http/message.h"
#include "http/response_reader.h"
#include "http/server.h"
#include "http/support.h"
#include "http/unix_address.h"

namespace lindung::http {
namespace {

using std::chrono::milliseconds;
using test::route;
using test::serve;
using test::text;

// A server that says exactly these bytes to the first connection's first request, and closes.
class Saying {
 public:
  explicit Saying(std::string bytes) : socket_{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT: the sockets API
    EXPECT_EQ(::bind(socket_.get(), generic, size), 0);
    EXPECT_EQ(::listen(socket_.get(), 1), 0);
    EXPECT_EQ(::getsockname(socket_.get(), generic, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this, bytes = std::move(bytes)] {
      const FileDescriptor peer{::accept(socket_.get(), nullptr, nullptr)};
      std::array<char, 4096> request{};
      if (::recv(peer.get(), request.data(), request.size(), 0) <= 0) return;
      ::send(peer.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }};
  }
  Saying(const Saying&) = delete;
  Saying& operator=(const Saying&) = delete;
  ~Saying() { thread_.join(); }
  [[nodiscard]] Result<ClientResponse> ask(ClientOptions options = {}) const {
    TRY(client, Client::connect({.host = "127.0.0.1", .port = port_}, std::move(options)));
    return client.send({});
  }

 private:
  FileDescriptor socket_;
  std::uint16_t port_{};
  std::thread thread_;
};

Endpoint at(const Server& server) { return {.host = "127.0.0.1", .port = server.port()}; }

Route show_fields() {
  return route("POST", "/fields", [](const Request& request, Responder respond) {
    std::string all;
    for (const auto& field : request.fields) all += std::string{field.name} + "=" + std::string{field.value} + ";";
    respond(text(all + std::string{as_text(request.body)}));
  });
}

TEST(Client, SendsFieldsAsTheyStandWithHostInFrontAndLengthBehind) {
  const auto server = serve({show_fields()});
  auto client = Client::connect(at(*server));
  ASSERT_TRUE(client.has_value()) << client.error().text();
  const auto answer = client.value().send(
      {.method = "POST", .target = "/fields", .fields = {{"b", "1"}, {"A", "2"}, {"B", "3"}}, .body = "hi"});
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_EQ(answer.value().body,
            "Host=127.0.0.1:" + std::to_string(server->port()) + ";b=1;A=2;B=3;Content-Length=2;hi");
}

TEST(Client, AddsNeitherHostNorLengthWhereTheCallerGaveThem) {
  const auto server = serve({show_fields()});
  auto client = Client::connect(at(*server));
  ASSERT_TRUE(client.has_value());
  const auto answer = client.value().send({.method = "POST",
                                           .target = "/fields",
                                           .fields = {{"content-length", "2"}, {"host", "gateway.example"}},
                                           .body = "hi"});
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_EQ(answer.value().body, "content-length=2;host=gateway.example;hi");
}

TEST(Client, APostWithoutABodyTellsItsLength) {
  const auto server = serve({show_fields()});
  auto client = Client::connect(at(*server));
  ASSERT_TRUE(client.has_value());
  const auto answer = client.value().send({.method = "POST", .target = "/fields", .fields = {{"Host", "h"}}});
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer.value().body, "Host=h;Content-Length=0;");
}

TEST(Client, KeepsItsConnectionAndMakesANewOneWhenTheServerClosed) {
  const auto server = serve({route("GET", "/", [](const Request&, Responder respond) { respond(text("x")); }),
                             route("GET", "/last", [](const Request&, Responder respond) {
                               auto response = text("last");
                               response.close = true;
                               respond(std::move(response));
                             })});
  auto client = Client::connect(at(*server));
  ASSERT_TRUE(client.has_value());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(client.value().send({}).has_value());
  EXPECT_EQ(server->counters().accepted, 1U);
  EXPECT_TRUE(client.value().send({.target = "/last"}).has_value());
  EXPECT_TRUE(client.value().send({}).has_value());
  EXPECT_EQ(server->counters().accepted, 2U);
}

TEST(Client, NoticesThatAnIdleConnectionWasClosedMeanwhile) {
  const auto server = serve({route("GET", "/", [](const Request&, Responder respond) { respond(text("x")); })},
                            {.idle_timeout = milliseconds{20}});
  auto client = Client::connect(at(*server));
  ASSERT_TRUE(client.has_value());
  EXPECT_TRUE(client.value().send({}).has_value());
  ASSERT_TRUE(test::eventually([&] { return server->counters().open == 0; }));
  EXPECT_TRUE(client.value().send({}).has_value());
}

TEST(Client, HeadHasNoBody) {
  const auto server = serve({route("GET", "/", [](const Request&, Responder respond) { respond(text("hello")); })});
  auto client = Client::connect(at(*server));
  ASSERT_TRUE(client.has_value());
  const auto answer = client.value().send({.method = "HEAD"});
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_EQ(answer.value().body, "");
  EXPECT_EQ(answer.value().field("content-length"), "5");
  EXPECT_TRUE(client.value().send({}).has_value());
}

TEST(Client, NobodyListeningIsUnavailable) {
  std::uint16_t port = 0;
  {
    const auto server = serve({});
    port = server->port();
  }
  const auto tcp = Client::connect({.host = "127.0.0.1", .port = port});
  ASSERT_FALSE(tcp.has_value());
  EXPECT_EQ(tcp.error().code, Errc::unavailable);
  const auto local = Client::connect({.host = "unix:/nowhere/at/all.sock"});
  ASSERT_FALSE(local.has_value());
  EXPECT_EQ(local.error().code, Errc::unavailable);
}

TEST(Client, AnAnswerThatDoesNotComeIsATimeout) {
  std::promise<Responder> held;
  const auto server =
      serve({route("GET", "/", [&](const Request&, Responder respond) { held.set_value(std::move(respond)); })});
  auto client = Client::connect(at(*server), {.call_timeout = milliseconds{50}});
  ASSERT_TRUE(client.has_value());
  const auto answer = client.value().send({});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, Errc::timeout);
}

TEST(Client, AConnectionThatBreaksAfterTheRequestHasAnUnknownOutcome) {
  const auto server = serve({route("GET", "/", [](const Request&, const Responder&) {})});
  auto client = Client::connect(at(*server));
  ASSERT_TRUE(client.has_value());
  const auto answer = client.value().send({});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, Errc::outcome_unknown);
}

TEST(Client, AnAnswerCutShortHasAnUnknownOutcome) {
  const auto answer = Saying{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"}.ask();
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, Errc::outcome_unknown);
}

TEST(Client, AnAnswerOverTheLimitIsTooLarge) {
  const auto told = Saying{"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890"}.ask({.max_response_bytes = 10});
  ASSERT_FALSE(told.has_value());
  EXPECT_EQ(told.error().code, Errc::too_large);
  const auto head =
      Saying{"HTTP/1.1 200 OK\r\nA: " + std::string(400, 'x') + "\r\n\r\n"}.ask({.max_header_bytes = 300});
  ASSERT_FALSE(head.has_value());
  EXPECT_EQ(head.error().code, Errc::too_large);
}

TEST(Client, AnAnswerThatIsNotHttpIsMalformed) {
  const auto answer = Saying{"220 mail.example ESMTP\r\n"}.ask();
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, Errc::malformed);
}

TEST(Client, ReadsABodyThatEndsWithTheConnectionAndAChunkedOne) {
  const auto until_close = Saying{"HTTP/1.1 200 OK\r\n\r\nall of it"}.ask();
  ASSERT_TRUE(until_close.has_value()) << until_close.error().text();
  EXPECT_EQ(until_close.value().body, "all of it");
  const auto chunked =
      Saying{
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
          "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"}
          .ask();
  ASSERT_TRUE(chunked.has_value()) << chunked.error().text();
  EXPECT_EQ(chunked.value().body, "abcde");
}

TEST(Client, ReadsAnAnswerByteByByteLikeWhole) {
  constexpr std::string_view bytes{"HTTP/1.1 201 Created\r\nA: 1\r\nContent-Length: 3\r\n\r\nabc"};
  ResponseReader reader{1000, 1000, false};
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    const auto complete = reader.feed(bytes.substr(i, 1));
    ASSERT_TRUE(complete.has_value());
    ASSERT_FALSE(complete.value());
  }
  ASSERT_TRUE(reader.feed(bytes.substr(bytes.size() - 1)).value());
  EXPECT_TRUE(reader.keep_alive());
  const auto answer = reader.take();
  EXPECT_EQ(answer.status, 201U);
  EXPECT_EQ(answer.field("a"), "1");
  EXPECT_EQ(answer.body, "abc");
}

TEST(Client, ReadsAnEmptyChunkedAnswerByteByByte) {
  constexpr std::string_view bytes{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"};
  ResponseReader reader{1000, 1000, false};
  int complete = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto step = reader.feed(bytes.substr(i, 1));
    ASSERT_TRUE(step.has_value());
    complete += step.value() ? 1 : 0;
  }
  EXPECT_EQ(complete, 1);
}

TEST(Client, BytesBehindAnAnswerAreMalformed) {
  ResponseReader reader{1000, 1000, false};
  const auto complete = reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab");
  ASSERT_FALSE(complete.has_value());
  EXPECT_EQ(complete.error().code, Errc::malformed);
}

TEST(Client, GetsTheServersRefusalOfABodyThatItDidNotRead) {
  const auto server = serve({route("POST", "/b", [](const Request&, Responder respond) { respond(text("x")); })});
  auto client = Client::connect(at(*server));
  ASSERT_TRUE(client.has_value());
  const auto answer = client.value().send({.method = "POST", .target = "/b", .body = std::string(5'000'000, 'x')});
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_EQ(answer.value().status, 413U);
}

TEST(ParseUrl, TakesSchemeHostAndPort) {
  const auto plain = parse_url("http://127.0.0.1:8080/");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain.value().endpoint.host, "127.0.0.1");
  EXPECT_EQ(plain.value().endpoint.port, 8080);
  EXPECT_EQ(plain.value().authority, "127.0.0.1:8080");
  EXPECT_FALSE(plain.value().tls);
  const auto secure = parse_url("https://gateway.example");
  ASSERT_TRUE(secure.has_value());
  EXPECT_EQ(secure.value().endpoint.port, 443);
  EXPECT_EQ(secure.value().authority, "gateway.example");
  EXPECT_TRUE(secure.value().tls);
  const auto v6 = parse_url("http://[::1]:80");
  ASSERT_TRUE(v6.has_value());
  EXPECT_EQ(v6.value().endpoint.host, "::1");
  EXPECT_EQ(v6.value().authority, "[::1]");
  EXPECT_EQ(parse_url("unix:/run/a.sock").value().endpoint.host, "unix:/run/a.sock");
}

TEST(ParseUrl, RefusesTheRest) {
  for (const auto* const url :
       {"", "ftp://h", "127.0.0.1:80", "http://", "http://:80", "http://h:0", "http://h:65536", "http://h:8x",
        "http://h:", "http://h/path", "http://h?q", "http://u@h", "http://[::1", "http://[::1]x"}) {
    const auto parsed = parse_url(url);
    ASSERT_FALSE(parsed.has_value()) << url;
    EXPECT_EQ(parsed.error().code, Errc::invalid_argument) << url;
  }
}

}  // namespace
}  // namespace lindung::http
