// The pages of a day's visit index: many stays in one sealed row, in the order of their tags, so that one search and
// one opening find all stays of a person, or at a venue. Why so: docs/adr/0009-contacts.md.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace lindung::service {

// The numbers stand in the database.
enum class IndexKind : std::uint8_t {
  segment = 0,   // no stays: what a segment covers
  citizens = 1,  // found by visit_tag(), leading to venues
  venues = 2,    // found by venue_tag(), leading to citizens
};

// A stay that began on the day. Privacy: who was where; stored sealed only.
struct IndexedStay {
  static constexpr std::uint32_t no_end = std::numeric_limits<std::uint32_t>::max();
  ByteArray<16> key{};     // the tag
  ByteArray<16> other{};   // the venue, or the citizen
  std::uint32_t in{};      // seconds since the day began
  std::uint32_t length{};  // seconds; no_end: no check-out was seen
  friend auto operator<=>(const IndexedStay&, const IndexedStay&) = default;
};

struct PageName {
  Day day;
  IndexKind kind{};
  std::uint32_t segment{};
  std::uint32_t page{};
  ByteArray<16> first{};  // tag of the first stay in it
};

// Shape: stays in the order of their keys, at most 65,535 of one key. Sealed and bound to all parts of the name.
[[nodiscard]] Bytes seal_index_page(const Secret<32>& day_key, const PageName& name,
                                    std::span<const IndexedStay> stays);
// Errors: corrupt.
[[nodiscard]] Result<std::vector<IndexedStay>> open_index_page(const Secret<32>& day_key, const PageName& name,
                                                               BytesView sealed);

// A segment covers the rows of the day up to a log index, from where the segment before it ends.
struct IndexSegment {
  std::uint64_t up_to{};  // log index of its last row
  std::uint64_t rows{};
  bool is_last{};  // the day is closed: no row that says anything new follows
};
[[nodiscard]] Bytes seal_segment(const Secret<32>& day_key, Day day, std::uint32_t number, const IndexSegment& segment);
// Errors: corrupt.
[[nodiscard]] Result<IndexSegment> open_segment(const Secret<32>& day_key, Day day, std::uint32_t number,
                                                BytesView sealed);

}  // namespace lindung::service
