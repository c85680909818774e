// Who goes in and out where on a made-up day, and who looks at their status, in the order of time. Nobody is at two
// places at once, and all have gone home at midnight.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <queue>
#include <vector>

#include "domain/category.h"
#include "domain/day_shape.h"
#include "domain/people_random.h"
#include "domain/popularity.h"
#include "domain/question.h"

namespace lindung::domain {

struct DayEvent {
  std::uint32_t second{};  // since local midnight
  Operation operation{};   // status: a look, without a venue
  std::uint32_t person{};
  std::uint32_t venue{};
};

class DayPlan {
 public:
  struct Size {
    std::uint64_t check_ins{};
    std::uint32_t people{};  // at least one
    std::uint32_t venues{};  // at least one
    std::uint64_t seed{};
  };
  explicit DayPlan(const Size& size);

  // As many check-outs as check-ins, half as many looks, then none. The same size gives the same day.
  [[nodiscard]] std::optional<DayEvent> next();

  [[nodiscard]] static Category category_of(std::uint32_t venue) noexcept;
  // Of all categories; what a replay may add to it stays below the shortest domain::longest_stay().
  static constexpr std::uint32_t longest_minutes = 180;

 private:
  struct Stay {
    std::uint32_t until{};
    std::uint32_t person{};
    std::uint32_t venue{};
  };
  struct EndsLater {
    bool operator()(const Stay& a, const Stay& b) const noexcept {
      return a.until != b.until ? a.until > b.until : a.person > b.person;
    }
  };
  void pass(std::uint32_t second);
  void enter(std::uint32_t second);
  void leave_next(std::uint32_t second);

  DayShape shape_;
  Popularity venues_;
  MadeUpRandom random_;
  std::uint32_t second_{};
  std::uint64_t entered_{};
  std::deque<std::uint32_t> outside_;  // who comes next is in front
  std::priority_queue<Stay, std::vector<Stay>, EndsLater> inside_;
  std::deque<DayEvent> ready_;
};

}  // namespace lindung::domain
