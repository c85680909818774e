// A few connections for reading, lent one caller at a time. Who finds none free waits, but not longer than the
// deadline.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/result.h"

namespace lindung::store {

template <class Connection>
class ConnectionPool {
 public:
  // Gives the connection back when it goes.
  class Lease {
   public:
    Lease(ConnectionPool& pool, std::unique_ptr<Connection> connection)
        : pool_{&pool}, connection_{std::move(connection)} {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() {
      if (connection_) pool_->add(std::move(connection_));
    }
    [[nodiscard]] Connection& operator*() const noexcept { return *connection_; }
    [[nodiscard]] Connection* operator->() const noexcept { return connection_.get(); }

   private:
    ConnectionPool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  void add(std::unique_ptr<Connection> connection) {
    {
      const std::lock_guard lock{mutex_};
      free_.push_back(std::move(connection));
    }
    freed_.notify_one();
  }

  // For the end: nobody lends any more.
  void clear() {
    const std::lock_guard lock{mutex_};
    free_.clear();
  }

  // Errors: unavailable when none becomes free in time.
  [[nodiscard]] Result<Lease> lend(std::chrono::milliseconds deadline) {
    std::unique_lock lock{mutex_};
    if (!freed_.wait_for(lock, deadline, [&] { return !free_.empty(); })) {
      return fail(Errc::unavailable, "all connections for reading are taken");
    }
    auto connection = std::move(free_.back());
    free_.pop_back();
    return Lease{*this, std::move(connection)};
  }

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Connection>> free_;
};

}  // namespace lindung::store
