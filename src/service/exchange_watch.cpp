#include "service/exchange_watch.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <span>
#include <utility>

#include "base/id.h"
#include "base/time.h"
#include "domain/answer.h"

namespace lindung::service {

// Two places from two parts of the index. A moment before the window, of a clock that was put back, counts in it.
void ExchangeWatch::count_token(const Seen& seen) {
  const auto window = unix_seconds(seen.at) / static_cast<std::uint64_t>(poll_window.count());
  if (window > window_) {
    for (auto& row : rows_) std::ranges::fill(row, std::uint16_t{0});
    window_ = window;
  }
  std::uint16_t least = std::numeric_limits<std::uint16_t>::max();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    auto& count = rows_.at(i)[(seen.token >> (i * 32)) % places];
    if (count < std::numeric_limits<std::uint16_t>::max()) ++count;
    least = std::min(least, count);
  }
  if (least == poll_limit) ++polled_[seen.partner];
}

void ExchangeWatch::look(std::span<const Seen> seen) {
  const std::scoped_lock lock{mutex_};
  Counts::iterator last = counts_.end();
  for (const auto& each : seen) {
    const auto hour = hour_of(each.at).number;
    if (last == counts_.end() || last->first.first != each.partner || last->first.second != hour) {
      last = counts_.try_emplace({each.partner, hour}).first;
    }
    ++last->second.questions;
    const bool is_linked = each.outcome != domain::Outcome::unlinked;
    if (!is_linked) ++last->second.unlinked;
    if (each.outcome == domain::Outcome::deny) ++last->second.denied;
    if (is_linked) count_token(each);
  }
}

ExchangeWatch::Counts ExchangeWatch::take() {
  const std::scoped_lock lock{mutex_};
  return std::exchange(counts_, {});
}

void ExchangeWatch::put_back(const Counts& counts) {
  const std::scoped_lock lock{mutex_};
  for (const auto& [key, count] : counts) {
    auto& held = counts_[key];
    held.questions += count.questions;
    held.unlinked += count.unlinked;
    held.denied += count.denied;
  }
}

std::map<PartnerId, std::uint64_t> ExchangeWatch::take_polled() {
  const std::scoped_lock lock{mutex_};
  return std::exchange(polled_, {});
}

}  // namespace lindung::service
