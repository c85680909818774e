#include "store/sealing.h"

#include <gtest/gtest.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <set>
#include <string_view>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/aead.h"
#include "ring_fixture.h"
#include "store/blind_index.h"
#include "store/ring.h"
#include "store/sealing_nonce.h"

namespace lindung::store {
namespace {

using SealedRow = RingTest;
using WrappedCitizenKey = RingTest;
using BlindIndexTest = RingTest;

constexpr std::string_view plaintext{"dose 2 of 2"};

RowAddress at(std::string_view table, std::string_view key, std::uint32_t version = 1) {
  return {.table = table, .primary_key = as_bytes(key), .version = version};
}

Secret<32> counting_secret(std::uint8_t from) {
  ByteArray<32> value{};
  std::iota(value.begin(), value.end(), from);
  return Secret<32>{value};
}

CitizenRef citizen(std::uint8_t fill) {
  ByteArray<16> value{};
  value.fill(fill);
  return CitizenRef{value};
}

TEST_F(SealedRow, OpensAtItsAddressOnly) {
  const auto ring = create_unsealed();
  const RowSealer sealer{*ring};
  const auto sealed = sealer.seal(at("record", "pk-1"), as_bytes(plaintext)).value();
  EXPECT_EQ(sealed.size(), plaintext.size() + row_overhead);
  EXPECT_EQ(as_text(sealer.open(at("record", "pk-1"), sealed).value()), plaintext);
  EXPECT_EQ(code_of(sealer.open(at("record", "pk-2"), sealed)), Errc::corrupt);
  EXPECT_EQ(code_of(sealer.open(at("visit", "pk-1"), sealed)), Errc::corrupt);
  EXPECT_EQ(code_of(sealer.open(at("record", "pk-1", 2), sealed)), Errc::corrupt);
  EXPECT_EQ(code_of(sealer.open(at("recordp", "k-1"), sealed)), Errc::corrupt);
  EXPECT_EQ(code_of(sealer.open(at("record", ""), sealed)), Errc::corrupt);
}

TEST_F(SealedRow, TwoRowsCannotBeSwapped) {
  const auto ring = create_unsealed();
  const RowSealer sealer{*ring};
  const auto one = sealer.seal(at("record", "pk-1"), as_bytes("green")).value();
  const auto two = sealer.seal(at("record", "pk-2"), as_bytes("black")).value();
  EXPECT_EQ(code_of(sealer.open(at("record", "pk-1"), two)), Errc::corrupt);
  EXPECT_EQ(code_of(sealer.open(at("record", "pk-2"), one)), Errc::corrupt);
}

TEST_F(SealedRow, AnyFlippedByteAndEveryTruncationIsCorrupt) {
  const auto ring = create_unsealed();
  const RowSealer sealer{*ring};
  const auto sealed = sealer.seal(at("record", "pk-1"), as_bytes(plaintext)).value();
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto damaged = sealed;
    damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ 0x01U);
    EXPECT_EQ(code_of(sealer.open(at("record", "pk-1"), damaged)), Errc::corrupt) << i;
    EXPECT_EQ(code_of(sealer.open(at("record", "pk-1"), BytesView{sealed}.first(i))), Errc::corrupt) << i;
  }
  auto longer = sealed;
  longer.push_back(0);
  EXPECT_EQ(code_of(sealer.open(at("record", "pk-1"), longer)), Errc::corrupt);
}

TEST_F(SealedRow, TheSameRowTwiceGivesDifferentBytesAndNoPlaintext) {
  const auto ring = create_unsealed();
  const RowSealer sealer{*ring};
  const auto one = sealer.seal(at("record", "pk-1"), as_bytes(plaintext)).value();
  const auto two = sealer.seal(at("record", "pk-1"), as_bytes(plaintext)).value();
  EXPECT_NE(one, two);
  EXPECT_FALSE(holds(one, as_bytes(plaintext)));
}

TEST_F(SealedRow, AnEmptyPlaintextIsAPlaintext) {
  const auto ring = create_unsealed();
  const RowSealer sealer{*ring};
  const auto sealed = sealer.seal(at("record", "pk-1"), {}).value();
  EXPECT_TRUE(sealer.open(at("record", "pk-1"), sealed).value().empty());
}

TEST_F(SealedRow, OldRowsOpenAfterRekeyingAndNewRowsUseTheNewKey) {
  const auto ring = create_unsealed();
  const RowSealer sealer{*ring};
  const auto old = sealer.seal(at("record", "pk-1"), as_bytes(plaintext)).value();
  ASSERT_TRUE(ring->rekey().has_value());
  const auto fresh = sealer.seal(at("record", "pk-2"), as_bytes(plaintext)).value();
  EXPECT_EQ(get_be<std::uint16_t>(BytesView{old}.subspan(1, 2)), 1);
  EXPECT_EQ(get_be<std::uint16_t>(BytesView{fresh}.subspan(1, 2)), 2);
  EXPECT_TRUE(sealer.open(at("record", "pk-1"), old).has_value());
  EXPECT_TRUE(sealer.open(at("record", "pk-2"), fresh).has_value());
}

