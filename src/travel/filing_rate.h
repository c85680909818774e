// How many cards strangers may file a minute, all of them together: nobody is asked who they are, so nobody is counted.
#pragma once

#include <cstdint>
#include <mutex>

#include "base/result.h"
#include "base/time.h"

namespace lindung::travel {

// Safe from many threads.
class FilingRate {
 public:
  explicit FilingRate(std::uint64_t per_minute) noexcept : per_minute_{per_minute} {}

  // Errors: quota, with the seconds until the next minute.
  [[nodiscard]] Result<void> take(Moment now) {
    constexpr std::uint64_t minute_s = 60;
    const auto second = unix_seconds(now);
    const std::scoped_lock lock{mutex_};
    if (second / minute_s != minute_) {
      minute_ = second / minute_s;
      used_ = 0;
    }
    if (used_ >= per_minute_) return fail(Errc::quota, {}, minute_s - second % minute_s);
    ++used_;
    return ok();
  }

 private:
  const std::uint64_t per_minute_;
  std::mutex mutex_;
  std::uint64_t minute_{};
  std::uint64_t used_{};
};

}  // namespace lindung::travel
