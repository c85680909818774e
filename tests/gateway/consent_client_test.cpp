// The partner's side of a consent: what comes back by the browser, and webhooks.
#include "gateway/consent_client.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "domain/redemption.h"
#include "gateway/consent_profiles.h"
#include "gateway/sealed_client.h"

namespace lindung::gateway {
namespace {

constexpr auto now = moment_of(1'795'262'400);
constexpr std::string_view issuer = "https://lindung.example";

TEST(ConsentClient, TakesACodeOnlyOfItsOwnStateAndIssuer) {
  const auto pending = new_pending_link();
  const auto code = crypto::random_bytes<32>();
  const auto query = [&](const std::string& state, const std::string& iss) {
    return "code=" + codec::base64url(code) + "&state=" + state + "&iss=" + iss;
  };
  EXPECT_EQ(code_of(query(pending.state, "https%3A%2F%2Flindung.example"), pending, issuer).value(), code);
  EXPECT_EQ(code_of(query(new_pending_link().state, "https%3A%2F%2Flindung.example"), pending, issuer).error().detail,
            "state");
  EXPECT_EQ(code_of(query(pending.state, "https%3A%2F%2Fother.example"), pending, issuer).error().detail, "iss");
  EXPECT_EQ(
      code_of("code=short&state=" + pending.state + "&iss=https%3A%2F%2Flindung.example", pending, issuer).error().code,
      Errc::malformed);
  EXPECT_EQ(
      code_of("error=access_denied&state=" + pending.state + "&iss=https%3A%2F%2Flindung.example", pending, issuer)
          .error()
          .detail,
      "access_denied");
  EXPECT_EQ(code_of("state=" + pending.state + "&state=" + pending.state, pending, issuer).error().code,
            Errc::malformed);
}

// RFC 7636 appendix B.
TEST(ConsentClient, MakesTheChallengeOfTheStandard) {
  EXPECT_EQ(codec::base64url(domain::challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(ConsentClient, ARedemptionIsReadAsItWasWrittenAndNoOtherWay) {
  const domain::Redemption redemption{.request_id = RequestId{crypto::random_bytes<16>()},
                                      .code = crypto::random_bytes<32>(),
                                      .verifier = new_pending_link().verifier};
  const auto bytes = domain::encode(redemption);
  const auto read = domain::parse_redemption(bytes).value();
  EXPECT_EQ(read.request_id, redemption.request_id);
  EXPECT_EQ(read.code, redemption.code);
  EXPECT_EQ(read.verifier, redemption.verifier);
  for (const std::size_t at : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{95}, std::size_t{255}}) {
    auto spoiled = bytes;
    spoiled.at(at) ^= 0x80U;
    EXPECT_EQ(domain::parse_redemption(spoiled).error().code, Errc::malformed) << at;
  }
}

class Webhooks : public ::testing::Test {
 protected:
  crypto::Ed25519PrivateKey key_ = crypto::Ed25519PrivateKey::generate();
  std::vector<ConsentVerifier> keys_{{.id = "00aa11bb22cc33dd", .key = key_.public_key()}};
  std::string body_ =
      R"({"event":"consent.ended","id":"0f","consent":"a1","reason":"withdrawn","at":1795262400,"log_index":7})";
  std::vector<std::pair<std::string, std::string>> fields_ =
      sign_fields(webhook_profile("/ended"), {.key_id = KeyId{"00aa11bb22cc33dd"}, .signing_key = key_}, "app.example",
                  as_bytes(body_), now);
  ReceivedWebhook received() const {
    return {.path = "/ended", .authority = "app.example", .is_https = true, .fields = fields_, .body = body_};
  }
  Result<WebhookEvent> verify(Moment at = now) const {
    auto fields = fields_;
    fields.emplace_back("Host", "app.example");
    auto webhook = received();
    webhook.fields = fields;
    return verify_webhook(webhook, keys_, at);
  }
};

TEST_F(Webhooks, OneOfTheGatewayIsTaken) {
  const auto event = verify().value();
  EXPECT_EQ(event.reason, "withdrawn");
  EXPECT_EQ(event.consent, "a1");
  EXPECT_EQ(event.log_index, 7U);
}

TEST_F(Webhooks, OneThatIsOldChangedOrOfAnotherKeyIsRefused) {
  EXPECT_EQ(verify(now + std::chrono::minutes{2}).error().code, Errc::clock_skew);
  keys_.front().key = crypto::Ed25519PrivateKey::generate().public_key();
  EXPECT_EQ(verify().error().detail, "signature");
  keys_.front().key = key_.public_key();
  body_.replace(body_.find("withdrawn"), 9, "WITHDRAWN");
  EXPECT_EQ(verify().error().detail, "digest");
}

}  // namespace
}  // namespace lindung::gateway
