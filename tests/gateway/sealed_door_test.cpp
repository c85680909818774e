// The sealed door with key holders of another kind than partners: what each step demands, and in which order.
#include "gateway/sealed_door.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "gateway/envelope.h"
#include "gateway/exchange_keys.h"
#include "gateway/sealed_client.h"
#include "gateway/signed_head.h"
#include "http/message.h"

namespace lindung::gateway {
namespace {

constexpr EnvelopeProfile other_envelope{.signature = {.path = "/v1/other",
                                                       .content_type = "application/vnd.lindung.other",
                                                       .tag = "lindung-other",
                                                       .has_pact = false},
                                         .reply_content_type = "application/vnd.lindung.other-answer",
                                         .request_label = "lindung other v1",
                                         .response_label = "lindung other response v1"};
constexpr std::array<std::size_t, 1> sizes{100};
const std::string authority = "gateway.example";

class SealedDoorTest : public testing::Test {
 protected:
  SealedDoorTest() {
    auto table = std::make_unique<ExchangeKeys::Table>();
    table->at(7) = ExchangeKey{.key = own_, .not_before = now_ - seconds{60}, .not_after = now_ + seconds{60}};
    keys_.set(std::move(table));
  }

  [[nodiscard]] SealedEnvelope seal(std::size_t size = 100, const EnvelopeProfile& profile = other_envelope) const {
    return seal_envelope(profile, {.key_id = KeyId{"carrier.1"}, .signing_key = holder_},
                         {.key_id = 7, .public_key = own_.public_key()}, authority, Bytes(size, 0x5A), now_)
        .value();
  }

  [[nodiscard]] static http::Request request_of(const SealedEnvelope& sent, std::vector<http::Field>& fields) {
    fields.push_back({.name = "Host", .value = authority});
    for (const auto& [name, value] : sent.fields) fields.push_back({.name = name, .value = value});
    return {.method = "POST",
            .target = other_envelope.signature.path,
            .fields = fields,
            .body = sent.body,
            .framed_by_content_length = true,
            .client_certificate_subject = {}};
  }

  Result<OpenedBody> admit(const SealedEnvelope& sent, const crypto::Ed25519PublicKey* key) const {
    std::vector<http::Field> fields;
    const auto request = request_of(sent, fields);
    TRY(presented, door_.read(request, other_envelope, sizes, now_));
    TRY(proven, door_.prove(std::move(presented), key));
    return door_.open(request, other_envelope, proven, now_);
  }

  Moment now_ = moment_of(1'767'225'600);
  crypto::Ed25519PrivateKey holder_ = crypto::Ed25519PrivateKey::generate();
  crypto::Ed25519PublicKey holder_key_ = holder_.public_key();
  crypto::X25519PrivateKey own_ = crypto::X25519PrivateKey::generate();
  ExchangeKeys keys_;
  SealedDoor door_{keys_, {.names = {authority}, .https = true}};
};

TEST_F(SealedDoorTest, AHolderOfAnotherDirectoryIsLetInAndItsReplyOpens) {
  const auto sent = seal();
  const auto opened = admit(sent, &holder_key_);
  ASSERT_TRUE(opened.has_value()) << opened.error().text();
  EXPECT_EQ(opened.value().plaintext, Bytes(100, 0x5A));
  const auto reply = seal_reply(opened.value().reply_key, Bytes(64, 1));
  const auto read = open_reply(sent.reply_key, reply, 64);
  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(read.value(), Bytes(64, 1));
}

TEST_F(SealedDoorTest, AnUnknownKeyIsAnsweredAsAForgedSignatureIs) {
  const auto unknown = admit(seal(), nullptr);
  const auto other = crypto::Ed25519PrivateKey::generate().public_key();
  const auto forged = admit(seal(), &other);
  ASSERT_TRUE(unknown.has_error());
  ASSERT_TRUE(forged.has_error());
  EXPECT_EQ(unknown.error().code, Errc::bad_signature);
  EXPECT_EQ(unknown.error().text(), forged.error().text());
}

TEST_F(SealedDoorTest, WhatWasSealedForAnotherEndpointDoesNotPass) {
  auto elsewhere = other_envelope;
  elsewhere.signature.tag = "lindung-elsewhere";
  const auto by_tag = admit(seal(100, elsewhere), &holder_key_);
  ASSERT_TRUE(by_tag.has_error());
  EXPECT_EQ(by_tag.error().code, Errc::bad_signature);
  elsewhere = other_envelope;
  elsewhere.request_label = "lindung elsewhere v1";
  const auto by_label = admit(seal(100, elsewhere), &holder_key_);
  ASSERT_TRUE(by_label.has_error());
  EXPECT_EQ(by_label.error().code, Errc::malformed) << "the signature holds, the envelope does not open";
}

TEST_F(SealedDoorTest, AnotherLengthIsRefusedBeforeAnythingIsVerified) {
  const auto longer = admit(seal(101), &holder_key_);
  ASSERT_TRUE(longer.has_error());
  EXPECT_EQ(longer.error().text(), "malformed: length");
}

}  // namespace
}  // namespace lindung::gateway
