// How much partners asked, by the hour: what the detectors compare with, read for people.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/exchange_watch.h"
#include "service/platform.h"

namespace lindung::service {

// Counts without people; up to a minute behind the answers.
struct TrafficHour {
  Moment at;  // its beginning
  ExchangeWatch::Count count;
};
// Of one partner or all, from `since` on, the oldest hour first; an hour in which nobody asked is not there.
[[nodiscard]] Result<std::map<PartnerId, std::vector<TrafficHour>>> read_traffic(
    const Platform& platform, const std::optional<PartnerId>& partner, Moment since);

}  // namespace lindung::service
