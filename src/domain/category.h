// The kinds of venue that policies tell apart, and how long a visit to each may last at most.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace lindung::domain {

// The values are stored and stand as bits in timelines: never renumber, only append, at most 16.
// `general` is no venue: a question about the status alone.
enum class Category : std::uint8_t {
  general = 0,
  restaurant = 1,
  office = 2,
  place_of_worship = 3,
  transport_hub = 4,
  hospital = 5,
  mall = 6,
  school = 7,
  airport = 8,
  cinema = 9,
  sports = 10,
};

inline constexpr std::array all_categories{
    Category::general,       Category::restaurant, Category::office, Category::place_of_worship,
    Category::transport_hub, Category::hospital,   Category::mall,   Category::school,
    Category::airport,       Category::cinema,     Category::sports};

// "place_of_worship"; the same word in rule sets, commands and the demo file.
[[nodiscard]] std::string_view name_of(Category category) noexcept;

// Errors: invalid_argument for an unknown word.
[[nodiscard]] Result<Category> parse_category(std::string_view word);

// How long a visit lasts at most: then the person is checked out automatically, and the place is free again.
// Long enough for the longest honest visit (a double shift, a day in hospital), short enough that a forgotten check-out
// does not count into the next day's occupancy.
[[nodiscard]] std::chrono::hours longest_stay(Category category) noexcept;

}  // namespace lindung::domain
