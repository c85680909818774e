#include "http/hook.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "http/certificates.h"
#include "http/message.h"
#include "http/server.h"
#include "http/support.h"

namespace lindung::http {
namespace {

using test::route;
using test::serve;
using test::text;

std::string url_of(const Server& server, std::string_view scheme) {
  return std::string{scheme} + "://127.0.0.1:" + std::to_string(server.port()) + "/hook";
}

TEST(Hook, PostsTheTextWithItsFieldsAndGivesTheAnswer) {
  const auto server = serve({route("POST", "/hook", [](const Request& request, Responder respond) {
    std::string said{request.only("Content-Type").second};
    said.append("|").append(request.only("Lindung-Signature").second).append("|");
    said.append(request.body.begin(), request.body.end());
    respond(text(said));
  })});
  const auto answer =
      post_json({.url = url_of(*server, "http"), .fields = {{"Lindung-Signature", "abc"}}}, R"({"a": 1})");
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_EQ(answer.value().status, 200U);
  EXPECT_EQ(answer.value().body, R"(application/json|abc|{"a": 1})");
}

TEST(Hook, GivesARefusalAsItsStatusAndFollowsNobodyElsewhere) {
  int asked = 0;
  const auto server = serve({route("POST", "/hook",
                                   [](const Request& /*request*/, Responder respond) {
                                     Response elsewhere = text("");
                                     elsewhere.status = 307;
                                     elsewhere.fields.emplace_back("Location", "/other");
                                     respond(std::move(elsewhere));
                                   }),
                             route("POST", "/other", [&](const Request& /*request*/, Responder respond) {
                               ++asked;
                               respond(text(""));
                             })});
  const auto answer = post_json({.url = url_of(*server, "http")}, "{}");
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_EQ(answer.value().status, 307U);
  EXPECT_EQ(asked, 0);
}

TEST(Hook, TellsNothingToAServerWhoseCertificateIsNotTrusted) {
  const test::Folder folder;
  const test::Authority ours{folder.path(), "ca"};
  const test::Authority others{folder.path(), "other"};
  ours.issue("server", "server");
  int asked = 0;
  const auto server =
      serve({route("POST", "/hook",
                   [&](const Request& /*request*/, Responder respond) {
                     ++asked;
                     respond(text("taken"));
                   })},
            {.tls = TlsFiles{.certificate_chain = ours.certificate("server"), .private_key = ours.key("server")}});
  const auto url = url_of(*server, "https");
  const auto refused = post_json({.url = url, .ca_file = others.certificate("other")}, "{}");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_EQ(asked, 0);
  const auto missing = post_json({.url = url, .ca_file = (folder.path() / "none.pem").string()}, "{}");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, Errc::io);
  const auto answer = post_json({.url = url, .ca_file = ours.certificate("ca")}, "{}");
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_EQ(answer.value().body, "taken");
}

TEST(Hook, TakesNoUrlThatGoesOutWithoutTlsAndNoFieldOfTwoLines) {
  for (const std::string_view url :
       {"http://example.org/", "http://127.0.0.1.example.org/", "http://127.0.0.1:80@example.org/", "ftp://127.0.0.1/",
        "https://user:word@example.org/", "https://a b/", "127.0.0.1", "http://localhostess/"}) {
    EXPECT_FALSE(is_hook_url(url)) << url;
    const auto posted = post_json({.url = std::string{url}}, "{}");
    ASSERT_FALSE(posted.has_value()) << url;
    EXPECT_EQ(posted.error().code, Errc::invalid_argument) << url;
  }
  EXPECT_TRUE(is_hook_url("https://csirt.example.go.id/hook?x=1"));
  EXPECT_TRUE(is_hook_url("http://[::1]:8080/"));
  const auto posted = post_json({.url = "https://127.0.0.1:1/", .fields = {{"A", "b\r\nC: d"}}}, "{}");
  ASSERT_FALSE(posted.has_value());
  EXPECT_EQ(posted.error().code, Errc::invalid_argument);
}

TEST(Hook, EndsOnALongAnswerAndOnASilentServer) {
  std::optional<Responder> kept;
  const auto server =
      serve({route("POST", "/hook",
                   [](const Request& /*request*/, Responder respond) { respond(text(std::string(2000, 'x'))); }),
             route("POST", "/hook/silent",
                   [&](const Request& /*request*/, Responder respond) { kept.emplace(std::move(respond)); })});
  const auto longer = post_json({.url = url_of(*server, "http"), .max_response_bytes = 1000}, "{}");
  ASSERT_FALSE(longer.has_value());
  EXPECT_EQ(longer.error().code, Errc::too_large);
  const auto silent =
      post_json({.url = url_of(*server, "http") + "/silent", .call_timeout = std::chrono::milliseconds{100}}, "{}");
  ASSERT_FALSE(silent.has_value());
  EXPECT_EQ(silent.error().code, Errc::timeout);
  const auto nobody = post_json({.url = "https://127.0.0.1:1/"}, "{}");
  ASSERT_FALSE(nobody.has_value());
  EXPECT_EQ(nobody.error().code, Errc::unavailable);
}

}  // namespace
}  // namespace lindung::http
