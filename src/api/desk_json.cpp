#include "api/desk_json.h"

#include <boost/json/object.hpp>

#include "base/time.h"
#include "codec/base_n.h"
#include "domain/border_decision.h"
#include "travel/border_intake.h"

namespace lindung::api {

boost::json::object desk_conflict_json(const travel::DeskConflictRow& row) {
  return {{"conflict", name_of(row.kind)},
          {"card", codec::hex(row.card.bytes())},
          {"mark", codec::hex(row.mark)},
          {"day", rfc3339(start_of(row.day)).substr(0, 10)},
          {"found_at", rfc3339(row.found_at)}};
}

}  // namespace lindung::api
