#include "domain/day_plan.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "domain/category.h"
#include "domain/day_shape.h"
#include "domain/people_random.h"
#include "domain/question.h"

namespace lindung::domain {

namespace {

// The most visited of 25,000 venues has 0.7 % of all visits: a large mall or station.
constexpr double venue_exponent = 0.6;

struct Kind {
  Category category{};
  int at_least{};  // minutes
  int at_most{};
};
constexpr std::array kinds{Kind{.category = Category::mall, .at_least = 30, .at_most = 150},
                           Kind{.category = Category::transport_hub, .at_least = 5, .at_most = 30},
                           Kind{.category = Category::restaurant, .at_least = 20, .at_most = 90},
                           Kind{.category = Category::office, .at_least = 60, .at_most = 180},
                           Kind{.category = Category::restaurant, .at_least = 20, .at_most = 90},
                           Kind{.category = Category::place_of_worship, .at_least = 15, .at_most = 60},
                           Kind{.category = Category::cinema, .at_least = 90, .at_most = 150},
                           Kind{.category = Category::sports, .at_least = 45, .at_most = 120},
                           Kind{.category = Category::hospital, .at_least = 30, .at_most = 120},
                           Kind{.category = Category::school, .at_least = 60, .at_most = 180}};
static_assert(std::ranges::all_of(kinds, [](const Kind& kind) {
  return kind.at_most <= static_cast<int>(DayPlan::longest_minutes);
}));

const Kind& kind_of(std::uint32_t venue) noexcept { return kinds.at(venue % kinds.size()); }

}  // namespace

Category DayPlan::category_of(std::uint32_t venue) noexcept { return kind_of(venue).category; }

DayPlan::DayPlan(const Size& size)
    : shape_{size.check_ins}, venues_{size.venues, venue_exponent}, random_{size.seed, size.people} {
  for (std::uint32_t person = 0; person < size.people; ++person) outside_.push_back(person);
  for (auto left = outside_.size(); left > 1; --left) std::swap(outside_[left - 1], outside_[random_.below(left)]);
}

std::optional<DayEvent> DayPlan::next() {
  while (ready_.empty()) {
    if (second_ == seconds_a_day) return std::nullopt;
    pass(second_++);
  }
  const auto event = ready_.front();
  ready_.pop_front();
  return event;
}

void DayPlan::pass(std::uint32_t second) {
  while (!inside_.empty() && inside_.top().until <= second) leave_next(second);
  for (const auto due = shape_.before(second + 1); entered_ < due;) enter(second);
  if (second + 1 < seconds_a_day) return;
  while (!inside_.empty()) leave_next(second);
}

void DayPlan::enter(std::uint32_t second) {
  if (outside_.empty()) leave_next(second);  // where people are few, somebody goes on to the next place early
  const auto person = outside_.front();
  outside_.pop_front();
  const auto venue = static_cast<std::uint32_t>(venues_.rank(random_.draw()));
  const auto& kind = kind_of(venue);
  if (entered_ % 2 == 0) {
    ready_.push_back({.second = second, .operation = Operation::status, .person = person, .venue = 0});
  }
  ready_.push_back({.second = second, .operation = Operation::check_in, .person = person, .venue = venue});
  const auto minutes = static_cast<std::uint32_t>(random_.between(kind.at_least, kind.at_most));
  inside_.push({.until = second + minutes * 60, .person = person, .venue = venue});
  ++entered_;
}

void DayPlan::leave_next(std::uint32_t second) {
  const auto stay = inside_.top();
  inside_.pop();
  ready_.push_back({.second = second, .operation = Operation::check_out, .person = stay.person, .venue = stay.venue});
  outside_.push_back(stay.person);
}

}  // namespace lindung::domain
