#include "service/in_flight.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/id.h"
#include "service/lease.h"

namespace lindung::service {

struct InFlight::Gone {
  std::mutex mutex;
  std::condition_variable changed;
};

// All tickets of one partner between two drains; destroyed with the last of them.
struct InFlight::Era {
  std::shared_ptr<Gone> gone;
  std::shared_ptr<const Lease> lease;
  Era(std::shared_ptr<Gone> shared, std::shared_ptr<const Lease> held)
      : gone{std::move(shared)}, lease{std::move(held)} {}
  Era(const Era&) = delete;
  Era& operator=(const Era&) = delete;
  ~Era() {
    const std::scoped_lock lock{gone->mutex};
    gone->changed.notify_all();
  }
};

InFlight::Ticket::Ticket(std::shared_ptr<const Era> era, Lease::Number lease) noexcept
    : era_{std::move(era)}, lease_{lease} {}

bool InFlight::Ticket::may_leave(std::chrono::nanoseconds since_boot) const noexcept {
  return era_ && era_->lease->covers(lease_, since_boot);
}

InFlight::Draining::Draining(std::shared_ptr<Gone> gone) : gone_{std::move(gone)} {}

bool InFlight::Draining::is_over() const noexcept {
  return std::ranges::all_of(eras_, [](const auto& era) { return era.expired(); });
}

bool InFlight::Draining::wait(std::chrono::milliseconds patience) const {
  std::unique_lock lock{gone_->mutex};
  return gone_->changed.wait_for(lock, patience, [this] { return is_over(); });
}

InFlight::InFlight() : gone_{std::make_shared<Gone>()}, lease_{std::make_shared<Lease>()} {}
InFlight::~InFlight() = default;

InFlight::Ticket InFlight::enter(const PartnerId& partner) {
  const std::scoped_lock lock{mutex_};
  auto& tickets = partners_[partner];
  if (!tickets.current) tickets.current = std::make_shared<const Era>(gone_, lease_);
  return {tickets.current, lease_->number()};
}

void InFlight::add_to(Draining& draining, OfPartner& tickets) {
  if (tickets.current) tickets.earlier.emplace_back(tickets.current);
  tickets.current.reset();
  std::erase_if(tickets.earlier, [](const auto& era) { return era.expired(); });
  draining.eras_.insert(draining.eras_.end(), tickets.earlier.begin(), tickets.earlier.end());
}

InFlight::Draining InFlight::drain(const PartnerId& partner) {
  Draining draining{gone_};
  const std::scoped_lock lock{mutex_};
  const auto found = partners_.find(partner);
  if (found != partners_.end()) add_to(draining, found->second);
  return draining;
}

InFlight::Draining InFlight::drain_all() {
  Draining draining{gone_};
  const std::scoped_lock lock{mutex_};
  for (auto& [partner, tickets] : partners_) add_to(draining, tickets);
  return draining;
}

}  // namespace lindung::service
