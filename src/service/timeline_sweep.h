// Timelines of everybody, part by part: deriving those of a proposed rule set, and removing those of retired ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/id.h"
#include "base/result.h"
#include "service/platform.h"

namespace lindung::service {

// Where a sweep over all citizens stands.
struct SweepPart {
  std::uint64_t citizens{};          // done in this part
  std::optional<CitizenRef> last{};  // go on behind this one; none: all are done
};

// Without the dummy person.
[[nodiscard]] Result<std::uint64_t> count_citizens(const Platform& platform);

inline constexpr std::size_t citizens_a_part = 10'000;

// Derives the timelines of the next citizens, at most `most`, behind `after` under the proposed rule set, on all cores
// but at a low priority, and outside of the units that write them: who asks at a door waits for little. A timeline that
// is there stays: whatever changes somebody's records while a rule set is proposed writes its timeline itself, from
// later knowledge. Bounded: some thousands of citizens are in memory. Errors: conflict when no rule set is proposed, or
// not this one any more.
[[nodiscard]] Result<SweepPart> derive_proposed(const Platform& platform, const std::optional<CitizenRef>& after,
                                                std::size_t most = citizens_a_part);

// Removes the timelines of all retired rule sets; what was interrupted is done again.
[[nodiscard]] Result<void> clear_retired_timelines(const Platform& platform);

}  // namespace lindung::service
