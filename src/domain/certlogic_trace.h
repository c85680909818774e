// When a comparison of date-times with the clock in it can come out otherwise; private to the evaluator.
#pragma once

#include "domain/certlogic.h"
#include "domain/certlogic_program.h"
#include "domain/certlogic_value.h"

namespace lindung::domain::certlogic {

// Lowers trace.next to the first moment after trace.now at which `left op right` may change. Both are date-times.
void trace_comparison(Trace& trace, Comparison op, const Value& left, const Value& right) noexcept;

}  // namespace lindung::domain::certlogic
