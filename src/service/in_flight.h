// Answers that are on their way out, by partner: what a cut waits for before it is called effective (protocol.md
// section 10).
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

#include "base/id.h"

namespace lindung::service {

class InFlight {
 public:
  // Held from the moment a question is taken until write() of its answer has returned or is certain never to happen.
  using Ticket = std::shared_ptr<const void>;

  InFlight();
  [[nodiscard]] Ticket enter(const PartnerId& partner);

  // Waits until every ticket of this partner that was taken before the call is gone; false when `patience` ran out.
  [[nodiscard]] bool drain(const PartnerId& partner, std::chrono::milliseconds patience);

 private:
  struct Gone;  // outlives the tickets
  struct Era;
  std::shared_ptr<Gone> gone_;
  std::mutex mutex_;
  std::map<PartnerId, std::shared_ptr<Era>> eras_;
};

}  // namespace lindung::service
