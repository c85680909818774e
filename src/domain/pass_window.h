// When light passes are valid. The same windows hold for everybody, each pass is as long as every other one, and its
// start is drawn without a look at the citizen's timeline, which decides one thing only: whether there is a pass. So
// neither start nor end tells why a colour holds or how long (docs/adr/0027-light-passes.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/time.h"
#include "domain/timeline.h"

namespace lindung::domain {

inline constexpr std::chrono::hours pass_step{6};           // windows begin at multiples of it since 1970
inline constexpr std::chrono::hours pass_length{12};        // of every pass: two steps
inline constexpr std::chrono::minutes pass_start_grain{1};  // a pass begins on a whole minute

// One pass is for one window, and covers all of it whatever its start is.
struct PassWindow {
  Moment begin;
  [[nodiscard]] Moment end() const noexcept { return begin + pass_step; }
  // Starts lie behind the first and up to the second of these.
  [[nodiscard]] Moment before_starts() const noexcept { return begin - pass_step; }
  [[nodiscard]] Moment last_start() const noexcept { return begin; }
  // What any pass of this window may cover: from before_starts() until here.
  [[nodiscard]] Moment last_end() const noexcept { return begin + pass_length; }
  friend bool operator==(const PassWindow&, const PassWindow&) = default;
};

inline constexpr std::uint32_t pass_starts = pass_step / pass_start_grain;  // to draw from, for each window

// Shape: draw < pass_starts.
[[nodiscard]] Moment pass_start(const PassWindow& window, std::uint32_t draw) noexcept;
// The window that a pass with this start is for.
[[nodiscard]] PassWindow window_of_start(Moment start) noexcept;

// The one in which `from` lies, and all that begin before `until`.
[[nodiscard]] std::vector<PassWindow> pass_windows(Moment from, Moment until);

// Green over everything that a pass of this window may cover: not over the one that happens to be drawn, or the draw
// would tell where the green ends.
[[nodiscard]] bool may_have_pass(const Timeline& timeline, const PassWindow& window) noexcept;

struct PlannedPass {
  PassWindow window;
  Moment start;
};
struct StripPlan {
  std::vector<PlannedPass> passes;
  std::vector<PassWindow> without;  // not green throughout
};
// A number below pass_starts, each as likely.
using DrawStart = std::function<std::uint32_t()>;
[[nodiscard]] StripPlan plan_strip(const Timeline& timeline, Moment from, Moment until, const DrawStart& draw);

}  // namespace lindung::domain
