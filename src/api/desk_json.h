// What desks and operators are both told of border desks.
#pragma once

#include <boost/json/object.hpp>

#include "travel/border_intake.h"

namespace lindung::api {

// Shape: {"conflict", "card", "mark", "day", "found_at"}.
[[nodiscard]] boost::json::object desk_conflict_json(const travel::DeskConflictRow& row);

}  // namespace lindung::api
