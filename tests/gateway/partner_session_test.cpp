#include "gateway/partner_session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "domain/question.h"
#include "gateway/partner_client.h"
#include "http/client.h"
#include "http/message.h"
#include "http/router.h"
#include "http/server.h"

namespace lindung::gateway {
namespace {

using std::chrono::milliseconds;

const Moment now = moment_of(1'795'000'000);

struct Scripted {
  unsigned status;
  std::string name;
  std::string retry_after{};
};

// A gateway that answers its questions by a script; without a directory it is sealed there. What it was asked is kept.
class Gateway {
 public:
  explicit Gateway(std::vector<Scripted> script, std::string directory = {})
      : script_{std::move(script)}, directory_{std::move(directory)} {
    std::vector<http::Route> routes;
    routes.push_back(route("POST", "/v1/partner/exchange", [this](const http::Request& request) {
      const std::scoped_lock lock{mutex_};
      bodies_.insert(std::string{as_text(request.body)});
      const auto& next = script_.at(std::min(asked_++, script_.size() - 1));
      return problem(next);
    }));
    routes.push_back(route("GET", "/.well-known/lindung-keys", [this](const http::Request&) {
      const std::scoped_lock lock{mutex_};
      ++fetched_;
      if (directory_.empty()) return problem({.status = 503, .name = "sealed"});
      http::Response response;
      response.content_type = "application/json";
      response.fields.emplace_back("Cache-Control", "public, max-age=60");
      response.body = directory_;
      return response;
    }));
    const auto none = [](const Error&) { return http::Response{.status = 500}; };
    server_ = http::Server::start({.address = "127.0.0.1", .port = 0, .io_threads = 1, .worker_threads = 1},
                                  std::make_shared<const http::Router>(std::move(routes), none))
                  .value();
  }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }
  [[nodiscard]] std::size_t asked() const { return asked_; }
  [[nodiscard]] std::size_t different() const { return bodies_.size(); }
  [[nodiscard]] std::size_t fetched() const { return fetched_; }

 private:
  static http::Response problem(const Scripted& what) {
    http::Response response;
    response.status = what.status;
    response.content_type = "application/problem+json";
    if (!what.retry_after.empty()) response.fields.emplace_back("Retry-After", what.retry_after);
    response.body = R"({"type":"urn:lindung:problem:)" + what.name + R"(","title":"x","status":0})";
    return response;
  }
  template <class Answer>
  static http::Route route(const char* method, const char* path, Answer answer) {
    return {
        .method = method,
        .path = path,
        .access = http::Access::anyone,
        .body_limit = 4096,
        .deadline = std::chrono::seconds{5},
        .runs_on = http::RunsOn::io_thread,
        .handler = [answer](const http::Request& request, http::Responder responder) { responder(answer(request)); }};
  }

  std::vector<Scripted> script_;
  std::string directory_;
  std::mutex mutex_;
  std::set<std::string> bodies_;
  std::size_t asked_{};
  std::size_t fetched_{};
  std::unique_ptr<http::Server> server_;
};

domain::Question question() {
  return {.operation = domain::Operation::status,
          .request_id = RequestId{ByteArray<16>{1}},
          .token = {ByteArray<28>{1}},
          .client_time = now,
          .venue_code = {}};
}

PartnerIdentity identity() {
  return {.partner = PartnerId{"gojek"},
          .epoch = 1,
          .key_id = KeyId{"gojek.1"},
          .signing_key = crypto::Ed25519PrivateKey::generate(),
          .pact_digest = {}};
}

// One attempt, with keys from the gateway.
SessionOptions options_for(const Gateway& gateway, const crypto::Ed25519PrivateKey& pinned) {
  return {.url = gateway.url(), .authority = "gateway.example", .partner = identity(), .pinned = pinned.public_key()};
}

// Asks once, and what it waited for meanwhile.
struct Asked {
  Errc code{};
  std::vector<milliseconds> waits;
};

Asked ask(const Gateway& gateway, milliseconds patience) {
  Asked out;
  const ManualClock clock{now};
  const GatewayKey key{.key_id = 1, .public_key = crypto::X25519PrivateKey::generate().public_key()};
  PartnerSession session{{.url = gateway.url(),
                          .authority = "gateway.example",
                          .partner = identity(),
                          .key = key,
                          .patience = patience,
                          .wait = [&](milliseconds pause) { out.waits.push_back(pause); }},
                         clock};
  const auto answer = session.ask(question());
  EXPECT_TRUE(answer.has_error());
  out.code = answer.error().code;
  return out;
}

void expect_about(milliseconds waited, milliseconds least) {
  EXPECT_GE(waited, least);
  EXPECT_LE(waited, least + least / 3);
}

TEST(PartnerSession, AsksAgainWithGrowingPausesUntilItsPatienceEnds) {
  const Gateway gateway{{{503, "outcome-unknown"}}};
  const auto asked = ask(gateway, milliseconds{10'000});
  EXPECT_EQ(asked.code, Errc::outcome_unknown);
  ASSERT_EQ(asked.waits.size(), 3U);  // 1 s, 2 s, 4 s; another 8 s would be too long
  expect_about(asked.waits[0], milliseconds{1'000});
  expect_about(asked.waits[1], milliseconds{2'000});
  expect_about(asked.waits[2], milliseconds{4'000});
  EXPECT_EQ(gateway.asked(), 4U);
  EXPECT_EQ(gateway.different(), 4U) << "each attempt is sealed anew";
}

TEST(PartnerSession, WaitsForAsLongAsItIsTold) {
  const Gateway gateway{{{429, "quota", "7"}, {503, "busy", "3"}, {403, "partner-cut"}}};
  const auto asked = ask(gateway, milliseconds{60'000});
  EXPECT_EQ(asked.code, Errc::partner_cut);
  ASSERT_EQ(asked.waits.size(), 2U);
  expect_about(asked.waits[0], milliseconds{7'000});
  expect_about(asked.waits[1], milliseconds{3'000});
}

TEST(PartnerSession, DoesNotRepeatWhatWouldBeRefusedAgain) {
  for (const auto& [status, name, code] :
       std::vector<std::tuple<unsigned, std::string, Errc>>{{400, "malformed", Errc::malformed},
                                                            {401, "bad-signature", Errc::bad_signature},
                                                            {401, "clock-skew", Errc::clock_skew},
                                                            {403, "pact-outdated", Errc::pact_outdated},
                                                            {403, "partner-suspended", Errc::partner_suspended},
                                                            {409, "replay-conflict", Errc::replay_conflict}}) {
    const Gateway gateway{{{status, name}}};
    const auto asked = ask(gateway, milliseconds{60'000});
    EXPECT_EQ(asked.code, code) << name;
    EXPECT_EQ(gateway.asked(), 1U) << name;
    EXPECT_TRUE(asked.waits.empty()) << name;
  }
}

TEST(PartnerSession, WithoutPatienceMakesOneAttempt) {
  const Gateway gateway{{{503, "unavailable"}}};
  EXPECT_EQ(ask(gateway, milliseconds{0}).code, Errc::unavailable);
  EXPECT_EQ(gateway.asked(), 1U);
}

TEST(PartnerSession, FetchesTheKeysAnewWhenItsKeyIsRefused) {
  const Gateway gateway{{{400, "unsupported-key"}}};
  EXPECT_EQ(ask(gateway, milliseconds{500}).code, Errc::sealed) << "the script's directory";
  EXPECT_EQ(gateway.asked(), 1U);
  EXPECT_EQ(gateway.fetched(), 1U);
}

// A key document with one exchange key of now.
std::string directory_of(const crypto::Ed25519PrivateKey& signer, bool is_sandbox) {
  const auto key = crypto::X25519PrivateKey::generate().public_key();
  const auto at = unix_seconds(now);
  const auto payload = R"({"keys":[{"key_id":1,"use":"exchange","kem":32,"kdf":1,"aead":1,"public_key":")" +
                       codec::base64url(key) + R"(","not_before":)" + std::to_string(at - 10) + R"(,"not_after":)" +
                       std::to_string(at + 1000) + R"(}],"pact":{"current":")" + codec::base64url(Hash{7}) + R"("})" +
                       (is_sandbox ? R"(,"sandbox":true})" : "}");
  const auto signature = signer.sign(Message{}.text("lindung keys v1").u8(0).text(payload).view());
  return R"({"payload":")" + codec::base64url(as_bytes(payload)) + R"(","signature":")" + codec::base64url(signature) +
         R"("})";
}

TEST(PartnerSession, FetchesTheDirectoryOnceForManyQuestionsAndAgainWhenItIsOld) {
  const auto signer = crypto::Ed25519PrivateKey::generate();
  const Gateway gateway{{{403, "partner-suspended"}}, directory_of(signer, false)};
  ManualClock clock{now};
  PartnerSession session{options_for(gateway, signer), clock};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(session.ask(question()).error().code, Errc::partner_suspended);
  EXPECT_EQ(gateway.fetched(), 1U);
  clock.advance(seconds{61});
  EXPECT_EQ(session.ask(question()).error().code, Errc::partner_suspended);
  EXPECT_EQ(gateway.fetched(), 2U);
}

TEST(PartnerSession, AsksNothingOfAGatewayWhoseKeysThePinnedKeyDidNotSign) {
  const auto pinned = crypto::Ed25519PrivateKey::generate();
  const Gateway gateway{{{503, "busy"}}, directory_of(crypto::Ed25519PrivateKey::generate(), false)};
  const ManualClock clock{now};
  PartnerSession session{options_for(gateway, pinned), clock};
  EXPECT_EQ(session.ask(question()).error().code, Errc::bad_signature);
  EXPECT_EQ(gateway.asked(), 0U);
}

TEST(PartnerSession, AsksNothingOfASandboxUnlessItTakesOne) {
  const auto signer = crypto::Ed25519PrivateKey::generate();
  const Gateway gateway{{{403, "partner-suspended"}}, directory_of(signer, true)};
  const ManualClock clock{now};
  auto options = options_for(gateway, signer);
  options.takes_sandbox = false;
  PartnerSession strict{std::move(options), clock};
  EXPECT_EQ(strict.ask(question()).error().code, Errc::denied);
  EXPECT_EQ(gateway.asked(), 0U);
  PartnerSession trying{options_for(gateway, signer), clock};
  EXPECT_EQ(trying.ask(question()).error().code, Errc::partner_suspended);
}

}  // namespace
}  // namespace lindung::gateway
