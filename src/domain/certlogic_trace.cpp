#include "domain/certlogic_trace.h"

#include <algorithm>

#include "domain/certlogic.h"
#include "domain/certlogic_program.h"
#include "domain/certlogic_time.h"
#include "domain/certlogic_value.h"

namespace lindung::domain::certlogic {

namespace {

void note(Trace& trace, Milliseconds at) noexcept {
  if (at > trace.now) trace.next = std::min(trace.next, at);
}

// The same comparison seen from its right side.
Comparison mirrored(Comparison op) noexcept {
  switch (op) {
    case Comparison::less: return Comparison::greater;
    case Comparison::greater: return Comparison::less;
    case Comparison::less_or_equal: return Comparison::greater_or_equal;
    case Comparison::greater_or_equal: break;
  }
  return Comparison::less_or_equal;
}

}  // namespace

void trace_comparison(Trace& trace, Comparison op, const Value& left, const Value& right) noexcept {
  if (left.clocked == Clocked::no && right.clocked == Clocked::no) return;
  if (left.clocked != Clocked::no && right.clocked != Clocked::no) {
    // Their distance is constant, except that months differ in length.
    if (left.clocked != Clocked::evenly || right.clocked != Clocked::evenly) note(trace, next_month(trace.now));
    return;
  }
  const bool clock_on_left = left.clocked != Clocked::no;
  const Value& moving = clock_on_left ? left : right;
  const Value& fixed = clock_on_left ? right : left;
  const Comparison seen = clock_on_left ? op : mirrored(op);
  // "moving < fixed" and "moving >= fixed" change when they become equal, the other two one millisecond later.
  const bool at_equality = seen == Comparison::less || seen == Comparison::greater_or_equal;
  const Milliseconds meeting = trace.now + (fixed.date - moving.date);
  const Milliseconds change = at_equality ? meeting : meeting + 1;
  if (moving.clocked == Clocked::evenly) return note(trace, change);

  // Clock plus months: within one month of the clock it runs evenly, at the start of the next one it may jump. The sum
  // of the lengths of n months in a row differs by less than eight days, whatever n and wherever they start, so the
  // comparison only changes within eight days of `meeting`.
  constexpr Milliseconds slack = 8 * Milliseconds{86'400'000};
  if (trace.now < meeting - slack) return note(trace, meeting - slack);
  if (trace.now > meeting + slack) return;
  note(trace, change);
  note(trace, next_month(trace.now));
}

}  // namespace lindung::domain::certlogic
