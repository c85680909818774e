// The clock of a replayed day: it stands until the replay moves it, and several threads read it.
#pragma once

#include <atomic>
#include <chrono>

#include "base/time.h"

namespace lindung::server {

class DayClock final : public Clock {
 public:
  explicit DayClock(Moment start) : start_{start}, now_{start} {}
  // Never back: an earlier moment leaves it where it is. By one thread.
  void move_to(Moment at) noexcept {
    if (at > now_.load()) now_.store(at);
  }
  [[nodiscard]] Moment now() const override { return now_.load(); }
  [[nodiscard]] std::chrono::nanoseconds since_boot() const override { return now_.load() - start_; }

 private:
  Moment start_;
  std::atomic<Moment> now_;
};

}  // namespace lindung::server
