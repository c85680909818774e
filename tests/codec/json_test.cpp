#include "codec/json.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace lindung::codec {
namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(Json, ReadsAndWritesCompactly) {
  const auto value = parse_json(R"( {"a" : [1, -2, 18446744073709551615, true, null], "b":{"c":"\u00e9\n"}} )").value();
  EXPECT_EQ(to_text(value), "{\"a\":[1,-2,18446744073709551615,true,null],\"b\":{\"c\":\"é\\n\"}}");
}

TEST(Json, WritesForPeopleWithTwoSpaces) {
  const auto value = parse_json(R"({"a":[1,{}],"b":{"c":[]}})").value();
  EXPECT_EQ(to_pretty_text(value), "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {\n    \"c\": []\n  }\n}");
}

TEST(Json, KeepsTheOrderOfNames) {
  EXPECT_EQ(to_text(parse_json(R"({"z":1,"a":2,"m":3})").value()), R"({"z":1,"a":2,"m":3})");
}

TEST(Json, RoundsNumbersToTheNearestDouble) {
  for (const auto* text : {"0.3", "0.1", "4.35", "2.675", "36.6", "9007199254740993.0", "1.7976931348623157e308"}) {
    const auto value = parse_json(text).value();
    EXPECT_EQ(value.as_double(), std::stod(text)) << text;
  }
  EXPECT_EQ(to_text(parse_json("0.3").value()), "0.3");
  EXPECT_EQ(to_text(parse_json("1.0").value()), "1.0");
  EXPECT_EQ(to_text(parse_json("-0.0").value()), "-0.0");
  EXPECT_EQ(parse_json("1e-400").value().as_double(), 0.0);
}

TEST(Json, RefusesNumbersThatNoDoubleHolds) {
  for (const auto* text : {"1e400", "-1e400", "1e99999999999"}) {
    EXPECT_EQ(parse_json(text).error().code, Errc::malformed) << text;
  }
}

TEST(Json, RefusesANameThatStandsTwice) {
  for (const auto* text : {R"({"a":1,"a":1})", R"({"a":1,"b":2,"a":3})", R"({"a":1,"\u0061":2})",
                           R"([{"x":{"":1,"":2}}])", R"({"a":{"b":1},"c":{"d":1,"d":2}})"}) {
    const auto result = parse_json(text);
    ASSERT_TRUE(result.has_error()) << text;
    EXPECT_EQ(result.error().code, Errc::malformed) << text;
    EXPECT_NE(result.error().detail.find("twice"), std::string::npos) << result.error().detail;
  }
}

TEST(Json, AllowsTheSameNameInDifferentObjects) {
  for (const auto* text : {R"({"a":{"a":{"a":1}}})", R"([{"a":1},{"a":2}])", R"({"a":{"b":1},"b":{"a":1}})",
                           R"({"ab":1,"a":{"b":2},"b":3})"}) {
    EXPECT_EQ(to_text(parse_json(text).value()), text);
  }
}

TEST(Json, RefusesHostileDepthWithoutACrash) {
  EXPECT_TRUE(parse_json(nested(32)).has_value());
  EXPECT_EQ(parse_json(nested(33)).error().code, Errc::malformed);
  EXPECT_EQ(parse_json(nested(10'000)).error().code, Errc::malformed);
  std::string objects;
  for (int i = 0; i < 10'000; ++i) objects += R"({"a":)";
  EXPECT_EQ(parse_json(objects).error().code, Errc::malformed);
  EXPECT_TRUE(parse_json(nested(500), {.depth = 500}).has_value());
}

TEST(Json, RefusesOverItsSize) {
  EXPECT_TRUE(parse_json("[1]", {.bytes = 3}).has_value());
  EXPECT_EQ(parse_json("[12]", {.bytes = 3}).error().code, Errc::too_large);
}

TEST(Json, RefusesBadSyntaxWithTheOffset) {
  for (const auto* text : {"", " ", "{", "[1,]", "{\"a\":1,}", "[1] x", "01", "+1", ".5", "1.", "nul", "'a'", "\"a",
                           "\"\t\"", "// c\n1", "NaN", "{\"a\" 1}", "\"\\ud800\"", "\"\\x\""}) {
    const auto result = parse_json(text);
    ASSERT_TRUE(result.has_error()) << text;
    EXPECT_EQ(result.error().code, Errc::malformed) << text;
    EXPECT_NE(result.error().detail.find("at byte"), std::string::npos) << result.error().detail;
  }
}

TEST(Json, RefusesInvalidUtf8) {
  for (const auto* text : {"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "{\"\xc3\":1}"}) {
    EXPECT_EQ(parse_json(text).error().code, Errc::malformed);
  }
}

TEST(Json, ReadsManyNamesInOneObjectInLittleTime) {
  std::string text = "{";
  for (int i = 0; i < 50'000; ++i) text += (i == 0 ? "\"n" : ",\"n") + std::to_string(i) + "\":0";
  EXPECT_EQ(parse_json(text + "}").value().as_object().size(), 50'000U);
  EXPECT_EQ(parse_json(text + ",\"n7\":1}").error().code, Errc::malformed);
}

}  // namespace
}  // namespace lindung::codec
