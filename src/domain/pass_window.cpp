#include "domain/pass_window.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ratio>
#include <vector>

#include "base/time.h"
#include "domain/colour.h"
#include "domain/timeline.h"

namespace lindung::domain {
namespace {

// The beginning of the step in which the moment lies.
Moment step_begin(Moment at) noexcept {
  return Moment{std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<21'600>>>(at.time_since_epoch())};
}
static_assert(std::chrono::seconds{pass_step}.count() == 21'600);

}  // namespace

Moment pass_start(const PassWindow& window, std::uint32_t draw) noexcept {
  return window.before_starts() + pass_start_grain * (draw + 1);
}

PassWindow window_of_start(Moment start) noexcept {
  const auto begin = step_begin(start);
  return {.begin = begin == start ? start : begin + pass_step};
}

std::vector<PassWindow> pass_windows(Moment from, Moment until) {
  std::vector<PassWindow> out;
  for (PassWindow window{.begin = step_begin(from)}; window.begin < until; window.begin += pass_step) {
    out.push_back(window);
  }
  return out;
}

bool may_have_pass(const Timeline& timeline, const PassWindow& window) noexcept {
  if (timeline.known_until() <= window.last_end()) return false;
  if (timeline.at(window.before_starts()).colour != Colour::green) return false;
  return std::ranges::none_of(timeline.steps(), [&](const Step& step) {
    return step.from > window.before_starts() && step.from <= window.last_end() && step.colour != Colour::green;
  });
}

StripPlan plan_strip(const Timeline& timeline, Moment from, Moment until, const DrawStart& draw) {
  StripPlan out;
  for (const auto& window : pass_windows(from, until)) {
    if (may_have_pass(timeline, window)) {
      out.passes.push_back({.window = window, .start = pass_start(window, draw())});
    } else {
      out.without.push_back(window);
    }
  }
  return out;
}

}  // namespace lindung::domain
