#include "codec/base45.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"

namespace lindung::codec {
namespace {

RC_GTEST_PROP(Base45, what_is_written_is_read_again, (const std::vector<std::uint8_t>& bytes)) {
  const auto text = base45(bytes);
  const auto read = from_base45(text);
  RC_ASSERT(read.has_value());
  RC_ASSERT(read.value() == bytes);
}

TEST(Base45, a_text_of_another_spelling_is_refused) {
  for (const std::string_view text : {"A", "AAAA", "ab8", "GGW", ":::", "::", "AB\n", "A,C", "\u00c4A", "V5", "5U"}) {
    const auto read = from_base45(text);
    ASSERT_TRUE(read.has_error()) << text;
    EXPECT_EQ(read.error().code, Errc::malformed) << text;
  }
}

TEST(Base45, the_largest_groups_are_read) {
  EXPECT_EQ(from_base45("FGW").value(), (Bytes{0xff, 0xff}));
  EXPECT_EQ(from_base45("U5").value(), Bytes{0xff});
  EXPECT_TRUE(from_base45("").value().empty());
}

}  // namespace
}  // namespace lindung::codec
