#include "cert/cwt.h"

#include <gtest/gtest.h>

#include "base/time.h"
#include "cert/reason.h"

namespace lindung::cert {
namespace {

const Moment end = moment_of(1'640'000'000);

TEST(ValidityWindow, is_over_at_its_last_moment_unless_that_counts) {
  ValidityWindow window{.from = {}, .until = numeric_date(end)};
  EXPECT_TRUE(check_window(window, end - seconds{1}));
  EXPECT_EQ(check_window(window, end).error().reason, Reason::expired);
  window.until_counts = true;
  EXPECT_TRUE(check_window(window, end));
  EXPECT_EQ(check_window(window, end + seconds{1}).error().reason, Reason::expired);
}

TEST(ValidityWindow, begins_with_the_second_of_its_first_moment) {
  const ValidityWindow window{.from = numeric_date(end) + 0.7, .until = {}};
  EXPECT_TRUE(check_window(window, end));
  EXPECT_EQ(check_window(window, end - seconds{1}).error().reason, Reason::not_yet_valid);
}

TEST(ValidityWindow, an_end_within_a_second_counts_until_that_second_is_over) {
  const ValidityWindow window{.from = {}, .until = numeric_date(end) + 0.5};
  EXPECT_TRUE(check_window(window, end));
  EXPECT_EQ(check_window(window, end + seconds{1}).error().reason, Reason::expired);
}

}  // namespace
}  // namespace lindung::cert
