#include "server/housekeeper.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace lindung::server {

Housekeeper::Housekeeper(std::vector<Chore> chores, Report report)
    : chores_{std::move(chores)}, report_{std::move(report)}, thread_{[this] { run(); }} {}

Housekeeper::~Housekeeper() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Housekeeper::run() {
  using Clock = std::chrono::steady_clock;
  std::vector<Clock::time_point> due(chores_.size(), Clock::now());
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    for (std::size_t i = 0; i < chores_.size() && !stopping_; ++i) {
      if (Clock::now() < due[i]) continue;
      lock.unlock();
      const auto done = chores_[i].run();
      if (done.has_error()) report_(chores_[i].name, done.error());
      const auto wait = chores_[i].next ? chores_[i].next() : chores_[i].every;
      lock.lock();
      due[i] = Clock::now() + wait;
    }
    if (stopping_ || due.empty()) break;
    wake_.wait_until(lock, *std::ranges::min_element(due));
  }
}

}  // namespace lindung::server
