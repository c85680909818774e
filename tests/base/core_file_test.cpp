#include "base/core_file.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <ios>
#include <stop_token>
#include <thread>

namespace lindung {
namespace {

std::uint64_t filter() {
  std::ifstream file{"/proc/self/coredump_filter"};
  std::uint64_t bits = ~std::uint64_t{0};
  file >> std::hex >> bits;
  return bits;
}

TEST(CoreFile, HoldsNoKindOfMemoryOnceItWasAskedFor) {
  ASSERT_NE(filter(), 0U);
  keep_secrets_out_of_core_files();
  EXPECT_EQ(filter(), 0U);
}

TEST(CoreFile, IsOfAProcessThatStillEndsByItsSignal) {
  const auto crash = [](int signal) {
    keep_secrets_out_of_core_files();
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);  // this test leaves no core files about
    std::atomic<int> running{0};
    const auto busy = [&running](const std::stop_token& stop) {
      ++running;
      while (!stop.stop_requested()) {
      }
    };
    const auto waiting = [&running](const std::stop_token&) {
      ++running;
      std::this_thread::sleep_for(std::chrono::hours{1});
    };
    const std::jthread one{busy};
    const std::jthread two{waiting};
    while (running < 2) std::this_thread::yield();
    std::raise(signal);
  };
  EXPECT_EXIT(crash(SIGABRT), testing::KilledBySignal(SIGABRT), "");
  EXPECT_EXIT(crash(SIGQUIT), testing::KilledBySignal(SIGQUIT), "");
}

}  // namespace
}  // namespace lindung
