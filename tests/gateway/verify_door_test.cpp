#include "gateway/verify_door.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "gateway/signed_head.h"
#include "http/message.h"

namespace lindung::gateway {
namespace {

constexpr std::string_view authority = "gateway.example";
constexpr std::string_view body = R"({"text":"HC1:"})";

// A request with the storage that it looks into.
struct Signed {
  std::vector<std::string> values;
  std::vector<http::Field> fields;
  http::Request request;
};

class VerifyDoorTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<Signed> sign(const ByteArray<16>& nonce = crypto::random_bytes<16>()) const {
    const auto created = unix_seconds(clock_.now());
    const auto input = signature_input(
        verify_profile, {.created_s = created, .expires_s = created + 60, .nonce = nonce, .key_id = "door.1"});
    const auto digest = digest_field(crypto::sha256(as_bytes(body)));
    const auto signature = key_.sign(as_bytes(signature_base(verify_profile, authority, digest, {}, input)));
    auto out = std::make_unique<Signed>();
    out->values = {digest, "lindung=" + input, "lindung=:" + codec::base64(signature) + ":"};
    out->fields = {{.name = "Host", .value = authority},
                   {.name = "Content-Type", .value = "application/json"},
                   {.name = "Content-Digest", .value = out->values[0]},
                   {.name = "Signature-Input", .value = out->values[1]},
                   {.name = "Signature", .value = out->values[2]}};
    out->request = {.method = "POST",
                    .target = verify_profile.path,
                    .fields = out->fields,
                    .body = as_bytes(body),
                    .framed_by_content_length = true,
                    .client_certificate_subject = {}};
    return out;
  }
  Errc refusal(const Signed& signed_request) {
    const auto admitted = door_.admit(signed_request.request);
    EXPECT_TRUE(admitted.has_error());
    return admitted.has_error() ? admitted.error().code : Errc::io;
  }

  ManualClock clock_{moment_of(1'795'262'400)};
  crypto::Ed25519PrivateKey key_ = crypto::Ed25519PrivateKey::generate();
  std::optional<crypto::Ed25519PublicKey> known_ = key_.public_key();
  VerifyDoor door_{clock_, {.names = {std::string{authority}}, .https = true}, [this](const KeyId&) {
                     return Result<std::optional<crypto::Ed25519PublicKey>>{known_};
                   }};
};

TEST_F(VerifyDoorTest, a_signed_request_of_a_known_key_comes_in) {
  const auto admitted = door_.admit(sign()->request);
  ASSERT_TRUE(admitted) << admitted.error().text();
  EXPECT_EQ(admitted.value().value(), "door.1");
}

TEST_F(VerifyDoorTest, a_key_that_is_not_known_and_a_wrong_signature_are_refused_alike) {
  const auto request = sign();
  known_ = crypto::Ed25519PrivateKey::generate().public_key();
  EXPECT_EQ(refusal(*request), Errc::bad_signature);
  known_.reset();
  EXPECT_EQ(refusal(*request), Errc::bad_signature);
}

TEST_F(VerifyDoorTest, a_request_comes_in_once) {
  const auto nonce = crypto::random_bytes<16>();
  ASSERT_TRUE(door_.admit(sign(nonce)->request));
  EXPECT_EQ(refusal(*sign(nonce)), Errc::replay_conflict);
  clock_.advance(std::chrono::seconds{59});
  EXPECT_EQ(refusal(*sign(nonce)), Errc::replay_conflict);
}

TEST_F(VerifyDoorTest, an_old_request_is_refused) {
  const auto request = sign();
  clock_.advance(std::chrono::seconds{61});
  EXPECT_EQ(refusal(*request), Errc::clock_skew);
}

TEST_F(VerifyDoorTest, a_key_has_so_many_a_minute) {
  for (std::uint64_t i = 0; i < verifications_a_minute; ++i) ASSERT_TRUE(door_.admit(sign()->request)) << i;
  clock_.advance(std::chrono::seconds{20});
  const auto refused = door_.admit(sign()->request);
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::quota);
  EXPECT_EQ(refused.error().number, 40U);
  clock_.advance(std::chrono::seconds{40});
  EXPECT_TRUE(door_.admit(sign()->request));
}

TEST_F(VerifyDoorTest, another_media_type_or_framing_is_malformed) {
  auto request = sign();
  request->fields[1].value = "text/plain";
  EXPECT_EQ(refusal(*request), Errc::malformed);
  request = sign();
  request->request.framed_by_content_length = false;
  EXPECT_EQ(refusal(*request), Errc::malformed);
}

}  // namespace
}  // namespace lindung::gateway
