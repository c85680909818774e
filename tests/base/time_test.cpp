#include "base/time.h"

#include <gtest/gtest.h>

namespace lindung {
namespace {

TEST(Rfc3339, WritesAndReadsTheSameSecond) {
  const auto at = moment_of(1795270978);
  EXPECT_EQ(rfc3339(at), "2026-11-21T14:22:58Z");
  EXPECT_EQ(parse_rfc3339("2026-11-21T14:22:58Z").value(), at);
}

TEST(Rfc3339, UnderstandsOffsetsAndFractions) {
  EXPECT_EQ(parse_rfc3339("2026-11-21T21:22:58.999+07:00").value(), moment_of(1795270978));
  EXPECT_EQ(parse_rfc3339("2026-11-21T14:22:58").value(), moment_of(1795270978));
}

TEST(Rfc3339, RefusesWhatIsNotATime) {
  for (const auto* text : {"", "2026", "2026-02-30T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T00:00:00.Z",
                           "2026-11-21T00:00:00Zx", "2026-11-21T00:00:00+7"}) {
    const auto result = parse_rfc3339(text);
    ASSERT_TRUE(result.has_error()) << text;
    EXPECT_EQ(result.error().code, Errc::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace lindung
