// The keys that issuers sign with: both algorithms, every shape of a signature, and nothing else.
#include "domain/issuer_key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"

namespace lindung::domain {
namespace {

constexpr std::size_t half = 32;

BytesView message() { return as_bytes(std::string_view{"lindung import klinik-sehat 2026-11-22"}); }

// An INTEGER of DER: without leading zeros, and positive.
void append_integer(Bytes& out, BytesView number) {
  while (number.size() > 1 && number.front() == 0) number = number.subspan(1);
  const bool has_sign_bit = (number.front() & 0x80U) != 0;
  out.push_back(0x02);
  out.push_back(static_cast<std::uint8_t>(number.size() + (has_sign_bit ? 1 : 0)));
  if (has_sign_bit) out.push_back(0);
  out.insert(out.end(), number.begin(), number.end());
}

Bytes der_of(const crypto::Es256Signature& raw) {
  Bytes integers;
  append_integer(integers, BytesView{raw}.first(half));
  append_integer(integers, BytesView{raw}.subspan(half));
  Bytes der{0x30, static_cast<std::uint8_t>(integers.size())};
  der.insert(der.end(), integers.begin(), integers.end());
  return der;
}

Bytes compressed(BytesView point) {
  Bytes out{static_cast<std::uint8_t>(0x02U | (point.back() & 1U))};
  out.insert(out.end(), point.begin() + 1, point.begin() + 1 + half);
  return out;
}

// Cut, or with zeros behind it.
Bytes resized(BytesView bytes, std::size_t size) {
  Bytes out(size);
  std::ranges::copy(bytes.first(std::min(size, bytes.size())), out.begin());
  return out;
}

void expect_every_flipped_bit_refused(const IssuerPublicKey& key, const Bytes& signature) {
  ASSERT_TRUE(key.verifies(message(), signature));
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    auto bad = signature;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(key.verifies(message(), bad)) << "bit " << bit;
  }
}

void expect_every_other_length_refused(const IssuerPublicKey& key, const Bytes& signature) {
  ASSERT_TRUE(key.verifies(message(), signature));
  for (std::size_t size = 0; size < signature.size(); ++size) {
    EXPECT_FALSE(key.verifies(message(), BytesView{signature}.first(size))) << size << " bytes";
  }
  EXPECT_FALSE(key.verifies(message(), resized(signature, signature.size() + 1)));
}

class IssuerKeys : public testing::Test {
 protected:
  void SetUp() override {
    auto generated = crypto::Es256PrivateKey::generate();
    ASSERT_TRUE(generated) << generated.error().text();
    es256_private_ = std::move(generated).value();
    es256_raw_ = to_bytes(sign_es256());
    es256_der_ = der_of(sign_es256());
  }

  [[nodiscard]] crypto::Es256Signature sign_es256() const { return es256_private_->sign(message()).value(); }
  [[nodiscard]] IssuerPublicKey es256() const {
    return IssuerPublicKey::from_bytes(SigningAlgorithm::es256, es256_private_->public_point()).value();
  }
  [[nodiscard]] IssuerPublicKey ed25519() const {
    return IssuerPublicKey::from_bytes(SigningAlgorithm::ed25519, ed25519_private_.public_key().bytes()).value();
  }

