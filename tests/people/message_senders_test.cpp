// Mail and hook over real sockets: what arrives there, byte for byte where it matters, and what never leaves.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "people/message_queue.h"
#include "people/message_sender.h"
#include "people/messages.h"
#include "support/mailbox.h"

namespace lindung::people {
namespace {

SecretBytes secret_of(std::string_view text) {
  const auto bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

PhoneMessage message() {
  return {.id = MessageId{ByteArray<16>{1, 2, 3}},
          .kind = MessageKind::code,
          .phone = "+6281234567890",
          .text = {.id = "kode Anda 123456\r\nBcc: evil@example.com", .en = "your code is 123456"},
          .at = moment_of(1'795'262'400)};
}

// A server of one port that talks to one connection after the other, in a thread of its own.
class SmallServer {
 public:
  using Talk = std::function<void(SmallServer&, std::size_t connection)>;
  explicit SmallServer(Talk talk) : listener_{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const raw = reinterpret_cast<sockaddr*>(&address);  // NOLINT: how sockets take it
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, raw, size), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    EXPECT_EQ(::getsockname(listener_, raw, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this, talk = std::move(talk)] {
      for (std::size_t i = 0;; ++i) {
        peer_ = ::accept(listener_, nullptr, nullptr);
        if (peer_ < 0) return;
        talk(*this, i);
        ::close(peer_);
        ++served_;
      }
    }};
  }
  SmallServer(const SmallServer&) = delete;
  SmallServer& operator=(const SmallServer&) = delete;
  ~SmallServer() { stop(); }
  void stop() {
    if (!thread_.joinable()) return;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  void say(std::string_view text) const { static_cast<void>(::send(peer_, text.data(), text.size(), MSG_NOSIGNAL)); }
  // One line without its end; empty at the end of the connection.
  std::string hear() const {
    std::string line;
    for (char c = 0; ::recv(peer_, &c, 1, 0) == 1;) {
      if (c == '\n') break;
      if (c != '\r') line += c;
    }
    return line;
  }
  std::string hear(std::size_t count) const {
    std::string out(count, '\0');
    std::size_t got = 0;
    while (got < count) {
      const auto part = ::recv(peer_, out.data() + got, count - got, 0);
      if (part <= 0) break;
      got += static_cast<std::size_t>(part);
    }
    out.resize(got);
    return out;
  }
  [[nodiscard]] std::string port() const { return std::to_string(port_); }
  [[nodiscard]] std::size_t served() const { return served_; }

 private:
  int listener_;
  int peer_{-1};
  std::uint16_t port_{};
  std::atomic<std::size_t> served_{};
  std::thread thread_;
};

MailOptions mail_to(const test::Mailbox& mailbox) {
  return {.server = {.url = mailbox.url()}, .from = "lindung@example.go.id", .to = "{phone}@sms.example"};
}

TEST(MailSender, AMailGoesToTheNumbersAddressWithItsTextInTheBodyOnly) {
  const test::Mailbox mailbox;
  const auto sent = mail_sender(mail_to(mailbox)).value()->send(message());
  ASSERT_FALSE(sent.has_error()) << sent.error().text();
  ASSERT_EQ(mailbox.mails().size(), 1U);
  const auto mail = mailbox.mails().front();
  EXPECT_THAT(mail.to, testing::ElementsAre("<6281234567890@sms.example>"));
  const auto head = mail.data.substr(0, mail.data.find("\r\n\r\n"));
  EXPECT_THAT(head, testing::HasSubstr("Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n"));
  EXPECT_THAT(head, testing::Not(testing::HasSubstr("Bcc")));
  EXPECT_THAT(head, testing::Not(testing::HasSubstr("123456\r\n")));
  const auto body = mail.data.substr(head.size());
  EXPECT_THAT(body, testing::HasSubstr("kode Anda 123456"));
  EXPECT_THAT(body, testing::HasSubstr("your code is 123456"));
}

TEST(MailSender, WithALogInButWithoutTlsNothingIsSaid) {
  const test::Mailbox mailbox;
  auto options = mail_to(mailbox);
  options.server.user = "lindung";
  options.server.password = secret_of("password");
  const auto sent = mail_sender(std::move(options)).value()->send(message());
  ASSERT_TRUE(sent.has_error());
  EXPECT_EQ(sent.error().code, Errc::unavailable);
  EXPECT_TRUE(mailbox.mails().empty());
}

TEST(MailSender, ARecipientThatIsRefusedForGoodIsNotTriedAgain) {
  test::Mailbox mailbox;
  mailbox.answer("RCPT", "550 no such number");
  const auto sent = mail_sender(mail_to(mailbox)).value()->send(message());
  ASSERT_TRUE(sent.has_error());
  EXPECT_EQ(sent.error().code, Errc::denied);
  EXPECT_EQ(sent.error().detail.find("6281"), std::string::npos);
}

TEST(MailSender, OptionsThatWouldWriteHeadersAreRefused) {
  for (const std::string_view to :
       {"{phone}@sms.example\r\nBcc: x@y", "{phone} @sms.example", "sms@sms.example", "<{phone}>"}) {
    const auto made = mail_sender({.server = {.url = "smtp://127.0.0.1"}, .from = "a@b", .to = std::string{to}});
    ASSERT_TRUE(made.has_error()) << to;
    EXPECT_EQ(made.error().code, Errc::invalid_argument) << to;
  }
}

// What a hook heard of one request.
struct Asked {
  std::vector<std::string> head;
  std::string body;
  [[nodiscard]] std::string field(std::string_view name) const {
    for (const auto& line : head) {
      if (line.starts_with(std::string{name} + ": ")) return line.substr(name.size() + 2);
    }
    return {};
  }
};

SmallServer::Talk hook_server(std::vector<Asked>& asked, std::vector<std::string> answers) {
  return [&asked, answers = std::move(answers)](SmallServer& at, std::size_t connection) {
    Asked one;
    for (auto line = at.hear(); !line.empty(); line = at.hear()) one.head.push_back(line);
    const auto size = one.field("Content-Length");
    one.body = at.hear(size.empty() ? 0 : std::stoul(size));
    asked.push_back(one);
    at.say("HTTP/1.1 " + answers.at(std::min(connection, answers.size() - 1)) +
           "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  };
}

HookOptions hook_at(const SmallServer& server) {
  return {.hook = {.url = "http://127.0.0.1:" + server.port() + "/hook"},
          .secret = secret_of("a secret of enough bytes")};
}

TEST(HookSender, APostHoldsTheMessageUnderASignatureThatTheSecretProves) {
  std::vector<Asked> asked;
  SmallServer server{hook_server(asked, {"204 No Content"})};
  const auto sent = hook_sender(hook_at(server)).value()->send(message());
  ASSERT_FALSE(sent.has_error()) << sent.error().text();
  server.stop();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].head.front(), "POST /hook HTTP/1.1");
  EXPECT_EQ(asked[0].field("Content-Type"), "application/json");
  EXPECT_EQ(asked[0].body, as_json(message()));
  const auto mac =
      crypto::hmac_sha256(as_bytes("a secret of enough bytes"), {as_bytes("1795262400."), as_bytes(asked[0].body)});
  EXPECT_EQ(asked[0].field("Lindung-Signature"), "t=1795262400,v1=" + codec::hex(mac));
}

TEST(HookSender, ARedirectIsNotFollowed) {
  std::vector<Asked> asked;
  SmallServer server{hook_server(asked, {"302 Found\r\nLocation: http://127.0.0.1:1/"})};
  const auto sent = hook_sender(hook_at(server)).value()->send(message());
  ASSERT_TRUE(sent.has_error());
  EXPECT_EQ(sent.error().code, Errc::unavailable);
}

TEST(HookSender, PlainHttpAndShortSecretsAreRefused) {
  EXPECT_EQ(hook_sender({.hook = {.url = "http://hook.example/"}, .secret = secret_of("a secret of enough bytes")})
                .error()
                .code,
            Errc::invalid_argument);
  EXPECT_EQ(hook_sender({.hook = {.url = "https://hook.example/"}, .secret = secret_of("short")}).error().code,
            Errc::invalid_argument);
}

TEST(MessageQueue, WhatFailsIsTriedAgainAndWhatIsRefusedIsGivenUp) {
  std::vector<Asked> asked;
  SmallServer server{hook_server(asked, {"503 Later", "503 Later", "200 OK", "403 Never", "200 OK"})};
  std::atomic<int> reported{0};
  {
    MessageQueue queue{
        hook_sender(hook_at(server)).value(),
        {.most = 10, .tries = 4, .pause = std::chrono::milliseconds{1}, .report = [&](const Error& error) {
           EXPECT_EQ(error.code, Errc::denied);
           ++reported;
         }}};
    for (int i = 0; i < 3; ++i) ASSERT_FALSE(queue.post(message()).has_error());
    while (queue.sent() + queue.given_up() < 3) std::this_thread::yield();
    EXPECT_EQ(queue.sent(), 2U);
    EXPECT_EQ(queue.given_up(), 1U);
  }
  server.stop();
  EXPECT_EQ(asked.size(), 5U);
  EXPECT_EQ(reported, 1);
}

TEST(MessageQueue, AFullQueueSaysSo) {
  std::vector<Asked> asked;
  SmallServer server{hook_server(asked, {"503 Later"})};
  MessageQueue queue{hook_sender(hook_at(server)).value(),
                     {.most = 0, .tries = 1, .pause = std::chrono::milliseconds{1}, .report = {}}};
  const auto posted = queue.post(message());
  ASSERT_TRUE(posted.has_error());
  EXPECT_EQ(posted.error().code, Errc::busy);
}

}  // namespace
}  // namespace lindung::people
