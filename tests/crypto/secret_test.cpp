// Secrets leave nothing behind, and random bytes are not the same twice.
#include "base/secret.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <utility>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "crypto/random.h"

namespace lindung::crypto {
namespace {

TEST(Secret, memory_is_zero_after_clear) {
  auto secret = random_secret<32>();
  ASSERT_FALSE(all_zero(secret.view()));
  secret.clear();
  EXPECT_TRUE(all_zero(secret.view()));
}

TEST(Secret, move_wipes_what_it_leaves_behind) {
  auto from = random_secret<32>();
  const auto value = to_bytes(from.view());
  auto to = std::move(from);
  EXPECT_EQ(to_bytes(to.view()), value);
  EXPECT_TRUE(all_zero(from.view()));  // NOLINT(bugprone-use-after-move,clang-analyzer-cplusplus.Move): what is left
}

// The destructor runs in memory that outlives the object, which can be read afterwards.
template <class T>
void expect_wiped_by_destructor(const T& value) {
  alignas(T) ByteArray<sizeof(T)> memory{};
  auto* object = new (memory.data()) T{value};
  ASSERT_FALSE(all_zero(memory));
  object->~T();
  const volatile auto* bytes = memory.data();
  bool zero = true;
  for (std::size_t i = 0; i < sizeof(T); ++i) zero = zero && bytes[i] == 0;
  EXPECT_TRUE(zero);
}

TEST(Secret, memory_is_zero_after_destruction) { expect_wiped_by_destructor(random_secret<32>()); }

TEST(Secret, prepared_hmac_key_is_zero_after_destruction) { expect_wiped_by_destructor(HmacKey{as_bytes("key")}); }

TEST(Random, bytes_are_not_the_same_twice) {
  EXPECT_NE((random_bytes<16>()), (random_bytes<16>()));
  EXPECT_FALSE(all_zero(random_secret<32>().view()));
}

}  // namespace
}  // namespace lindung::crypto
