#include "codec/ndjson.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace lindung::codec {
namespace {

using Rows = std::vector<std::pair<std::size_t, std::string>>;

Rows rows_of(std::string_view text) {
  Rows out;
  NdjsonLines lines{text};
  for (;;) {
    const auto line = lines.next().value();
    if (!line) return out;
    out.emplace_back(line->number, line->text);
  }
}

TEST(Ndjson, GivesEachLineWithItsNumber) {
  EXPECT_EQ(rows_of("{\"a\":1}\n{\"b\":2}\n"), (Rows{{1, "{\"a\":1}"}, {2, "{\"b\":2}"}}));
}

TEST(Ndjson, TheLastLineNeedsNoEnd) { EXPECT_EQ(rows_of("1\n2"), (Rows{{1, "1"}, {2, "2"}})); }

TEST(Ndjson, BlankLinesCountAndArePassedOver) {
  EXPECT_EQ(rows_of("\n1\n \t\n\r\n2\n\n"), (Rows{{2, "1"}, {5, "2"}}));
  EXPECT_TRUE(rows_of("").empty());
  EXPECT_TRUE(rows_of("\n\n").empty());
}

TEST(Ndjson, ALineMayEndAsOnWindows) { EXPECT_EQ(rows_of("1\r\n2\r\n"), (Rows{{1, "1"}, {2, "2"}})); }

TEST(Ndjson, RefusesALineOverTheLimitAndGoesOnBehindIt) {
  NdjsonLines lines{"12345\n123456\n12\n", 5};
  EXPECT_EQ(lines.next().value()->text, "12345");
  const auto refused = lines.next();
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::too_large);
  EXPECT_EQ(refused.error().number, 2U);
  const auto after = lines.next().value();
  EXPECT_EQ(after->text, "12");
  EXPECT_EQ(after->number, 3U);
  EXPECT_FALSE(lines.next().value().has_value());
}

}  // namespace
}  // namespace lindung::codec
