// The canaries in memory: citizens who exist for one partner only, and the questions that named one of them. The
// exchange looks here behind its answers; nothing of it reaches an answer.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/id.h"

namespace lindung::service {

class CanaryWatch {
 public:
  struct Canary {
    CitizenRef citizen;
    PartnerId partner;
    std::uint64_t questions{};  // that the database knows of
  };
  // What the database holds; of a canary that is watched already, the count stays.
  void set(const std::vector<Canary>& canaries);

  // Whom the questions of a batch were about: one lookup each, under one lock.
  void look(std::span<const CitizenRef> asked_about);

  struct Sighting {
    CitizenRef citizen;
    PartnerId partner;
    std::uint64_t questions{};
  };
  // Those since the last call; put_back() undoes it, for a database that did not take them.
  [[nodiscard]] std::vector<Sighting> take_sightings();
  void put_back(std::span<const Sighting> sightings);

  // Questions about canaries, for each partner that has some.
  [[nodiscard]] std::map<PartnerId, std::uint64_t> questions() const;
  // The one partner that a canary exists for; none for everybody else.
  [[nodiscard]] std::optional<PartnerId> partner_of(const CitizenRef& citizen) const;

 private:
  struct Watched {
    PartnerId partner;
    std::uint64_t questions{};
    std::uint64_t pending{};  // of these, not taken yet
  };
  mutable std::mutex mutex_;
  std::unordered_map<CitizenRef, Watched> watched_;
};

}  // namespace lindung::service
