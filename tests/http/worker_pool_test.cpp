#include "http/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <thread>

namespace lindung::http {
namespace {

TEST(WorkerPool, RunsWhatItTook) {
  std::atomic<int> ran{0};
  WorkerPool pool{3, 1000};
  std::promise<void> all;
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(pool.submit([&] {
      if (++ran == 500) all.set_value();
    }));
  }
  all.get_future().wait();
  EXPECT_EQ(ran, 500);
}

// Each task of a burst ends only when all of it runs: whoever takes one while more wait wakes the next thread.
TEST(WorkerPool, WakesAsManyThreadsAsABurstNeeds) {
  constexpr int threads = 4;
  WorkerPool pool{threads, 1000};
  for (int round = 0; round < 500; ++round) {
    struct Burst {
      std::latch met{threads};
      std::latch ended{threads};
    };
    const auto burst = std::make_shared<Burst>();
    for (int i = 0; i < threads; ++i) {
      ASSERT_TRUE(pool.submit([burst] {
        burst->met.arrive_and_wait();
        burst->ended.count_down();
      }));
    }
    burst->ended.wait();
  }
}

TEST(WorkerPool, SaysNoWhenItsQueueIsFullAndWhenItHasStopped) {
  std::promise<void> started;
  std::promise<void> go;
  std::atomic<int> ran{0};
  WorkerPool pool{1, 2};
  ASSERT_TRUE(pool.submit([&] {
    started.set_value();
    go.get_future().wait();
  }));
  started.get_future().wait();
  EXPECT_TRUE(pool.submit([&] { ++ran; }));
  EXPECT_TRUE(pool.submit([&] { ++ran; }));
  EXPECT_FALSE(pool.submit([&] { ++ran; }));
  std::thread stopper{[&] { pool.stop(); }};
  while (pool.submit([&] { ++ran; })) std::this_thread::yield();
  go.set_value();
  stopper.join();
  EXPECT_FALSE(pool.submit([&] { ++ran; }));
}

}  // namespace
}  // namespace lindung::http
