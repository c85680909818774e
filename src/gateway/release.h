// The last check before an answer leaves, and the word that it has left (protocol.md section 10): an answer that was
// committed more than 500 ms ago is dropped, and so is one whose lease is over (service/lease.h); a cut waits for the
// tickets of those that are on their way.
#pragma once

#include <chrono>
#include <utility>

#include "base/time.h"
#include "http/message.h"
#include "service/in_flight.h"

namespace lindung::gateway {

class AnswerRelease final : public http::Release {
 public:
  static constexpr std::chrono::milliseconds stale_after{500};

  AnswerRelease(service::InFlight::Ticket ticket, const Clock& clock)
      : ticket_{std::move(ticket)}, clock_{clock}, committed_at_{clock.since_boot()} {}
  [[nodiscard]] bool may_leave() noexcept override {
    const auto now = clock_.since_boot();
    return now - committed_at_ <= stale_after && ticket_.may_leave(now);
  }

 private:
  service::InFlight::Ticket ticket_;
  const Clock& clock_;
  std::chrono::nanoseconds committed_at_;
};

}  // namespace lindung::gateway
