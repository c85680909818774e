// A citizen's own check-in and check-out, as questions of the built-in partner (people/portal_partner.h): sealed,
// signed and admitted by the one door, answered by the one exchange.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/question.h"
#include "domain/venue.h"
#include "gateway/door.h"
#include "people/caller.h"
#include "people/portal_partner.h"
#include "service/exchange.h"
#include "service/in_flight.h"
#include "service/platform.h"

namespace lindung::api {

struct AnsweredVisit {
  domain::Answer answer;
  std::shared_ptr<const domain::Venue> venue;  // null: not genuine
  service::InFlight::Ticket ticket;            // to be held until the reply has left
};

// Thread-safe.
class PortalVisits {
 public:
  // `authority`: one of the names under which the gateway is reached. All outlive it.
  PortalVisits(const service::Platform& platform, service::Exchange& exchange, const gateway::Door& door,
               std::string authority)
      : platform_{platform}, exchange_{exchange}, door_{door}, authority_{std::move(authority)}, partner_{platform} {}

  // Waits for the commit. Errors: those of PortalPartner::question, of the door and of the exchange; conflict where the
  // link has gone meanwhile.
  [[nodiscard]] Result<AnsweredVisit> ask(const people::Caller& caller, const people::OwnWish& wish);
  // Out of wherever the citizen is. Errors: not_found when they are nowhere inside; as above.
  [[nodiscard]] Result<AnsweredVisit> leave(const people::Caller& caller, const VenueId& inside,
                                            const RequestId& request, Moment at);

 private:
  const service::Platform& platform_;
  service::Exchange& exchange_;
  const gateway::Door& door_;
  std::string authority_;
  people::PortalPartner partner_;
};

}  // namespace lindung::api
