#include "service/canary_watch.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/id.h"

namespace lindung::service {

void CanaryWatch::set(const std::vector<Canary>& canaries) {
  const std::scoped_lock lock{mutex_};
  for (const auto& canary : canaries) {
    watched_.try_emplace(canary.citizen,
                         Watched{.partner = canary.partner, .questions = canary.questions, .pending = 0});
  }
}

void CanaryWatch::look(std::span<const CitizenRef> asked_about) {
  const std::scoped_lock lock{mutex_};
  for (const auto& citizen : asked_about) {
    const auto found = watched_.find(citizen);
    if (found == watched_.end()) continue;
    ++found->second.questions;
    ++found->second.pending;
  }
}

std::vector<CanaryWatch::Sighting> CanaryWatch::take_sightings() {
  std::vector<Sighting> sightings;
  const std::scoped_lock lock{mutex_};
  for (auto& [citizen, canary] : watched_) {
    if (canary.pending == 0) continue;
    sightings.push_back({.citizen = citizen, .partner = canary.partner, .questions = canary.pending});
    canary.pending = 0;
  }
  return sightings;
}

void CanaryWatch::put_back(std::span<const Sighting> sightings) {
  const std::scoped_lock lock{mutex_};
  for (const auto& sighting : sightings) watched_.at(sighting.citizen).pending += sighting.questions;
}

std::map<PartnerId, std::uint64_t> CanaryWatch::questions() const {
  std::map<PartnerId, std::uint64_t> out;
  const std::scoped_lock lock{mutex_};
  for (const auto& [citizen, canary] : watched_) out[canary.partner] += canary.questions;
  return out;
}

std::optional<PartnerId> CanaryWatch::partner_of(const CitizenRef& citizen) const {
  const std::scoped_lock lock{mutex_};
  const auto found = watched_.find(citizen);
  return found == watched_.end() ? std::nullopt : std::optional{found->second.partner};
}

}  // namespace lindung::service
