// A key from a passphrase: the same from the same, another from anything else, and named errors for bad costs.
#include "crypto/passphrase.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "hex.h"

namespace lindung::crypto {
namespace {

constexpr Argon2idCost cheap{.passes = 1, .memory_bytes = std::uint64_t{1} << 20U};

Bytes key_of(std::string_view passphrase, const ByteArray<16>& salt, Argon2idCost cost) {
  return to_bytes(key_from_passphrase(as_bytes(passphrase), salt, cost).value().view());
}

TEST(Passphrase, gives_the_same_key_from_the_same_words_salt_and_cost_only) {
  const ByteArray<16> salt{1, 2, 3};
  const auto key = key_of("correct horse", salt, cheap);
  EXPECT_EQ(key_of("correct horse", salt, cheap), key);
  EXPECT_NE(key_of("Correct horse", salt, cheap), key);
  EXPECT_NE(key_of("correct horse", ByteArray<16>{}, cheap), key);
  EXPECT_NE(key_of("correct horse", salt, {.passes = 2, .memory_bytes = cheap.memory_bytes}), key);
  EXPECT_NE(key_of("correct horse", salt, {.passes = 1, .memory_bytes = cheap.memory_bytes * 2}), key);
}

// What libsodium 1.0.18 gives for crypto_pwhash with the same parameters: a ring sealed today opens after every
// upgrade.
TEST(Passphrase, goes_on_giving_the_key_that_rings_were_sealed_under) {
  EXPECT_EQ(key_of("correct horse", ByteArray<16>{1, 2, 3}, cheap),
            test::hex("7c266c35478a5e6e57eb316fc0684d1bf405b8b23e66ab92eabf3048ed63d7d8"));
}

TEST(Passphrase, refuses_costs_outside_the_limits) {
  for (const auto cost :
       {Argon2idCost{.passes = 0, .memory_bytes = cheap.memory_bytes}, Argon2idCost{.passes = 1, .memory_bytes = 100},
        Argon2idCost{.passes = 1, .memory_bytes = std::numeric_limits<std::uint64_t>::max()}}) {
    const auto key = key_from_passphrase(as_bytes("words"), {}, cost);
    ASSERT_TRUE(key.has_error());
    EXPECT_EQ(key.error().code, Errc::invalid_argument);
  }
}

}  // namespace
}  // namespace lindung::crypto