TEST_F(SealedRow, RowsOfADestroyedKeyAreDeniedAndOfASealedRingSealed) {
  const auto ring = create_unsealed();
  const RowSealer sealer{*ring};
  const auto sealed = sealer.seal(at("record", "pk-1"), as_bytes(plaintext)).value();
  ring->seal();
  EXPECT_EQ(code_of(sealer.seal(at("record", "pk-1"), as_bytes(plaintext))), Errc::sealed);
  EXPECT_EQ(code_of(sealer.open(at("record", "pk-1"), sealed)), Errc::sealed);
  ASSERT_TRUE(ring->unseal(as_bytes(passphrase)).has_value());
  ASSERT_TRUE(ring->destroy({.cls = KeyClass::row, .scope = {}, .epoch = 1}).has_value());
  EXPECT_EQ(code_of(sealer.open(at("record", "pk-1"), sealed)), Errc::denied);
  EXPECT_EQ(code_of(sealer.seal(at("record", "pk-1"), as_bytes(plaintext))), Errc::not_found);
}

// Computed with Python's hmac module and cryptography's AESGCM.
TEST(RowUnderKey, OpensWhatAnotherImplementationSealed) {
  const auto sealed =
      codec::from_hex("026465666768696a6b6c6d6e6f89bf3330d7997fc8ff8400229b5fefa9a2b7bae5a229caf11f91be").value();
  const auto opened = open_under(counting_secret(0), at("record", "pk-1", 7), sealed);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(as_text(opened.value()), plaintext);
}

TEST(RowUnderKey, OpensUnderItsKeyAtItsAddressOnly) {
  const auto key = counting_secret(0);
  const auto sealed = seal_under(key, at("visit", "pk-1"), as_bytes(plaintext));
  EXPECT_EQ(sealed.size(), plaintext.size() + under_overhead);
  EXPECT_EQ(as_text(open_under(key, at("visit", "pk-1"), sealed).value()), plaintext);
  EXPECT_EQ(code_of(open_under(counting_secret(1), at("visit", "pk-1"), sealed)), Errc::corrupt);
  EXPECT_EQ(code_of(open_under(key, at("visit", "pk-2"), sealed)), Errc::corrupt);
  EXPECT_EQ(code_of(open_under(key, at("visits", "pk-1"), sealed)), Errc::corrupt);
  EXPECT_EQ(code_of(open_under(key, at("visit", "pk-1", 2), sealed)), Errc::corrupt);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto damaged = sealed;
    damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ 0x80U);
    EXPECT_EQ(code_of(open_under(key, at("visit", "pk-1"), damaged)), Errc::corrupt) << i;
    EXPECT_EQ(code_of(open_under(key, at("visit", "pk-1"), BytesView{sealed}.first(i))), Errc::corrupt) << i;
  }
}

TEST_F(SealedRow, IsNotTakenForOneUnderAKeyAtHand) {
  const auto ring = create_unsealed();
  const auto key = ring->key({.cls = KeyClass::row, .scope = {}, .epoch = 1}).value();
  const auto sealed = RowSealer{*ring}.seal(at("record", "pk-1"), as_bytes(plaintext)).value();
  EXPECT_EQ(code_of(open_under(key, at("record", "pk-1"), sealed)), Errc::corrupt);
  const auto under = seal_under(key, at("record", "pk-1"), as_bytes(plaintext));
  EXPECT_EQ(code_of(RowSealer{*ring}.open(at("record", "pk-1"), under)), Errc::corrupt);
}

TEST_F(SealedRow, VisitsOfADestroyedDayAreNoise) {
  const auto ring = create_unsealed();
  const auto day = day_of(now).number - 20;
  const auto sealed =
      seal_under(ring->period_key(Ratchet::visit_day, day).value(), at("visit", "pk"), as_bytes("mall"));
  ASSERT_TRUE(ring->destroy_before(Ratchet::visit_day, day + 1).has_value());
  EXPECT_EQ(code_of(ring->period_key(Ratchet::visit_day, day)), Errc::denied);
  const auto next = ring->period_key(Ratchet::visit_day, day + 1).value();
  EXPECT_EQ(code_of(open_under(next, at("visit", "pk"), sealed)), Errc::corrupt);
}

