#include "store/sqlite_checkpointer.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "store/sqlite_connection.h"

namespace lindung::store {

namespace {
constexpr int enough_pages = 16'000;  // 64 MiB: pages that many check-ins share are moved once
constexpr std::chrono::milliseconds passive_wait{0};
constexpr std::chrono::milliseconds restart_wait{100};  // for writers and readers, while writers wait
constexpr int too_many_pages = 24'000;  // 96 MiB: writers that never pause kept the log from starting again
}  // namespace

SqliteCheckpointer::SqliteCheckpointer(std::unique_ptr<SqliteConnection> connection)
    : connection_{std::move(connection)}, thread_{[this] { serve(); }} {}

void SqliteCheckpointer::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wanted_.notify_one();
  if (thread_.joinable()) thread_.join();
  connection_.reset();
}

bool SqliteCheckpointer::is_worth_it() const noexcept { return pages_ - moved_ >= enough_pages; }

void SqliteCheckpointer::committed(int pages) {
  {
    const std::lock_guard lock{mutex_};
    if (pages < pages_) moved_ = 0;  // the log began again at its front
    pages_ = pages;
    if (!is_worth_it()) return;
  }
  wanted_.notify_one();
}

// PASSIVE disturbs nobody, but the log begins again only when a writer comes after it has moved everything. RESTART
// makes writers wait until the rest is moved, which is little right after a PASSIVE one. What fails here is tried again
// after later commits, and a fault of the disk shows itself in the commits.
void SqliteCheckpointer::serve() {
  std::unique_lock lock{mutex_};
  for (;;) {
    wanted_.wait(lock, [&] { return stopping_ || is_worth_it(); });
    if (stopping_) return;
    const int seen = pages_;
    lock.unlock();
    int moved = connection_->checkpoint(SQLITE_CHECKPOINT_PASSIVE, passive_wait);
    if (seen >= too_many_pages) moved = connection_->checkpoint(SQLITE_CHECKPOINT_RESTART, restart_wait);
    lock.lock();
    // Without progress the next look is due after as many pages again, not at once.
    moved_ = pages_ < seen ? 0 : std::max(moved, seen);
  }
}

}  // namespace lindung::store
