#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "ring_fixture.h"
#include "store/blind_index.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::store {
namespace {

using RingThreads = RingTest;

KeyName numbered(std::string scope, std::uint64_t epoch) {
  return {.cls = KeyClass::partner_index, .scope = std::move(scope), .epoch = epoch};
}

TEST_F(RingThreads, ReadersSeeWholeStatesWhileOthersChangeSealAndUnseal) {
  const auto ring = create_unsealed();
  const auto today = day_of(now).number;
  const auto expected = ring->period_key(Ratchet::visit_day, today).value();
  const RowSealer sealer{*ring};
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::vector<std::jthread> threads;
  for (int reader = 0; reader < 3; ++reader) {
    threads.emplace_back([&] {
      const RowAddress address{.table = "record", .primary_key = as_bytes("pk"), .version = 1};
      while (!done) {
        const auto key = ring->period_key(Ratchet::visit_day, today);
        if (key.has_value() ? !same(key.value(), expected) : key.error().code != Errc::sealed) ++wrong;
        const auto sealed = sealer.seal(address, as_bytes("x"));
        if (sealed.has_error() && sealed.error().code != Errc::sealed) ++wrong;
        if (sealed.has_value()) {
          const auto opened = sealer.open(address, sealed.value());
          if (opened.has_error() && opened.error().code != Errc::sealed) ++wrong;
        }
      }
    });
  }
  threads.emplace_back([&] {
    while (!done) {
      ring->seal();
      if (ring->unseal(as_bytes(passphrase)).has_error()) ++wrong;
    }
  });
  constexpr std::uint64_t keys = 20;
  std::uint64_t added = 0;
  for (std::uint64_t n = 1; n <= keys; ++n) {
    // A change that meets a sealed ring was not made; the next one may be.
    for (;;) {
      const auto result = ring->add({.name = numbered("gojek", n)});
      if (result.has_value()) break;
      ASSERT_EQ(result.error().code, Errc::sealed);
    }
    ++added;
  }
  done = true;
  threads.clear();
  EXPECT_EQ(added, keys);
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(open_unsealed()->list(KeyClass::partner_index).value().size(), keys);
}

TEST_F(RingThreads, WritersOfTwoRingsOnOneFileAllSucceed) {
  const auto one = create_unsealed();
  const auto other = open_unsealed();
  constexpr std::uint64_t each = 10;
  std::atomic<int> failed{0};
  {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 4; ++writer) {
      writers.emplace_back([&, writer] {
        auto& ring = writer % 2 == 0 ? *one : *other;
        for (std::uint64_t n = 1; n <= each; ++n) {
          const auto name = numbered("p" + std::to_string(writer), n);
          if (ring.add({.name = name}).has_error()) ++failed;
          if (n % 2 == 0 && ring.destroy(name).has_error()) ++failed;
        }
      });
    }
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(open_unsealed()->list(KeyClass::partner_index).value().size(), 4 * each / 2);
}

TEST_F(RingThreads, PeriodKeysAreTheSameForAllWhoAskAtOnce) {
  const auto ring = create_unsealed();
  const auto hour = ring->oldest(Ratchet::answer_hour).value() + 500;
  std::vector<Secret<32>> keys(4);
  {
    std::vector<std::jthread> threads;
    for (auto& key : keys) threads.emplace_back([&] { key = ring->period_key(Ratchet::answer_hour, hour).value(); });
  }
  for (const auto& key : keys) EXPECT_TRUE(same(key, keys[0]));
}

}  // namespace
}  // namespace lindung::store
