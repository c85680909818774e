// What a person is told who was near a confirmed case. Privacy: the day and what to do; never where, never who.
#pragma once

#include "base/time.h"
#include "domain/rule_set.h"

namespace lindung::domain {

// `last` is the last moment of the contact; its day is told in Western Indonesian Time.
[[nodiscard]] Text contact_notice(Moment last);
// The case was none: what the notice before said does not count any more.
[[nodiscard]] Text contact_withdrawn_notice(Moment last);

}  // namespace lindung::domain
