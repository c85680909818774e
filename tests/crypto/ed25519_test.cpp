// Ed25519: the examples of RFC 8032, and the signatures and keys that a careless verifier would take.
#include "crypto/ed25519.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"
#include "hex.h"

namespace lindung::crypto {
namespace {

using test::hex;
using test::hex_array;

// RFC 8032 section 7.1, TEST 2.
constexpr std::string_view seed_2 = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
constexpr std::string_view public_2 = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
constexpr std::string_view signature_2 =
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

TEST(Ed25519, signs_as_in_rfc_8032) {
  const auto key = Ed25519PrivateKey::from_seed(Secret<32>{hex_array<32>(seed_2)});
  EXPECT_EQ(key.public_key().bytes(), hex_array<32>(public_2));
  EXPECT_EQ(key.sign(hex("72")), hex_array<64>(signature_2));
  EXPECT_EQ(to_bytes(key.seed().view()), hex(seed_2));
}

TEST(Ed25519, verifies_what_it_signed_and_nothing_else) {
  const auto key = Ed25519PrivateKey::generate();
  const auto message = as_bytes("a request");
  const auto signature = key.sign(message);
  EXPECT_TRUE(key.public_key().verifies(message, signature));
  EXPECT_FALSE(key.public_key().verifies(as_bytes("another"), signature));
  EXPECT_FALSE(Ed25519PrivateKey::generate().public_key().verifies(message, signature));
}

TEST(Ed25519, refuses_a_signature_with_any_single_bit_flipped) {
  const auto key = Ed25519PrivateKey::generate();
  const auto message = as_bytes("a request");
  const auto signature = key.sign(message);
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    auto changed = signature;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_FALSE(key.public_key().verifies(message, changed)) << "bit " << bit;
  }
}

// RFC 8032 section 5.1.7: S is in [0, L). S + L satisfies the equation all the same, and would be a second spelling.
TEST(Ed25519, refuses_s_plus_l) {
  const auto order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");  // L, little-endian
  auto signature = hex_array<64>(signature_2);
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += signature[32 + i] + unsigned{order[i]};
    signature[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8U;
  }
  ASSERT_EQ(carry, 0U);
  const auto key = Ed25519PublicKey::from_bytes(hex(public_2)).value();
  EXPECT_TRUE(key.verifies(hex("72"), hex_array<64>(signature_2)));
  EXPECT_FALSE(key.verifies(hex("72"), signature));
}

void expect_key_refused(BytesView bytes) {
  const auto key = Ed25519PublicKey::from_bytes(bytes);
  ASSERT_TRUE(key.has_error());
  EXPECT_EQ(key.error().code, Errc::invalid_argument);
}

TEST(Ed25519, refuses_public_keys_of_small_order_in_every_spelling) {
  constexpr std::array<std::string_view, 14> keys{
      "0100000000000000000000000000000000000000000000000000000000000000",  // order 1
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // order 2
      "0000000000000000000000000000000000000000000000000000000000000080",  // order 4
      "0000000000000000000000000000000000000000000000000000000000000000",  // order 4
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",  // order 8
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",  // order 8
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",  // order 8
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",  // order 8
      "0100000000000000000000000000000000000000000000000000000000000080",  // order 1, negative zero
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // order 1, y = p + 1
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",  // the same, negative zero
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // order 4, y = p
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",  // order 4, y = p
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",  // order 2, negative zero
  };
  for (const auto key : keys) {
    SCOPED_TRACE(key);
    expect_key_refused(hex(key));
  }
}

TEST(Ed25519, refuses_a_public_key_with_a_part_outside_the_main_subgroup) {
  // The key of TEST 2 plus the point of order two, (x, y) + (0, -1) = (-x, -y): p - y with the sign of x turned.
  const auto prime = hex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
  auto mixed = hex(public_2);
  const bool odd = (mixed[31] & 0x80U) != 0;
  mixed[31] = static_cast<std::uint8_t>(mixed[31] & 0x7fU);
  int borrow = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    const int difference = int{prime[i]} - int{mixed[i]} - borrow;
    borrow = static_cast<int>(difference < 0);
    mixed[i] = static_cast<std::uint8_t>(difference & 0xff);
  }
  mixed[31] = static_cast<std::uint8_t>(mixed[31] | (odd ? 0U : 0x80U));
  expect_key_refused(mixed);
}

TEST(Ed25519, refuses_public_keys_of_another_length) {
  auto bytes = hex(public_2);
  expect_key_refused({});
  expect_key_refused(BytesView{bytes}.first(31));
  bytes.push_back(0);
  expect_key_refused(bytes);
}

TEST(Ed25519, refuses_bytes_that_are_no_point) {
  expect_key_refused(hex("0200000000000000000000000000000000000000000000000000000000000000"));
}

}  // namespace
}  // namespace lindung::crypto
