// When light passes are valid, and that nothing of a citizen's timeline can be told from it.
#include "domain/pass_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <vector>

#include "base/time.h"
#include "domain/colour.h"
#include "domain/timeline.h"

namespace lindung::domain {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z
const Moment now = moment_of(noon);

// Red, green in between, red again.
Timeline green(Moment from, Moment until, Moment known_until = Timeline::forever()) {
  return Timeline::make("id-2021@1.0.0",
                        {Step{.from = Moment{}, .colour = Colour::red}, Step{.from = from, .colour = Colour::green},
                         Step{.from = until, .colour = Colour::red}},
                        known_until)
      .value();
}

// Of a timeline with one green part.
bool is_green(const Timeline& timeline, Moment from, Moment until) {
  return timeline.at(from).colour == Colour::green && timeline.at(until).colour == Colour::green;
}

TEST(PassWindows, BeginAtTheSameHoursForEverybody) {
  const auto windows = pass_windows(now + minutes{90}, now + days{1});
  ASSERT_EQ(windows.size(), 4U);
  EXPECT_EQ(windows.front().begin, now);
  EXPECT_EQ(windows.back().begin, now + hours{18});
  EXPECT_EQ(windows[1].begin, windows[0].end());
}

TEST(PassWindows, AreCoveredByEveryPassThatIsForThem) {
  EXPECT_LE(pass_length, hours{24});
  const PassWindow window{.begin = now};
  int ran = 0;
  for (std::uint32_t draw = 0; draw < pass_starts; ++draw) {
    const auto start = pass_start(window, draw);
    EXPECT_GT(start, window.before_starts());
    EXPECT_LE(start, window.begin);
    EXPECT_GT(start + pass_length, window.end());
    EXPECT_LE(start + pass_length, window.last_end());
    EXPECT_EQ(window_of_start(start), window) << draw;
    ++ran;
  }
  EXPECT_EQ(ran, 360);
}

TEST(PassWindows, HaveAPassOnlyWhereTheWholeOfEveryPossiblePassIsGreen) {
  const PassWindow window{.begin = now};
  int with = 0;
  int without = 0;
  for (int begin = -12; begin <= 0; ++begin) {
    for (int end = 0; end <= 24; ++end) {
      const auto timeline = green(now + hours{begin}, now + hours{end} + minutes{1});
      bool every = true;
      for (const std::uint32_t draw : {0U, 100U, 200U, pass_starts - 1}) {
        const auto start = pass_start(window, draw);
        every = every && is_green(timeline, start, start + pass_length);
      }
      EXPECT_EQ(may_have_pass(timeline, window), every && begin <= -6) << begin << " " << end;
      (every ? with : without) += 1;
    }
  }
  EXPECT_GT(with, 50);
  EXPECT_GT(without, 50);
}

TEST(PassWindows, HaveNoPassBeyondWhatTheTimelineKnows) {
  const PassWindow window{.begin = now};
  EXPECT_TRUE(may_have_pass(green(now - days{1}, now + days{9}, now + days{2}), window));
  EXPECT_FALSE(may_have_pass(green(now - days{1}, now + days{9}, now + hours{12}), window));
}

TEST(PassWindows, HaveNoPassForOtherColours) {
  for (const auto colour : {Colour::yellow, Colour::red, Colour::black}) {
    const auto timeline = Timeline::make("x@1", {Step{.from = Moment{}, .colour = colour}}).value();
    EXPECT_FALSE(may_have_pass(timeline, {.begin = now})) << name_of(colour);
  }
}

// What a door sees of one visit: how long ago the pass began (its end follows from that), in minutes.
using Seen = std::vector<double>;

// One person, many times over: fetches a strip at some moment, and shows the pass of the window at some moment later,
// at a door that is open until some moment.
using Plan = std::function<StripPlan(const Timeline&, Moment, Moment, std::mt19937_64&)>;
Seen visits(const Timeline& timeline, std::uint64_t seed, const Plan& plan, Moment open_until = now + days{9}) {
  std::mt19937_64 random{seed};  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
  Seen seen;
  constexpr std::size_t wanted = 20'000;
  while (seen.size() < wanted) {
    const auto fetched = now + minutes{random() % (6 * 60)};
    const auto strip = plan(timeline, fetched, fetched + days{1}, random);
    for (const auto& pass : strip.passes) {
      const auto at = std::max(fetched, pass.window.begin) + minutes{random() % (6 * 60)};
      if (at >= pass.window.end() || at >= open_until) continue;
      seen.push_back(static_cast<double>(std::chrono::duration_cast<minutes>(at - pass.start).count()));
    }
  }
  seen.resize(wanted);
  return seen;
}

StripPlan ours(const Timeline& timeline, Moment from, Moment until, std::mt19937_64& random) {
  return plan_strip(timeline, from, until, [&] { return static_cast<std::uint32_t>(random() % pass_starts); });
}

// The plan that suggests itself: any start of which the pass is green throughout.
StripPlan fitting(const Timeline& timeline, Moment from, Moment until, std::mt19937_64& random) {
  StripPlan out;
  for (const auto& window : pass_windows(from, until)) {
    std::vector<Moment> starts;
    for (std::uint32_t draw = 0; draw < pass_starts; draw += 5) {
      const auto start = pass_start(window, draw);
      if (is_green(timeline, start, start + pass_length)) starts.push_back(start);
    }
    if (!starts.empty()) out.passes.push_back({.window = window, .start = starts[random() % starts.size()]});
  }
  return out;
}

// The largest distance between two distributions (Kolmogorov, Smirnov), in units of the 0.1 % level: below 1 they are
// taken for one.
double distance(Seen a, Seen b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  double largest = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    const double at = std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= at) ++i;
    while (j < b.size() && b[j] <= at) ++j;
    largest = std::max(largest, std::abs((static_cast<double>(i) / static_cast<double>(a.size())) -
                                         (static_cast<double>(j) / static_cast<double>(b.size()))));
  }
  const double n = static_cast<double>(a.size());
  const double m = static_cast<double>(b.size());
  return largest / (1.95 * std::sqrt((n + m) / (n * m)));
}

