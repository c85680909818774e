// Answers that are on their way out, by partner: what a cut waits for before it is called effective (protocol.md
// section 10).
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/id.h"
#include "service/lease.h"

namespace lindung::service {

class InFlight {
  struct Gone;  // outlives the tickets
  struct Era;

 public:
  InFlight();
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
  ~InFlight();

  // Held from the moment a question is taken until write() of its answer has returned or is certain never to happen.
  class Ticket {
   public:
    Ticket() = default;
    // Whether the lease that the question was taken under still holds.
    [[nodiscard]] bool may_leave(std::chrono::nanoseconds since_boot) const noexcept;

   private:
    friend class InFlight;
    Ticket(std::shared_ptr<const Era> era, Lease::Number lease) noexcept;
    std::shared_ptr<const Era> era_;
    Lease::Number lease_{};
  };
  [[nodiscard]] Ticket enter(const PartnerId& partner);

  // All tickets that were there when it was made.
  class Draining {
   public:
    [[nodiscard]] bool is_over() const noexcept;
    // False when `patience` ran out.
    [[nodiscard]] bool wait(std::chrono::milliseconds patience) const;

   private:
    friend class InFlight;
    explicit Draining(std::shared_ptr<Gone> gone);
    std::shared_ptr<Gone> gone_;
    std::vector<std::weak_ptr<const Era>> eras_;
  };
  // Every ticket of this partner that was taken before the call, also those that somebody else is draining already.
  [[nodiscard]] Draining drain(const PartnerId& partner);
  // The same, of everybody.
  [[nodiscard]] Draining drain_all();

  [[nodiscard]] Lease& lease() noexcept { return *lease_; }

 private:
  struct OfPartner {
    std::shared_ptr<const Era> current;
    std::vector<std::weak_ptr<const Era>> earlier;  // that were drained, and are not known to be gone
  };
  static void add_to(Draining& draining, OfPartner& tickets);

  std::shared_ptr<Gone> gone_;
  std::shared_ptr<Lease> lease_;
  std::mutex mutex_;
  std::map<PartnerId, OfPartner> partners_;
};

}  // namespace lindung::service
