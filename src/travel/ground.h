// What the use cases of a travel installation stand on. One is made at unsealing and handed to all of them.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "cert/trust_store.h"
#include "domain/journey.h"
#include "domain/route_rules.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::travel {

// The route rules in force. Safe from many threads.
class CurrentRules {
 public:
  [[nodiscard]] std::shared_ptr<const domain::RouteRules> get() const {
    const std::scoped_lock lock{mutex_};
    return rules_;
  }
  void set(std::shared_ptr<const domain::RouteRules> rules) {
    const std::scoped_lock lock{mutex_};
    rules_ = std::move(rules);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const domain::RouteRules> rules_;
};

struct Terms {
  domain::JourneyLimits journey{};  // how far ahead somebody may file
  std::chrono::days keep{14};       // a day's key is destroyed so many days behind the day; at least 3
};

// Whose certificates are believed, as the trust folder of this installation is now.
using TrustSource = std::function<Result<std::shared_ptr<const cert::TrustStore>>()>;

struct Ground {
  store::Database& database;
  store::KeyRing& ring;
  const Clock& clock;
  CurrentRules& rules;
  TrustSource trust;
  Terms terms{};
};

}  // namespace lindung::travel
