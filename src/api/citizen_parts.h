// What the routes of a citizen share beside the platform: words for reasons, the way to the exchange, a limit on
// passes.
#pragma once

#include <cstdint>
#include <string>

#include "api/portal_visits.h"
#include "gateway/door.h"
#include "people/reason_book.h"
#include "service/address_limit.h"
#include "service/exchange.h"
#include "service/platform.h"

namespace lindung::api {

inline constexpr std::uint64_t strips_an_hour = 20;                // of one citizen, on one node
inline constexpr std::uint64_t strips_an_hour_of_all = 2'000'000;  // bounds the memory of the count

struct CitizenParts {
  CitizenParts(const service::Platform& platform, service::Exchange& exchange, const gateway::Door& door,
               const std::string& authority)
      : reasons{platform},
        visits{platform, exchange, door, authority},
        strips{platform.clock, {.of_one = strips_an_hour, .of_all = strips_an_hour_of_all}} {}

  people::ReasonBook reasons;
  PortalVisits visits;
  service::AddressLimit strips;
};

}  // namespace lindung::api
