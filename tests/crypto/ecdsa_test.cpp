// ES256 in the ways that it can be misused or attacked; the mass of vectors is the matter of tests/vectors.
#include "crypto/ecdsa.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"
#include "hex.h"

namespace lindung::crypto {
namespace {

using test::hex;
using test::hex_array;

constexpr std::string_view order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

// RFC 6979 appendix A.2.5: the key, and the signature of "sample" with SHA-256.
constexpr std::string_view scalar = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
constexpr std::string_view point =
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
constexpr std::string_view signature_of_sample =
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

TEST(Es256, verifies_the_signature_of_rfc_6979) {
  const auto key = Es256PublicKey::from_point(hex(point)).value();
  EXPECT_TRUE(key.verifies(as_bytes("sample"), hex_array<64>(signature_of_sample)));
  EXPECT_FALSE(key.verifies(as_bytes("simple"), hex_array<64>(signature_of_sample)));
}

TEST(Es256, key_from_a_scalar_has_the_point_of_rfc_6979) {
  const auto key = Es256PrivateKey::from_scalar(Secret<32>{hex_array<32>(scalar)}).value();
  EXPECT_EQ(key.public_point(), hex(point));
}

TEST(Es256, verifies_what_it_signed_under_either_spelling_of_its_point) {
  const auto key = Es256PrivateKey::generate().value();
  const auto signature = key.sign(as_bytes("a batch")).value();
  EXPECT_TRUE(key.public_key().verifies(as_bytes("a batch"), signature));

  const auto uncompressed = key.public_point();
  Bytes compressed{uncompressed.begin(), uncompressed.begin() + 33};
  compressed[0] = static_cast<std::uint8_t>(2 + (uncompressed.back() & 1U));
  EXPECT_TRUE(Es256PublicKey::from_point(compressed).value().verifies(as_bytes("a batch"), signature));
  EXPECT_FALSE(Es256PrivateKey::generate().value().public_key().verifies(as_bytes("a batch"), signature));
}

TEST(Es256, refuses_a_signature_with_any_single_bit_flipped) {
  const auto key = Es256PublicKey::from_point(hex(point)).value();
  const auto signature = hex_array<64>(signature_of_sample);
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    auto changed = signature;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_FALSE(key.verifies(as_bytes("sample"), changed)) << "bit " << bit;
  }
}

TEST(Es256, refuses_r_or_s_of_zero_or_of_the_order) {
  const auto key = Es256PublicKey::from_point(hex(point)).value();
  for (const std::size_t half : {0U, 32U}) {
    auto zero = hex_array<64>(signature_of_sample);
    std::fill_n(zero.begin() + static_cast<std::ptrdiff_t>(half), 32, std::uint8_t{0});
    EXPECT_FALSE(key.verifies(as_bytes("sample"), zero));
    auto of_order = hex_array<64>(signature_of_sample);
    std::ranges::copy(hex(order), of_order.begin() + static_cast<std::ptrdiff_t>(half));
    EXPECT_FALSE(key.verifies(as_bytes("sample"), of_order));
  }
}

TEST(Es256, refuses_der_with_anything_behind_it_or_spelled_longer) {
  const auto key = Es256PublicKey::from_point(hex(point)).value();
  const std::string_view r = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
  const std::string_view s = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
  const auto der = [&](std::string_view sequence, std::string_view integer, std::string_view tail) {
    std::string text{sequence};
    return hex(text.append(integer).append(r).append("022100").append(s).append(tail));
  };
  EXPECT_TRUE(key.verifies_der(as_bytes("sample"), der("3046", "022100", "")));
  EXPECT_FALSE(key.verifies_der(as_bytes("sample"), der("3046", "022100", "00")));
  EXPECT_FALSE(key.verifies_der(as_bytes("sample"), der("308146", "022100", "")));
  EXPECT_FALSE(key.verifies_der(as_bytes("sample"), der("3047", "02220000", "")));
  EXPECT_FALSE(key.verifies_der(as_bytes("sample"), der("3045", "0220", "")));  // a negative r
  EXPECT_FALSE(key.verifies_der(as_bytes("sample"), {}));
}

TEST(Es256, refused_input_leaves_no_error_for_tls_to_find) {
  const auto key = Es256PublicKey::from_point(hex(point)).value();
  ERR_clear_error();
  EXPECT_FALSE(key.verifies_der(as_bytes("sample"), as_bytes("no DER")));
  EXPECT_FALSE(key.verifies(as_bytes("sample"), Es256Signature{}));
  EXPECT_TRUE(Es256PublicKey::from_point(Bytes(65, 4)).has_error());
  EXPECT_EQ(ERR_peek_error(), 0U);
}

void expect_point_refused(BytesView bytes) {
  const auto key = Es256PublicKey::from_point(bytes);
  ASSERT_TRUE(key.has_error());
  EXPECT_EQ(key.error().code, Errc::invalid_argument);
}

TEST(Es256, refuses_points_that_are_not_on_the_curve_or_spelled_otherwise) {
  auto off_curve = hex(point);
  off_curve.back() ^= 1U;
  expect_point_refused(off_curve);
  auto hybrid = hex(point);
  hybrid.front() = 7;  // SEC 1 section 2.3.3 has it; nobody that we talk to does
  expect_point_refused(hybrid);
  expect_point_refused(Bytes{0});  // the point at infinity
  expect_point_refused({});
  expect_point_refused(BytesView{hybrid}.first(64));
  auto beyond = hex("02ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");  // x = p
  expect_point_refused(beyond);
}

TEST(Es256, refuses_scalars_of_zero_and_from_the_order_on) {
  for (const auto& bad : {ByteArray<32>{}, hex_array<32>(order)}) {
    const auto key = Es256PrivateKey::from_scalar(Secret<32>{bad});
    ASSERT_TRUE(key.has_error());
    EXPECT_EQ(key.error().code, Errc::invalid_argument);
  }
  auto last = hex_array<32>(order);
  last.back() -= 1;
  EXPECT_TRUE(Es256PrivateKey::from_scalar(Secret<32>{last}).has_value());
}

TEST(Es256, one_key_serves_many_threads_at_once) {
  constexpr int rounds = 100;
  const auto key = Es256PrivateKey::generate().value();
  const auto public_key = key.public_key();
  std::vector<int> verified(4);
  {
    std::vector<std::jthread> threads;
    threads.reserve(verified.size());
    for (auto& count : verified) {
      threads.emplace_back([&] {
        for (int i = 0; i < rounds; ++i) {
          const auto signature = key.sign(as_bytes("a batch")).value();
          count += static_cast<int>(public_key.verifies(as_bytes("a batch"), signature));
        }
      });
    }
  }
  EXPECT_EQ(verified, std::vector<int>(4, rounds));
}

}  // namespace
}  // namespace lindung::crypto
