#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "ring_fixture.h"
#include "store/ring.h"

namespace lindung::store {
namespace {

using RingCrash = RingTest;

KeyName numbered(std::uint64_t epoch) { return {.cls = KeyClass::partner_index, .scope = "gojek", .epoch = epoch}; }

// Adds key n, then destroys key n - 1, and reports each n that is done, until it is killed. Takes up what a process
// that was killed before it has left undone.
[[noreturn]] void add_and_destroy_until_killed(KeyRing& ring, int report) {
  const auto first = ring.next_epoch(KeyClass::partner_index, "gojek").value();
  if (first > 2 && ring.destroy(numbered(first - 2)).has_error()) ::_exit(1);
  for (std::uint64_t n = first;; ++n) {
    if (ring.add({.name = numbered(n)}).has_error()) ::_exit(1);
    if (n > 1 && ring.destroy(numbered(n - 1)).has_error()) ::_exit(1);
    const auto byte = static_cast<std::uint8_t>(n);
    if (::write(report, &byte, 1) != 1) ::_exit(1);
  }
}

TEST_F(RingCrash, AKillAtAnyMomentLosesNothingThatWasAcknowledged) {
  create();
  constexpr int rounds = 20;
  for (int round = 0; round < rounds; ++round) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto ring = open_unsealed();
      add_and_destroy_until_killed(*ring, ends[1]);
    }
    ::close(ends[1]);
    std::uint8_t acknowledged = 0;
    for (int i = 0; i <= round % 5; ++i) {
      ASSERT_EQ(::read(ends[0], &acknowledged, 1), 1);
    }
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    while (::read(ends[0], &acknowledged, 1) == 1) {
    }
    ::close(ends[0]);

    const auto ring = open_unsealed();
    ASSERT_NE(ring, nullptr);
    const auto last = ring->next_epoch(KeyClass::partner_index, "gojek").value() - 1;
    // What was acknowledged is there; of what was not, at most the one change on its way.
    ASSERT_LE(static_cast<std::uint8_t>(last - acknowledged), 1);
    for (std::uint64_t n = 1; n + 1 < last; ++n) ASSERT_EQ(code_of(ring->key(numbered(n))), Errc::denied);
    ASSERT_TRUE(ring->key(numbered(last)).has_value());
  }
}

TEST_F(RingCrash, AWriteThatWasCutOffBeforeItsRenameNeverHappened) {
  const auto ring = create_unsealed();
  const auto old = file_bytes();
  ASSERT_TRUE(ring->add({.name = numbered(1)}).has_value());
  const auto newer = file_bytes();
  for (const auto size : {std::size_t{0}, newer.size() / 2, newer.size()}) {
    write_raw(old);
    write_raw(BytesView{newer}.first(size), "ring.new");
    const auto again = open_unsealed();
    EXPECT_EQ(code_of(again->key(numbered(1))), Errc::not_found);
    EXPECT_TRUE(again->add({.name = numbered(1)}).has_value());
    EXPECT_TRUE(open_unsealed()->key(numbered(1)).has_value());
  }
}

TEST_F(RingCrash, AFullDiskLeavesTheRingAsItWas) {
  create();
  const auto child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto ring = open_unsealed();
    // EFBIG stands in for ENOSPC: the same failing write, without a file system of our own.
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{.rlim_cur = 100, .rlim_max = 100};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const bool named = code_of(ring->add({.name = numbered(1)})) == Errc::io;
    const bool unchanged = code_of(ring->key(numbered(1))) == Errc::not_found;
    const bool still_there = code_of(ring->destroy({.cls = KeyClass::row, .scope = {}, .epoch = 1})) == Errc::io &&
                             ring->newest(KeyClass::row).has_value();
    ::_exit(named && unchanged && still_there ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  const auto ring = open_unsealed();
  EXPECT_TRUE(ring->newest(KeyClass::row).has_value());
  EXPECT_TRUE(ring->add({.name = numbered(1)}).has_value());
}

}  // namespace
}  // namespace lindung::store
