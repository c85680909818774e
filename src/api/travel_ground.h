// What the routes of a travel installation reach while its ring is unsealed.
#pragma once

#include <functional>

#include "base/result.h"
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
using TravelSource = std::function<Result<void>(const std::function<void(const TravelAccess&)>& use)>;

}  // namespace lindung::api
