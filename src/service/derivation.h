// The derivation of a proposal's timelines, which a server goes on with by itself until everybody has one. Where it
// stands is in the database: killed in between, it goes on there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "service/platform.h"
#include "service/timeline_sweep.h"

namespace lindung::service {

struct DerivationProgress {
  std::uint64_t citizens{};  // done
  std::uint64_t of{};        // when it began; imports write the timelines of whom they add themselves
  bool is_complete{};
};

// Derives the next part. False when there was nothing to do: no rule set is proposed, or everybody has a timeline.
[[nodiscard]] Result<bool> go_on_deriving(const Platform& platform, std::size_t most = citizens_a_part);

// None when no rule set is proposed.
[[nodiscard]] Result<std::optional<DerivationProgress>> derivation_progress(const Platform& platform);

}  // namespace lindung::service
