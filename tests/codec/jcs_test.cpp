// Examples of RFC 8785: section 3.2.2 (whole), 3.2.3 (order of names), appendix B (numbers).
#include "codec/jcs.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <boost/json/value.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"
#include "codec/json.h"

namespace lindung::codec {
namespace {

std::string canonical(std::string_view text) { return canonical_json(parse_json(text).value()).value(); }

TEST(CanonicalJson, gives_the_rfcs_example) {
  EXPECT_EQ(
      canonical(R"({"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
    "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]})"),
      "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\"string\":\"\xe2\x82\xac$"
      "\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

TEST(CanonicalJson, orders_names_by_their_utf_16_units) {
  EXPECT_EQ(
      canonical(R"({"\ud83d\ude00":1,"\u20ac":2,"\r":3,"\ufb33":4,"1":5,"\u0080":6,"\u00f6":7})"),
      "{\"\\r\":3,\"1\":5,\"\xc2\x80\":6,\"\xc3\xb6\":7,\"\xe2\x82\xac\":2,\"\xf0\x9f\x98\x80\":1,\"\xef\xac\xb3\":4}");
}

TEST(CanonicalJson, writes_numbers_as_ecmascript_does) {
  struct Number {
    std::uint64_t bits;
    std::string_view text;
  };
  constexpr std::array numbers{
      Number{.bits = 0x0000000000000000, .text = "0"},
      Number{.bits = 0x8000000000000000, .text = "0"},
      Number{.bits = 0x0000000000000001, .text = "5e-324"},
      Number{.bits = 0x7fefffffffffffff, .text = "1.7976931348623157e+308"},
      Number{.bits = 0x4340000000000000, .text = "9007199254740992"},
      Number{.bits = 0xc340000000000000, .text = "-9007199254740992"},
      Number{.bits = 0x4430000000000000, .text = "295147905179352830000"},
      Number{.bits = 0x44b52d02c7e14af5, .text = "9.999999999999997e+22"},
      Number{.bits = 0x44b52d02c7e14af6, .text = "1e+23"},
      Number{.bits = 0x444b1ae4d6e2ef4e, .text = "999999999999999700000"},
      Number{.bits = 0x444b1ae4d6e2ef50, .text = "1e+21"},
      Number{.bits = 0x3eb0c6f7a0b5ed8c, .text = "9.999999999999997e-7"},
      Number{.bits = 0x3eb0c6f7a0b5ed8d, .text = "0.000001"},
      Number{.bits = 0x41b3de4355555553, .text = "333333333.3333332"},
      Number{.bits = 0xbecbf647612f3696, .text = "-0.0000033333333333333333"},
      Number{.bits = 0x43143ff3c1cb0959, .text = "1424953923781206.2"},
  };
  for (const auto& each : numbers) {
    EXPECT_EQ(canonical_json(boost::json::value(std::bit_cast<double>(each.bits))).value(), each.text);
  }
  EXPECT_EQ(canonical_json(boost::json::value(std::numeric_limits<double>::infinity())).error().code, Errc::malformed);
}

}  // namespace
}  // namespace lindung::codec