  crypto::Ed25519PrivateKey ed25519_private_ = crypto::Ed25519PrivateKey::generate();
  Bytes ed25519_raw_ = to_bytes(ed25519_private_.sign(message()));
  std::optional<crypto::Es256PrivateKey> es256_private_;
  Bytes es256_raw_;
  Bytes es256_der_;
};

TEST_F(IssuerKeys, an_ed25519_key_verifies_its_64_bytes_over_this_message_only) {
  EXPECT_EQ(ed25519().algorithm(), SigningAlgorithm::ed25519);
  EXPECT_TRUE(ed25519().verifies(message(), ed25519_raw_));
  EXPECT_FALSE(ed25519().verifies(message().first(message().size() - 1), ed25519_raw_));
  EXPECT_FALSE(ed25519().verifies({}, ed25519_raw_));
}

TEST_F(IssuerKeys, an_es256_key_verifies_r_and_s_as_64_bytes_and_as_der_over_this_message_only) {
  EXPECT_EQ(es256().algorithm(), SigningAlgorithm::es256);
  for (const auto& signature : {es256_raw_, es256_der_}) {
    EXPECT_TRUE(es256().verifies(message(), signature));
    EXPECT_FALSE(es256().verifies(message().first(message().size() - 1), signature));
    EXPECT_FALSE(es256().verifies({}, signature));
  }
}

TEST_F(IssuerKeys, an_es256_key_is_the_same_key_as_a_compressed_point) {
  const auto point = compressed(es256_private_->public_point());
  const auto key = IssuerPublicKey::from_bytes(SigningAlgorithm::es256, point);
  ASSERT_TRUE(key) << key.error().text();
  EXPECT_TRUE(std::ranges::equal(key.value().bytes(), point));
  EXPECT_TRUE(key.value().verifies(message(), es256_raw_));
  EXPECT_TRUE(key.value().verifies(message(), es256_der_));
}

TEST_F(IssuerKeys, a_signature_of_the_other_algorithm_is_refused) {
  EXPECT_FALSE(ed25519().verifies(message(), es256_raw_));
  EXPECT_FALSE(ed25519().verifies(message(), es256_der_));
  EXPECT_FALSE(es256().verifies(message(), ed25519_raw_));
}

TEST_F(IssuerKeys, a_signature_of_another_key_of_the_same_algorithm_is_refused) {
  const IssuerPublicKey other_ed25519{crypto::Ed25519PrivateKey::generate().public_key()};
  EXPECT_FALSE(other_ed25519.verifies(message(), ed25519_raw_));
  const auto other = crypto::Es256PrivateKey::generate();
  ASSERT_TRUE(other);
  const auto other_es256 = IssuerPublicKey::from_bytes(SigningAlgorithm::es256, other.value().public_point());
  ASSERT_TRUE(other_es256);
  EXPECT_FALSE(other_es256.value().verifies(message(), es256_raw_));
  EXPECT_FALSE(other_es256.value().verifies(message(), es256_der_));
}

TEST_F(IssuerKeys, every_single_flipped_bit_of_a_signature_is_refused) {
  expect_every_flipped_bit_refused(ed25519(), ed25519_raw_);
  expect_every_flipped_bit_refused(es256(), es256_raw_);
  expect_every_flipped_bit_refused(es256(), es256_der_);
}

TEST_F(IssuerKeys, an_empty_a_truncated_and_a_longer_signature_is_refused) {
  expect_every_other_length_refused(ed25519(), ed25519_raw_);
  expect_every_other_length_refused(es256(), es256_raw_);
  expect_every_other_length_refused(es256(), es256_der_);
}

TEST_F(IssuerKeys, keys_of_a_wrong_shape_are_invalid_arguments) {
  const auto point = es256_private_->public_point();
  const auto key = to_bytes(ed25519_private_.public_key().bytes());
  auto off_curve = resized(point, point.size());
  off_curve.back() ^= 1U;
  auto hybrid = resized(point, point.size());
  hybrid.front() = 0x06U | (point.back() & 1U);
  struct Wrong {
    std::string_view what;
    SigningAlgorithm algorithm;
    Bytes bytes;
  };
  const std::vector<Wrong> wrong{
      {"no bytes", SigningAlgorithm::ed25519, {}},
      {"31 bytes", SigningAlgorithm::ed25519, resized(key, 31)},
      {"33 bytes", SigningAlgorithm::ed25519, resized(key, 33)},
      {"a point of P-256", SigningAlgorithm::ed25519, point},
      {"a point of small order", SigningAlgorithm::ed25519, Bytes(32)},
      {"no bytes", SigningAlgorithm::es256, {}},
      {"an Ed25519 key", SigningAlgorithm::es256, key},
      {"64 bytes", SigningAlgorithm::es256, resized(point, 64)},
      {"66 bytes", SigningAlgorithm::es256, resized(point, 66)},
      {"a point beside the curve", SigningAlgorithm::es256, off_curve},
      {"a hybrid point", SigningAlgorithm::es256, hybrid},
      {"the point at infinity", SigningAlgorithm::es256, Bytes(1)},
      {"65 zeros", SigningAlgorithm::es256, Bytes(65)},
  };
  for (const auto& [what, algorithm, bytes] : wrong) {
    const auto read = IssuerPublicKey::from_bytes(algorithm, bytes);
    ASSERT_FALSE(read) << name_of(algorithm) << ": " << what;
    EXPECT_EQ(read.error().code, Errc::invalid_argument) << name_of(algorithm) << ": " << what;
  }
}

TEST(SigningAlgorithms, are_read_by_the_names_they_are_written_with) {
  for (const auto algorithm : {SigningAlgorithm::ed25519, SigningAlgorithm::es256}) {
    const auto read = parse_signing_algorithm(name_of(algorithm));
    ASSERT_TRUE(read) << name_of(algorithm);
    EXPECT_EQ(read.value(), algorithm);
  }
  for (const std::string_view word : {"", "ES256", "EdDSA", "ed25519 ", "rsa"}) {
    const auto read = parse_signing_algorithm(word);
    ASSERT_FALSE(read) << word;
    EXPECT_EQ(read.error().code, Errc::invalid_argument) << word;
  }
}

}  // namespace
}  // namespace lindung::domain
