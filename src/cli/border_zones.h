// Zones of travel documents as texts: many of them apart, and what was read as JSON.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "domain/mrz.h"

namespace lindung::cli {

// An empty line ends a zone, and so does its last line where the first one tells how many there are.
[[nodiscard]] std::vector<std::string> zones_in(std::string_view text);

// {"zone": "read", form, …} or {"zone": "refused", reason, line, column}. Privacy: names a person.
[[nodiscard]] boost::json::object zone_json(const domain::ZoneResult<domain::TravelZone>& zone, Moment at);

}  // namespace lindung::cli
