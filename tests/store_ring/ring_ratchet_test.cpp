#include "store/ring_ratchet.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "ring_fixture.h"
#include "store/ring.h"

namespace lindung::store {
namespace {

using RingRatchet = RingTest;

constexpr auto today = day_of(now).number;
constexpr auto this_hour = hour_of(now).number;

RatchetBase counting_base() {
  ByteArray<32> value{};
  std::iota(value.begin(), value.end(), std::uint8_t{0});
  return {.period = 100, .value = Secret<32>{value}};
}

Secret<32> secret_from_hex(std::string_view hex) { return Secret<32>{take<32>(codec::from_hex(hex).value())}; }

// Computed with Python's hmac module.
TEST(RatchetChain, DerivesTheKeysOfTheDefinition) {
  RatchetChain chain;
  chain.stand_on(counting_base());
  EXPECT_TRUE(
      same(chain.key(102), secret_from_hex("7250f6051d720db0b5bdb9b61f7c160ab700e820ae5a502cf2dc80bee746da07")));
  EXPECT_TRUE(
      same(chain.key(100), secret_from_hex("ea75da88befa39b78b49df3d0b37cf46907480aea8723e9ab7236c1bf3038329")));
  EXPECT_TRUE(
      same(chain.key(101), secret_from_hex("0f46cabba7455093e4e563b621341c0811b6251e4a92e0dd5222b4881773525c")));
  const auto later = later_base(counting_base(), 103);
  EXPECT_EQ(later.period, 103U);
  EXPECT_TRUE(same(later.value, secret_from_hex("07c5d37149fe484b52a3f32b41fd2e626cd9d4dc4fb5353ccb1de7bf726e6540")));
}

TEST(RatchetChain, GivesTheSameKeysFromALaterBase) {
  RatchetChain early;
  early.stand_on(counting_base());
  RatchetChain late;
  late.stand_on(later_base(counting_base(), 150));
  for (std::uint64_t period = 150; period < 160; ++period) {
    EXPECT_TRUE(same(early.key(period), late.key(period)));
  }
}

TEST_F(RingRatchet, HasKeysFromThirtyTwoDaysBeforeItsCreationOn) {
  const auto ring = create_unsealed();
  EXPECT_EQ(ring->oldest(Ratchet::visit_day).value(), today - 32);
  EXPECT_EQ(ring->oldest(Ratchet::answer_day).value(), today - 32);
  EXPECT_EQ(ring->oldest(Ratchet::answer_hour).value(), this_hour - 32 * 24);
  EXPECT_TRUE(ring->period_key(Ratchet::visit_day, today - 32).has_value());
  EXPECT_EQ(code_of(ring->period_key(Ratchet::visit_day, today - 33)), Errc::denied);
}

TEST_F(RingRatchet, KeysDifferByPeriodAndByChain) {
  const auto ring = create_unsealed();
  const auto visit = ring->period_key(Ratchet::visit_day, today).value();
  EXPECT_FALSE(same(visit, ring->period_key(Ratchet::visit_day, today + 1).value()));
  EXPECT_FALSE(same(visit, ring->period_key(Ratchet::answer_day, today).value()));
}

TEST_F(RingRatchet, KeysAreEqualAcrossReopeningAndBetweenTwoRingsOnOneFile) {
  const auto one = create_unsealed();
  const auto other = open_unsealed();
  // In another order, so that neither repeats the other's path through its cache.
  const auto late = one->period_key(Ratchet::answer_hour, this_hour + 48).value();
  const auto early = one->period_key(Ratchet::answer_hour, this_hour).value();
  EXPECT_TRUE(same(other->period_key(Ratchet::answer_hour, this_hour).value(), early));
  EXPECT_TRUE(same(other->period_key(Ratchet::answer_hour, this_hour + 48).value(), late));
  one->seal();
  ASSERT_TRUE(one->unseal(as_bytes(passphrase)).has_value());
  EXPECT_TRUE(same(one->period_key(Ratchet::answer_hour, this_hour + 48).value(), late));
}

TEST_F(RingRatchet, DestroyedDaysCannotBeComputedAnyMoreEvenFromTheOpenedFile) {
  const auto ring = create_unsealed();
  std::vector<Secret<32>> keys;
  for (auto day = today - 32; day <= today; ++day) keys.push_back(ring->period_key(Ratchet::visit_day, day).value());
  // From the file as it is before: every one of the keys.
  const auto before = open_unsealed();
  EXPECT_TRUE(same(before->period_key(Ratchet::visit_day, today - 20).value(), keys[12]));

  ASSERT_TRUE(ring->destroy_before(Ratchet::visit_day, today - 10).has_value());

  const auto body = opened_body();
  for (const auto& key : keys) EXPECT_FALSE(holds(body, key.view()));
  const auto again = open_unsealed();
  for (const auto* each : {ring.get(), again.get()}) {
    EXPECT_EQ(each->oldest(Ratchet::visit_day).value(), today - 10);
    for (auto day = today - 32; day < today - 10; ++day) {
      EXPECT_EQ(code_of(each->period_key(Ratchet::visit_day, day)), Errc::denied);
    }
    for (auto day = today - 10; day <= today; ++day) {
      EXPECT_TRUE(same(each->period_key(Ratchet::visit_day, day).value(), keys[day + 32 - today]));
    }
  }
  EXPECT_TRUE(again->period_key(Ratchet::answer_day, today - 32).has_value());
}

TEST_F(RingRatchet, TheOldChainValueIsNotInTheFileAfterDestroying) {
  const auto ring = create_unsealed();
  const auto base_of = [](BytesView body) { return to_bytes(body.last(96).first(32)); };  // the first of three chains
  const auto old_value = base_of(opened_body());
  ASSERT_TRUE(holds(opened_body(), old_value));
  ASSERT_TRUE(ring->destroy_before(Ratchet::visit_day, today).has_value());
  EXPECT_FALSE(holds(opened_body(), old_value));
}

TEST_F(RingRatchet, DestroyingWhatIsGoneIsDone) {
  const auto ring = create_unsealed();
  ASSERT_TRUE(ring->destroy_before(Ratchet::visit_day, today).has_value());
  const auto file = file_bytes();
  EXPECT_TRUE(ring->destroy_before(Ratchet::visit_day, today - 5).has_value());
  EXPECT_EQ(ring->oldest(Ratchet::visit_day).value(), today);
  EXPECT_EQ(file_bytes(), file);
}

TEST_F(RingRatchet, TheWorkOfOneCallIsBounded) {
  const auto ring = create_unsealed();
  const auto oldest_day = ring->oldest(Ratchet::visit_day).value();
  const auto oldest_hour = ring->oldest(Ratchet::answer_hour).value();
  EXPECT_TRUE(ring->period_key(Ratchet::visit_day, oldest_day + 4'000).has_value());
  EXPECT_EQ(code_of(ring->period_key(Ratchet::visit_day, oldest_day + 4'001)), Errc::invalid_argument);
  EXPECT_EQ(code_of(ring->period_key(Ratchet::answer_hour, oldest_hour + 100'001)), Errc::invalid_argument);
  EXPECT_EQ(code_of(ring->period_key(Ratchet::answer_hour, ~std::uint64_t{0})), Errc::invalid_argument);
  EXPECT_EQ(code_of(ring->destroy_before(Ratchet::visit_day, oldest_day + 4'001)), Errc::invalid_argument);
}

TEST_F(RingRatchet, AChainThatDoesNotExistIsNotFound) {
  const auto ring = create_unsealed();
  EXPECT_EQ(code_of(ring->period_key(Ratchet{9}, 0)), Errc::not_found);
}

}  // namespace
}  // namespace lindung::store
