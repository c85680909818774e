#include "codec/cbor_tree.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "codec/base_n.h"

namespace lindung::codec {
namespace {

Result<CborTree> read(const Bytes& bytes, CborLimits limits = {}) { return CborTree::read(bytes, limits); }
Bytes of(std::string_view hex) { return from_hex(hex).value(); }

TEST(CborTree, refuses_what_is_not_well_formed) {
  for (const std::string_view hex : {"",
                                     "18",
                                     "1900",
                                     "1c",
                                     "1f",
                                     "3f",
                                     "df",
                                     "ff",
                                     "81",
                                     "8201",
                                     "a1",
                                     "a101",
                                     "41",
                                     "62c328",
                                     "61ff",
                                     "5f01ff",
                                     "7f4161ff",
                                     "5f5f41ffffff",
                                     "9f",
                                     "9f01",
                                     "bf01ff",
                                     "bf0102",
                                     "f800",
                                     "f81f",
                                     "0000",
                                     "c1",
                                     "9bffffffffffffffff",
                                     "5bffffffffffffffff"}) {
    const auto bytes = of(hex);
    const auto tree = read(bytes);
    ASSERT_TRUE(tree.has_error()) << hex;
    EXPECT_EQ(tree.error().code, Errc::malformed) << hex;
  }
}

TEST(CborTree, refuses_a_key_that_stands_twice_in_one_map) {
  for (const std::string_view hex : {"a201000101", "a2010018010b", "a2616100616101", "bf61610061610aff",
                                     // fourteen keys, the last as the first
                                     "ae00000100020003000400050006000700080009000a000b000c000000"}) {
    const auto bytes = of(hex);
    const auto tree = read(bytes);
    ASSERT_TRUE(tree.has_error()) << hex;
    EXPECT_EQ(tree.error().code, Errc::malformed) << hex;
  }
  const auto different = of("a3010020006131f5");
  EXPECT_TRUE(read(different).has_value());
}

TEST(CborTree, keeps_to_its_limits) {
  const Bytes deep(40, 0x81);
  EXPECT_EQ(read(deep).error().code, Errc::too_large);
  Bytes many{0x98, 100};
  many.resize(102, 0x00);
  EXPECT_EQ(read(many, {.depth = 4, .nodes = 50}).error().code, Errc::too_large);
  EXPECT_TRUE(read(many, {.depth = 4, .nodes = 101}).has_value());
}

TEST(CborTree, finds_members_and_joins_strings_that_came_in_parts) {
  const auto bytes = of("a3018202032061613901037f61626163ff");
  const auto tree = read(bytes);
  ASSERT_TRUE(tree) << tree.error().text();
  const auto root = tree.value().root();
  EXPECT_EQ(root.size(), 3U);
  EXPECT_EQ(root.find(1)->at(1)->integer(), 3);
  EXPECT_EQ(root.find(-1)->text(), "a");
  EXPECT_EQ(root.find(-260)->text(), "bc");
  EXPECT_FALSE(root.find(2));
  EXPECT_FALSE(root.find("a"));
  EXPECT_FALSE(root.find(1)->at(2));
}

}  // namespace
}  // namespace lindung::codec