// Over twelve classes of starts within the hours that they are drawn from; 31.3 is the 0.1 % level of eleven degrees.
double chi_square(const std::vector<Moment>& starts) {
  std::vector<double> counts(12);
  for (const auto start : starts) {
    const auto since = std::chrono::duration_cast<minutes>(start - window_of_start(start).before_starts()).count() - 1;
    counts.at(static_cast<std::size_t>(since) / 30) += 1;
  }
  const double expected = static_cast<double>(starts.size()) / 12;
  double sum = 0;
  for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

const Timeline by_test = green(now - days{1}, now + hours{19});
const Timeline by_vaccination = green(now - days{90}, now + days{200});

TEST(PassesAtADoor, LookTheSameWhateverMadeTheirHolderGreen) {
  // One is green for 19 hours more, and has passes for twelve of them; a door in these hours sees one thing.
  EXPECT_EQ(plan_strip(by_test, now, now + days{1}, [] { return 0U; }).passes.size(), 2U);
  const auto end = now + hours{12};
  EXPECT_LT(distance(visits(by_test, 1, ours, end), visits(by_vaccination, 2, ours, end)), 1);
  // Over all hours of the day, for a green of two days and one of 200.
  EXPECT_LT(distance(visits(green(now - days{9}, now + days{2}), 4, ours), visits(by_vaccination, 3, ours)), 1);
}

TEST(PassesAtADoor, BeginWheneverTheyMayForBoth) {
  for (const auto* timeline : {&by_test, &by_vaccination}) {
    std::mt19937_64 random{9};  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
    std::vector<Moment> starts;
    while (starts.size() < 12'000) {
      for (const auto& pass : ours(*timeline, now, now + days{1}, random).passes) starts.push_back(pass.start);
    }
    EXPECT_LT(chi_square(starts), 31.3);
  }
}

// The same eyes see the leak where there is one.
TEST(PassesAtADoor, WouldTellTheEndOfAGreenIfStartsWereDrawnAmongThoseThatFit) {
  const auto end = now + hours{12};
  const auto ends_soon = green(now - days{1}, now + hours{14});
  EXPECT_GT(distance(visits(ends_soon, 5, fitting, end), visits(by_vaccination, 6, fitting, end)), 5);
}

}  // namespace
}  // namespace lindung::domain
