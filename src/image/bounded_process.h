// Work on bytes of strangers in a process of its own, with a limit on its time and memory; what it writes comes back.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::image {

struct ProcessLimits {
  std::chrono::seconds time{10};  // of the processor; six times that by the clock on the wall
  std::size_t output{std::size_t{1} << 20U};
  std::optional<std::size_t> memory{};  // of its addresses
};

// Runs in the child; what it returns is its exit status. Shape: writes to the descriptor, nothing else; throws nothing.
using ChildWork = std::function<int(int out)>;

inline constexpr int not_installed = 127;  // exit status of work whose program is not there

struct Ended {
  int status{};  // of its exit
  Bytes output;
};

// Errors: timeout; too_large for more output; malformed where it dies of a signal; io.
[[nodiscard]] Result<Ended> run_bounded(const ProcessLimits& limits, const ChildWork& work);

}  // namespace lindung::image
