#include "gateway/key_directory.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"

namespace lindung::gateway {
namespace {

const crypto::Ed25519PrivateKey& directory_key() {
  static const auto key = crypto::Ed25519PrivateKey::from_seed(Secret<32>{ByteArray<32>{1}});
  return key;
}

std::string key_of(int id, int not_before, int not_after, std::string_view suite = R"("kem":32,"kdf":1,"aead":1)") {
  return R"({"key_id":)" + std::to_string(id) + R"(,"use":"exchange",)" + std::string{suite} + R"(,"public_key":")" +
         codec::base64url(ByteArray<32>{static_cast<std::uint8_t>(id)}) + R"(","not_before":)" +
         std::to_string(not_before) + R"(,"not_after":)" + std::to_string(not_after) + "}";
}

std::string payload_of(const std::string& keys) {
  return R"({"keys":[)" + keys + R"(],"log":{"origin":"o","public_key":"p"},"pact":{"current":")" +
         codec::base64url(ByteArray<32>{0xaa}) + R"("},"new":"later versions may add members"})";
}

std::string signed_document(const std::string& payload, const crypto::Ed25519PrivateKey& signer = directory_key()) {
  const auto signature = signer.sign(Message{}.text("lindung keys v1").u8(0).text(payload).view());
  return R"({"payload":")" + codec::base64url(as_bytes(payload)) + R"(","signature":")" + codec::base64url(signature) +
         R"("})";
}

TEST(KeyDirectory, GivesThePactAndTheNewestKeyOfTheMoment) {
  const auto opened = open_key_directory(
      signed_document(payload_of(key_of(1, 100, 300) + "," + key_of(2, 200, 400) + "," + key_of(3, 500, 600))),
      directory_key().public_key());
  ASSERT_TRUE(opened.has_value()) << opened.error().text();
  EXPECT_EQ(opened.value().pact, (Hash{0xaa}));
  EXPECT_EQ(opened.value().exchange_key_at(moment_of(150)).value().key_id, 1);
  EXPECT_EQ(opened.value().exchange_key_at(moment_of(250)).value().key_id, 2);
  EXPECT_EQ(opened.value().exchange_key_at(moment_of(550)).value().public_key, (ByteArray<32>{3}));
  EXPECT_EQ(opened.value().exchange_key_at(moment_of(450)).error().code, Errc::unsupported_key);
}

TEST(KeyDirectory, IsRefusedWhenAnotherKeySignedIt) {
  const auto stranger = crypto::Ed25519PrivateKey::generate();
  const auto document = signed_document(payload_of(key_of(1, 100, 300)), stranger);
  const auto opened = open_key_directory(document, directory_key().public_key());
  ASSERT_TRUE(opened.has_error());
  EXPECT_EQ(opened.error().code, Errc::bad_signature);
  EXPECT_TRUE(open_key_directory(document, {}).has_value()) << "nobody asked who vouches for it";
}

TEST(KeyDirectory, IsRefusedWhenItsPayloadWasChanged) {
  const auto document = signed_document(payload_of(key_of(1, 100, 300)));
  const auto other = codec::base64url(as_bytes(payload_of(key_of(9, 100, 300))));
  const auto signature = document.substr(document.find(R"(","signature)"));
  const auto opened = open_key_directory(R"({"payload":")" + other + signature, directory_key().public_key());
  ASSERT_TRUE(opened.has_error());
  EXPECT_EQ(opened.error().code, Errc::bad_signature);
}

TEST(KeyDirectory, LeavesOutKeysOfAnotherSuiteOrUse) {
  auto link = key_of(2, 100, 300);
  link.replace(link.find("exchange"), 8, "link");
  const auto opened =
      open_key_directory(signed_document(payload_of(key_of(1, 100, 300, R"("kem":16,"kdf":1,"aead":1)") + "," + link)),
                         directory_key().public_key());
  ASSERT_TRUE(opened.has_value()) << opened.error().text();
  EXPECT_TRUE(opened.value().exchange_keys.empty());
}

TEST(KeyDirectory, WhatIsNoKeyDocumentIsMalformed) {
  const std::array documents{
      std::string{},
      std::string{"<html>"},
      std::string{"[]"},
      std::string{R"({"payload":"e30"})"},
      std::string{R"({"payload":1,"signature":2})"},
      signed_document("{}"),
      signed_document("not json"),
      signed_document(R"({"keys":[],"pact":{}})"),
      signed_document(payload_of("7")),
      signed_document(payload_of(key_of(256, 100, 300))),
      signed_document(payload_of(key_of(1, -1, 300))),
  };
  for (const auto& document : documents) {
    const auto opened = open_key_directory(document, directory_key().public_key());
    ASSERT_TRUE(opened.has_error()) << document;
    EXPECT_EQ(opened.error().code, Errc::malformed) << document;
  }
}

}  // namespace
}  // namespace lindung::gateway
