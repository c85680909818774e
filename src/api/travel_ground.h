// What the routes of a travel installation reach while its ring is unsealed.
#pragma once

#include <functional>

#include "api/borrow.h"
#include "base/result.h"
#include "http/message.h"
#include "http/router.h"
#include "service/gate.h"
#include "service/log_publisher.h"
#include "travel/filing_rate.h"
#include "travel/ground.h"

namespace lindung::api {

struct TravelAccess {
  const travel::Ground& ground;
  service::LogPublisher& publisher;
  const service::Gate& gate;
  travel::FilingRate& filings;
};
// Errors: sealed.
using TravelSource = Source<const TravelAccess>;

// A borrowing_route that answers only while the gate is open.
using TravelAnswer = std::function<Result<http::Response>(const TravelAccess&, const http::Request&)>;
[[nodiscard]] http::Route travel_route(const RouteHead& head, const TravelSource& source, TravelAnswer answer);

}  // namespace lindung::api
