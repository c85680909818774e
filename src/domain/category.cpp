#include "domain/category.h"

#include <chrono>
#include <string_view>

#include "base/error.h"
#include "base/result.h"

namespace lindung::domain {

std::string_view name_of(Category category) noexcept {
  switch (category) {
    case Category::general: return "general";
    case Category::restaurant: return "restaurant";
    case Category::office: return "office";
    case Category::place_of_worship: return "place_of_worship";
    case Category::transport_hub: return "transport_hub";
    case Category::hospital: return "hospital";
    case Category::mall: return "mall";
    case Category::school: return "school";
    case Category::airport: return "airport";
    case Category::cinema: return "cinema";
    case Category::sports: return "sports";
  }
  return "unknown";
}

Result<Category> parse_category(std::string_view word) {
  for (const auto category : all_categories) {
    if (word == name_of(category)) return category;
  }
  return fail(Errc::invalid_argument, "not a venue category");
}

std::chrono::hours longest_stay(Category category) noexcept {
  using std::chrono::hours;
  switch (category) {
    case Category::restaurant: return hours{6};         // a long wedding table
    case Category::office: return hours{16};            // a double shift
    case Category::place_of_worship: return hours{12};  // a night of prayer in Ramadan
    case Category::transport_hub: return hours{12};     // waiting out a missed night bus
    case Category::hospital: return hours{24};          // one day; an inpatient is checked in again by the ward
    case Category::mall: return hours{14};              // opening to closing
    case Category::school: return hours{14};            // a school day with what follows it
    case Category::airport: return hours{24};           // a delayed flight overnight
    case Category::cinema: return hours{6};             // a double feature
    case Category::sports: return hours{8};             // a tournament day
    case Category::general: break;
  }
  return hours{24};
}

}  // namespace lindung::domain
