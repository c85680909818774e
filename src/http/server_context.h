// What all io threads of one server share.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "http/router.h"
#include "http/server.h"
#include "http/worker_pool.h"

namespace lindung::http {

// The open connections of all io threads: at most `limit`.
class ConnectionCount {
 public:
  explicit ConnectionCount(std::size_t limit) : limit_{limit} {}
  [[nodiscard]] bool enter() {
    const std::scoped_lock lock{mutex_};
    if (open_ >= limit_) return false;
    ++open_;
    return true;
  }
  void leave() {
    const std::scoped_lock lock{mutex_};
    if (--open_ == 0) none_.notify_all();
  }
  [[nodiscard]] std::size_t open() const {
    const std::scoped_lock lock{mutex_};
    return open_;
  }
  void wait_for_none(std::chrono::milliseconds patience) {
    std::unique_lock lock{mutex_};
    none_.wait_for(lock, patience, [this] { return open_ == 0; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable none_;
  std::size_t open_{0};
  std::size_t limit_;
};

// Written by one io thread, read by any.
struct alignas(64) ThreadCounters {
  std::atomic<std::uint64_t> accepted{}, refused{}, requests{}, responses_2xx{}, responses_4xx{}, responses_5xx{},
      timeouts{};
};

inline void count(std::atomic<std::uint64_t>& counter) noexcept { counter.fetch_add(1, std::memory_order_relaxed); }

struct ServerContext {
  ServerContext(ServerOptions given, std::shared_ptr<const Router> table)
      : options{std::move(given)},
        router{std::move(table)},
        workers{options.worker_threads, options.max_queued_work},
        connections{options.max_connections} {}

  const ServerOptions options;
  const std::shared_ptr<const Router> router;
  WorkerPool workers;
  ConnectionCount connections;
};

}  // namespace lindung::http
