#include "domain/timeline.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/category.h"
#include "domain/colour.h"

namespace lindung::domain {

namespace {

constexpr std::uint8_t form_version = 1;
constexpr std::size_t moment_size = 5;
constexpr std::size_t step_size = moment_size + 4;
constexpr std::size_t max_rules_name = 63;
constexpr std::uint16_t known_doors = (1U << all_categories.size()) - 1U;

void put_moment(Message& out, Moment at) {
  ByteArray<8> whole;
  put_be(MutableBytes{whole}, unix_seconds(at));
  out.raw(BytesView{whole}.subspan(8 - moment_size));
}

Moment get_moment(BytesView in) {
  ByteArray<8> whole{};
  std::copy_n(in.begin(), moment_size, whole.begin() + (8 - moment_size));
  return lindung::moment_of(get_be<std::uint64_t>(whole));
}

bool representable(Moment at) { return at >= Moment{} && at <= Timeline::forever(); }

bool same_meaning(const Step& a, const Step& b) {
  return a.colour == b.colour && a.rule == b.rule && a.doors == b.doors;
}

}  // namespace

Result<Timeline> Timeline::make(std::string rules, std::vector<Step> steps, Moment known_until) {
  if (rules.empty() || rules.size() > max_rules_name) return fail(Errc::invalid_argument, "length of the rules' name");
  if (steps.empty()) return fail(Errc::invalid_argument, "a timeline has at least one step");
  if (steps.size() > max_steps) return fail(Errc::invalid_argument, "a timeline has at most 255 steps");
  if (!representable(known_until)) return fail(Errc::invalid_argument, "end of the timeline out of range");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    if (!representable(step.from)) return fail(Errc::invalid_argument, "moment of a step out of range");
    if (step.colour == Colour::none || step.colour > Colour::black) {
      return fail(Errc::invalid_argument, "a step without a colour");
    }
    if ((step.doors & ~known_doors) != 0) return fail(Errc::invalid_argument, "a door of no category");
    if (i == 0) continue;
    if (steps[i - 1].from >= step.from) return fail(Errc::invalid_argument, "steps are not in order");
    if (same_meaning(steps[i - 1], step)) return fail(Errc::invalid_argument, "a step that changes nothing");
  }
  return Timeline{std::move(rules), std::move(steps), known_until};
}

const Step& Timeline::at(Moment now) const noexcept {
  // A handful of steps: a walk from the end beats a binary search, since most people ask about today.
  for (std::size_t i = steps_.size(); i-- > 1;) {
    if (steps_[i].from <= now) return steps_[i];
  }
  return steps_.front();
}

Bytes encode(const Timeline& timeline) {
  Message out{8 + timeline.rules().size() + timeline.steps().size() * step_size};
  out.u8(form_version);
  put_moment(out, timeline.known_until());
  out.u8(static_cast<std::uint8_t>(timeline.rules().size())).text(timeline.rules());
  out.u8(static_cast<std::uint8_t>(timeline.steps().size()));
  for (const Step& step : timeline.steps()) {
    put_moment(out, step.from);
    out.u8(static_cast<std::uint8_t>(step.colour)).u8(step.rule).be(step.doors);
  }
  return std::move(out).take();
}

Result<Timeline> decode_timeline(BytesView bytes) {
  constexpr std::size_t before_rules = 1 + moment_size + 1;
  if (bytes.size() < before_rules) return fail(Errc::corrupt, "timeline: cut short");
  if (bytes[0] != form_version) return fail(Errc::corrupt, "timeline: unknown version");
  const Moment known_until = get_moment(bytes.subspan(1));
  const std::size_t rules_size = bytes[1 + moment_size];
  if (bytes.size() < before_rules + rules_size + 1) return fail(Errc::corrupt, "timeline: cut short");
  std::string rules{as_text(bytes.subspan(before_rules, rules_size))};
  const std::size_t count = bytes[before_rules + rules_size];
  BytesView rest = bytes.subspan(before_rules + rules_size + 1);
  if (rest.size() != count * step_size) return fail(Errc::corrupt, "timeline: wrong length");
  std::vector<Step> steps;
  steps.reserve(count);
  for (; !rest.empty(); rest = rest.subspan(step_size)) {
    steps.push_back({.from = get_moment(rest),
                     .colour = static_cast<Colour>(rest[moment_size]),
                     .rule = rest[moment_size + 1],
                     .doors = get_be<std::uint16_t>(rest.subspan(moment_size + 2, 2))});
  }
  auto timeline = Timeline::make(std::move(rules), std::move(steps), known_until);
  if (!timeline) return fail(Errc::corrupt, "timeline: " + timeline.error().detail);
  return timeline;
}

}  // namespace lindung::domain
