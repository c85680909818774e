// Venues: registered with a key of their own, whose private half makes posters and screen codes (protocol.md section
// 6).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/category.h"
#include "service/platform.h"

namespace lindung::service {

struct NewVenue {
  VenueId id;  // random, or the caller's own for a repeatable import
  std::string name;
  domain::Category category{};
  std::uint64_t capacity{};  // 0: no limit
};

// With a first key, id 1. Errors: invalid_argument for an empty or over-long name (200 bytes) or the category general;
// conflict if the id exists.
[[nodiscard]] Result<void> add_venues(const Platform& platform, const std::vector<NewVenue>& venues);

// Fills the register out of the database.
[[nodiscard]] Result<void> load_venues(const Platform& platform);

// Errors: not_found.
[[nodiscard]] Result<Bytes> poster_code(const Platform& platform, const VenueId& venue, Moment not_after);
// The whole poster of which only the head was kept: its proof is the venue's own signature, which is always the same.
// Errors: not_found; malformed for another head.
[[nodiscard]] Result<Bytes> rebuild_poster(const Platform& platform, BytesView head);
[[nodiscard]] Result<Bytes> screen_code(const Platform& platform, const VenueId& venue);

// What a screen shows from now on: the code of the present step and of those after it, so that a door goes on for a
// while without a network.
struct ScreenCode {
  Moment from;
  Bytes code;
};
struct Screen {
  std::string short_code;
  std::vector<ScreenCode> codes;
};
// Errors: not_found.
[[nodiscard]] Result<Screen> screen_codes(const Platform& platform, const VenueId& venue, std::size_t steps);
// Of the key that posters and screens are made with now (domain::venue_short_code). Errors: not_found.
[[nodiscard]] Result<std::string> short_code(const Platform& platform, const VenueId& venue);

// Ends every code made with this key, posters and screens, at once; a new key takes its place.
[[nodiscard]] Result<void> replace_venue_key(const Platform& platform, const VenueId& venue);

struct VenueListing {
  VenueId id;
  std::string name;
  domain::Category category{};
  std::uint64_t capacity{};
  std::uint64_t inside{};
};
[[nodiscard]] Result<std::vector<VenueListing>> list_venues(const Platform& platform);

}  // namespace lindung::service
