// A citizen's own status, at one glance: colour, why, since when and until when, and where they are checked in.
#pragma once

#include <optional>
#include <string>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/rule_set.h"
#include "people/reason_book.h"
#include "service/platform.h"

namespace lindung::people {

struct OwnVenue {
  VenueId id;
  std::string name;  // empty: not registered any more
  domain::Category category{};
};

// Privacy: a person's name, health status and place.
struct OwnStatus {
  Moment at;
  std::string name;
  domain::Colour colour{};
  std::string rule;
  domain::Text reason;
  std::optional<Moment> since;  // none: from the beginning of what is derived
  struct Next {
    domain::Colour colour{};
    Moment from;
  };
  std::optional<Next> next;  // when it changes by itself; none: it does not
  struct Inside {
    OwnVenue venue;
    Moment since;
    Moment due;  // of the check-out that happens by itself
  };
  std::optional<Inside> inside;
  bool is_restricted{};
};

// One statement over the citizen's rows; nothing is written. Errors: not_found; sealed; corrupt.
[[nodiscard]] Result<OwnStatus> own_status(const service::Platform& platform, ReasonBook& reasons,
                                           const CitizenRef& citizen);

[[nodiscard]] OwnVenue own_venue(const service::Platform& platform, const VenueId& id);

}  // namespace lindung::people