TEST(Nonce, IsNeverDrawnTwiceByThreadsOrByAForkedProcess) {
  using Nonce = ByteArray<crypto::gcm_nonce_size>;
  constexpr std::size_t each = 200;  // more than are drawn at once
  std::vector<Nonce> nonces(4 * each);
  nonces[0] = fresh_nonce();  // now this thread has a supply that a child could share
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const auto child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::array<Nonce, each> drawn{};
    for (auto& nonce : drawn) nonce = fresh_nonce();
    ::_exit(::write(ends[1], drawn.data(), sizeof drawn) == ssize_t{sizeof drawn} ? 0 : 1);
  }
  for (std::size_t i = 1; i < each; ++i) nonces[i] = fresh_nonce();
  ASSERT_EQ(::read(ends[0], &nonces[each], each * sizeof(Nonce)), ssize_t{each * sizeof(Nonce)});
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  {
    std::vector<std::jthread> threads;
    for (std::size_t thread = 2; thread < 4; ++thread) {
      threads.emplace_back([&nonces, thread] {
        for (std::size_t i = 0; i < each; ++i) nonces[thread * each + i] = fresh_nonce();
      });
    }
  }
  const std::set<Nonce> different{nonces.begin(), nonces.end()};
  EXPECT_EQ(different.size(), nonces.size());
  EXPECT_FALSE(different.contains(Nonce{}));
  ::close(ends[0]);
  ::close(ends[1]);
}

// Computed with Python's hmac module.
TEST(CombinedKey, NeedsBothInTheirOrder) {
  const auto combined = combine(counting_secret(0), counting_secret(32));
  EXPECT_EQ(codec::hex(combined.view()), "322cdd40df24350783141a5890971bb658a0d31a94f528c53b19245db5047276");
  EXPECT_FALSE(same(combined, combine(counting_secret(32), counting_secret(0))));
}

TEST_F(WrappedCitizenKey, OpensForItsCitizenOnly) {
  const auto ring = create_unsealed();
  const auto key = counting_secret(5);
  const auto wrapped = wrap_citizen_key(*ring, citizen(1), key).value();
  EXPECT_FALSE(holds(wrapped, key.view()));
  EXPECT_TRUE(same(unwrap_citizen_key(*ring, citizen(1), wrapped).value(), key));
  EXPECT_EQ(code_of(unwrap_citizen_key(*ring, citizen(2), wrapped)), Errc::corrupt);
  for (std::size_t i = 0; i < wrapped.size(); ++i) {
    auto damaged = wrapped;
    damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ 0x10U);
    EXPECT_EQ(code_of(unwrap_citizen_key(*ring, citizen(1), damaged)), Errc::corrupt) << i;
    EXPECT_EQ(code_of(unwrap_citizen_key(*ring, citizen(1), BytesView{wrapped}.first(i))), Errc::corrupt) << i;
  }
}

TEST_F(WrappedCitizenKey, OpensAfterRekeyingAndNotAfterItsWrappingKeyWasDestroyed) {
  const auto ring = create_unsealed();
  const auto wrapped = wrap_citizen_key(*ring, citizen(1), counting_secret(5)).value();
  ASSERT_TRUE(ring->rekey().has_value());
  EXPECT_TRUE(unwrap_citizen_key(*ring, citizen(1), wrapped).has_value());
  ASSERT_TRUE(ring->destroy({.cls = KeyClass::citizen_wrap, .scope = {}, .epoch = 1}).has_value());
  EXPECT_EQ(code_of(unwrap_citizen_key(*ring, citizen(1), wrapped)), Errc::denied);
  ring->seal();
  EXPECT_EQ(code_of(wrap_citizen_key(*ring, citizen(1), counting_secret(5))), Errc::sealed);
  EXPECT_EQ(code_of(unwrap_citizen_key(*ring, citizen(1), wrapped)), Errc::sealed);
}

// Computed with Python's hmac module.
TEST_F(BlindIndexTest, IsHmacUnderTheKeyOfThePurpose) {
  const auto ring = create_unsealed();
  const BlindIndex index{*ring};
  EXPECT_EQ(code_of(index.of("nik", as_bytes("3171012345678901"))), Errc::not_found);
  ASSERT_TRUE(
      ring->add({.name = {.cls = KeyClass::blind, .scope = "nik", .epoch = BlindIndex::epoch}}, secret_of_bytes(9))
          .has_value());
  ASSERT_TRUE(
      ring->add({.name = {.cls = KeyClass::blind, .scope = "passport", .epoch = BlindIndex::epoch}}).has_value());
  const auto nik = index.of("nik", as_bytes("3171012345678901")).value();
  EXPECT_EQ(codec::hex(nik), "34a70ca7c2f20e7e7bbd98d83c264eb4baf54641a9cc3b884290c0a3bdeabd3f");
  EXPECT_NE(index.of("passport", as_bytes("3171012345678901")).value(), nik);
  ring->seal();
  EXPECT_EQ(code_of(index.of("nik", as_bytes("3171012345678901"))), Errc::sealed);
}

TEST_F(BlindIndexTest, OfAShreddedPartnerIsDenied) {
  const auto ring = create_unsealed();
  const BlindIndex index{*ring};
  const KeyName gojek{.cls = KeyClass::partner_index, .scope = "gojek", .epoch = 2};
  ASSERT_TRUE(ring->add({.name = gojek}).has_value());
  EXPECT_TRUE(index.of(gojek, as_bytes("token")).has_value());
  ASSERT_TRUE(ring->destroy(gojek).has_value());
  EXPECT_EQ(code_of(index.of(gojek, as_bytes("token"))), Errc::denied);
}

}  // namespace
}  // namespace lindung::store
