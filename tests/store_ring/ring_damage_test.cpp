#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "ring_fixture.h"
#include "store/ring.h"
#include "store/ring_file.h"

namespace lindung::store {
namespace {

constexpr std::size_t body_at = 114;
constexpr std::size_t checksum_size = 32;

// What an attacker does who wants the damage to be looked at: the checksum is nobody's secret.
Bytes with_right_checksum(Bytes file) {
  const auto content = BytesView{file}.first(file.size() - checksum_size);
  const auto checksum = crypto::sha256(content);
  std::ranges::copy(checksum, file.end() - checksum_size);
  return file;
}

class RingDamage : public RingTest {
 protected:
  void SetUp() override {
    const auto ring = create_unsealed();
    ASSERT_TRUE(ring->add({.name = {.cls = KeyClass::blind, .scope = "nik", .epoch = 1}}).has_value());
    whole_ = file_bytes();
    ASSERT_GT(whole_.size(), body_at + checksum_size);
  }

  // The error of open(), or of unseal() if that was fine.
  [[nodiscard]] Errc outcome(BytesView file) const {
    write_raw(file);
    const auto ring = KeyRing::open(path(), {.max_passes = 3, .max_memory_bytes = 16384, .max_work_bytes = 65536});
    if (ring.has_error()) return ring.error().code;
    const auto unsealed = ring.value()->unseal(as_bytes(passphrase));
    EXPECT_TRUE(unsealed.has_error());
    EXPECT_TRUE(ring.value()->is_sealed());
    return unsealed.has_error() ? unsealed.error().code : Errc{255};
  }

  Bytes whole_;
};

TEST_F(RingDamage, AnyFlippedByteIsCorruptBeforeAPassphraseIsAsked) {
  std::size_t tried = 0;
  for (std::size_t i = 0; i < whole_.size(); ++i) {
    for (const unsigned mask : {0x01U, 0x80U, 0xffU}) {
      auto damaged = whole_;
      damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ mask);
      write_raw(damaged);
      ASSERT_EQ(code_of(KeyRing::open(path())), Errc::corrupt) << "offset " << i;
      ++tried;
    }
  }
  EXPECT_EQ(tried, whole_.size() * 3);
}

TEST_F(RingDamage, AFlippedByteUnderARightChecksumNeverOpens) {
  for (std::size_t i = 0; i < whole_.size() - checksum_size; ++i) {
    auto damaged = whole_;
    damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ 0x01U);
    const auto code = outcome(with_right_checksum(damaged));
    if (i < 8) {
      ASSERT_EQ(code, Errc::corrupt) << "magic, offset " << i;
    } else if (i < 10) {
      ASSERT_EQ(code, Errc::unsupported) << "version, offset " << i;
    } else if (i < 98) {
      // Cost, salt and wrap: refused as out of limits, or not to be told from a wrong passphrase.
      ASSERT_TRUE(code == Errc::corrupt || code == Errc::denied) << "wrap, offset " << i;
    } else {
      ASSERT_EQ(code, Errc::corrupt) << "body, offset " << i;
    }
  }
}

TEST_F(RingDamage, EveryTruncationIsCorrupt) {
  for (std::size_t size = 0; size < whole_.size(); ++size) {
    const auto shorter = to_bytes(BytesView{whole_}.first(size));
    ASSERT_EQ(outcome(shorter), Errc::corrupt) << size;
    if (size > checksum_size) {
      ASSERT_EQ(outcome(with_right_checksum(shorter)), Errc::corrupt) << size;
    }
  }
}

TEST_F(RingDamage, AnExtraByteIsCorrupt) {
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{10}, body_at, whole_.size() - checksum_size, whole_.size()}) {
    auto longer = whole_;
    longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(at), 0);
    EXPECT_EQ(outcome(longer), Errc::corrupt) << at;
    EXPECT_NE(outcome(with_right_checksum(longer)), Errc{255}) << at;
  }
}

TEST_F(RingDamage, ACostBeyondTheLimitsIsRefusedBeforeItIsSpent) {
  auto costly = whole_;
  put_be(MutableBytes{costly}.subspan(10), std::uint32_t{0xffffffff});
  write_raw(with_right_checksum(costly));
  EXPECT_EQ(code_of(KeyRing::open(path())), Errc::corrupt);
  costly = whole_;
  put_be(MutableBytes{costly}.subspan(14), std::uint64_t{1} << 62U);
  write_raw(with_right_checksum(costly));
  EXPECT_EQ(code_of(KeyRing::open(path())), Errc::corrupt);
}

TEST_F(RingDamage, AnotherRingsBodyUnderThisHeaderIsCorrupt) {
  ASSERT_TRUE(KeyRing::create(path("other"), as_bytes(passphrase), small_cost, now).has_value());
  const auto other = read_file(path("other"), max_ring_bytes).value();
  Bytes mixed{whole_.begin(), whole_.begin() + 98};
  mixed.insert(mixed.end(), other.begin() + 98, other.end());
  EXPECT_EQ(outcome(with_right_checksum(mixed)), Errc::corrupt);
}

TEST_F(RingDamage, AChangeToADamagedFileIsRefusedAndTheRingStaysUsable) {
  const auto ring = open_unsealed();
  auto damaged = whole_;
  damaged[200] = static_cast<std::uint8_t>(damaged[200] ^ 1U);
  write_raw(damaged);
  const KeyName name{.cls = KeyClass::blind, .scope = "import", .epoch = 1};
  EXPECT_EQ(code_of(ring->add({.name = name})), Errc::corrupt);
  EXPECT_EQ(code_of(ring->key(name)), Errc::not_found);
  EXPECT_TRUE(ring->newest(KeyClass::row).has_value());
  write_raw(whole_);
  EXPECT_TRUE(ring->add({.name = name}).has_value());
}

}  // namespace
}  // namespace lindung::store
