// The visit index of a day: built in the background, in segments of so many rows, never inside a scan's commit.
//
// Invariants
// 1. A segment is made of the same rows whoever builds it, so a build that was killed, or that two nodes do at once,
//    writes the same pages again.
// 2. A segment counts from the commit of its own row on, which comes behind all its pages.
// 3. Memory is that of one segment, however many visits a day has.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "base/time.h"
#include "service/platform.h"

namespace lindung::service {

// Part of the format: pages of a half-built segment stay when it is built again.
struct IndexShape {
  std::size_t rows_a_segment{262'144};
  std::size_t stays_a_page{256};
};

// No check-in of the day is still open, and none can come. Units: the longest stay of any category is a day.
[[nodiscard]] bool is_closed(Day day, Moment now) noexcept;

// Builds the next segments, oldest day first: of a closed day until all of it is covered, of another one whenever there
// are rows for a whole segment. True when nothing is left to build; else the caller asks again.
// Errors: sealed; corrupt (the other days are built all the same); those of the database.
[[nodiscard]] Result<bool> build_visit_index(const Platform& platform, std::size_t segments,
                                             const IndexShape& shape = {});

}  // namespace lindung::service
