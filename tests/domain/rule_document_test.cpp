// The file that rules travel in: plain or signed, strict about what is signed.
#include "domain/rule_document.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "domain/rule_set.h"
#include "embedded/rules_id_2021_json.h"

namespace lindung::domain {
namespace {

const std::string_view plain = embedded::rules_id_2021_json;

std::string signed_file(std::string_view header) {
  return R"({"payload":")" + codec::base64url(as_bytes("{}")) + R"(","signatures":[{"protected":")" +
         codec::base64url(as_bytes(header)) + R"(","signature":")" + codec::base64url(Bytes(64)) + R"("}]})";
}

TEST(RuleDocument, APlainDocumentIsItsOwnContent) {
  const auto document = RuleDocument::read(plain);
  ASSERT_TRUE(document) << document.error().text();
  EXPECT_EQ(document.value().content(), plain);
  EXPECT_TRUE(document.value().signatures().empty());
}

TEST(RuleDocument, ASignedDocumentHasTheDigestOfThePlainOneAndKeepsEverySigner) {
  const auto siti = crypto::Ed25519PrivateKey::generate();
  const auto budi = crypto::Ed25519PrivateKey::generate();
  auto once = RuleDocument::read(plain);
  ASSERT_TRUE(once && once.value().sign("siti", siti));
  auto twice = RuleDocument::read(once.value().text());
  ASSERT_TRUE(twice && twice.value().sign("budi", budi));
  const auto read = RuleDocument::read(twice.value().text());
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(RuleSet::parse(read.value().content()).value().digest(), RuleSet::parse(plain).value().digest());
  ASSERT_EQ(read.value().signatures().size(), 2U);
  EXPECT_EQ(read.value().signatures()[0].signer, "siti");
  EXPECT_TRUE(read.value().verifies(read.value().signatures()[0], siti.public_key()));
  EXPECT_TRUE(read.value().verifies(read.value().signatures()[1], budi.public_key()));
  EXPECT_FALSE(read.value().verifies(read.value().signatures()[0], budi.public_key()));
}

TEST(RuleDocument, ASignatureIsOverTheContentAndTheNameOfItsSigner) {
  const auto key = crypto::Ed25519PrivateKey::generate();
  auto document = RuleDocument::read(plain);
  ASSERT_TRUE(document && document.value().sign("siti", key));
  const auto signature = document.value().signatures()[0];
  auto renamed = signature;
  renamed.header = codec::base64url(as_bytes(R"({"alg":"EdDSA","kid":"budi"})"));
  EXPECT_FALSE(document.value().verifies(renamed, key.public_key()));
  const auto other = RuleDocument::read(std::string{plain} + "\n");
  ASSERT_TRUE(other);
  EXPECT_FALSE(other.value().verifies(signature, key.public_key()));
}

TEST(RuleDocument, NobodySignsTwiceAndASignerHasAName) {
  const auto key = crypto::Ed25519PrivateKey::generate();
  auto document = RuleDocument::read(plain);
  ASSERT_TRUE(document && document.value().sign("siti", key));
  EXPECT_EQ(document.value().sign("siti", key).error().code, Errc::conflict);
  EXPECT_EQ(document.value().sign("Siti S", key).error().code, Errc::invalid_argument);
  EXPECT_EQ(document.value().sign("", key).error().code, Errc::invalid_argument);
}

TEST(RuleDocument, AnotherShapeOrAlgorithmIsMalformed) {
  ASSERT_TRUE(RuleDocument::read(signed_file(R"({"alg":"EdDSA","kid":"siti"})")));
  const std::vector<std::string> bad{
      signed_file(R"({"alg":"none","kid":"siti"})"),
      signed_file(R"({"alg":"EdDSA"})"),
      signed_file(R"({"alg":"EdDSA","kid":"siti","crit":["x"]})"),
      signed_file(R"({"alg":"EdDSA","kid":"../siti"})"),
      signed_file("[]"),
      R"({"payload":"e30","signatures":[]})",
      R"({"payload":"e30"})",
      R"({"payload":"e30=","signatures":[{"protected":"e30","signature":""}]})",
      R"({"payload":"e30","signatures":[{"protected":"e30","signature":"AA","header":{}}]})",
      "{",
      "",
  };
  for (const auto& file : bad) {
    const auto read = RuleDocument::read(file);
    ASSERT_FALSE(read) << file;
    EXPECT_EQ(read.error().code, Errc::malformed) << file;
  }
  EXPECT_EQ(RuleDocument::read(std::string(3U << 20U, ' ')).error().code, Errc::too_large);
}

}  // namespace
}  // namespace lindung::domain
