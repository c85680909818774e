// The health history of a made-up person who is to have a colour.
#pragma once

#include <vector>

#include "base/time.h"
#include "domain/colour.h"
#include "domain/people_random.h"
#include "domain/record.h"

namespace lindung::domain {

// Oldest first. Under the rules id-2021 the colour holds at `now` and for at least a day after it.
[[nodiscard]] std::vector<Fact> made_up_history(Colour colour, Moment now, MadeUpRandom& random);

}  // namespace lindung::domain
