#include "service/in_flight.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

#include "base/id.h"

namespace lindung::service {

struct InFlight::Gone {
  std::mutex mutex;
  std::condition_variable changed;
};

// All tickets of one partner between two drains; destroyed with the last of them.
struct InFlight::Era {
  std::shared_ptr<Gone> gone;
  explicit Era(std::shared_ptr<Gone> shared) : gone{std::move(shared)} {}
  Era(const Era&) = delete;
  Era& operator=(const Era&) = delete;
  ~Era() {
    const std::scoped_lock lock{gone->mutex};
    gone->changed.notify_all();
  }
};

InFlight::InFlight() : gone_{std::make_shared<Gone>()} {}

InFlight::Ticket InFlight::enter(const PartnerId& partner) {
  const std::scoped_lock lock{mutex_};
  auto& era = eras_[partner];
  if (!era) era = std::make_shared<Era>(gone_);
  return era;
}

bool InFlight::drain(const PartnerId& partner, std::chrono::milliseconds patience) {
  std::weak_ptr<Era> before;
  {
    std::shared_ptr<Era> era;
    {
      const std::scoped_lock lock{mutex_};
      const auto found = eras_.find(partner);
      if (found == eras_.end()) return true;
      era = std::move(found->second);
      eras_.erase(found);
    }
    before = era;
  }
  std::unique_lock lock{gone_->mutex};
  return gone_->changed.wait_for(lock, patience, [&] { return before.expired(); });
}

}  // namespace lindung::service
