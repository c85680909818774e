#include "codec/base_n.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace lindung::codec {
namespace {

struct Spelling {
  std::string_view plain;
  std::string_view hex;
  std::string_view base32;
  std::string_view base64;
  std::string_view base64url;
};
// RFC 4648 section 10, unpadded where we do not pad.
constexpr Spelling rfc4648[] = {
    {"", "", "", "", ""},
    {"f", "66", "MY", "Zg==", "Zg"},
    {"fo", "666f", "MZXQ", "Zm8=", "Zm8"},
    {"foo", "666f6f", "MZXW6", "Zm9v", "Zm9v"},
    {"foob", "666f6f62", "MZXW6YQ", "Zm9vYg==", "Zm9vYg"},
    {"fooba", "666f6f6261", "MZXW6YTB", "Zm9vYmE=", "Zm9vYmE"},
    {"foobar", "666f6f626172", "MZXW6YTBOI", "Zm9vYmFy", "Zm9vYmFy"},
};

TEST(BaseN, AgreesWithTheExamplesOfRfc4648) {
  for (const auto& row : rfc4648) {
    const auto plain = to_bytes(as_bytes(row.plain));
    EXPECT_EQ(hex(plain), row.hex);
    EXPECT_EQ(base32(plain), row.base32);
    EXPECT_EQ(base64(plain), row.base64);
    EXPECT_EQ(base64url(plain), row.base64url);
    EXPECT_EQ(from_hex(row.hex).value(), plain);
    EXPECT_EQ(from_base32(row.base32).value(), plain);
    EXPECT_EQ(from_base64(row.base64).value(), plain);
    EXPECT_EQ(from_base64url(row.base64url).value(), plain);
  }
}

TEST(BaseN, TellsTheTwoBase64AlphabetsApart) {
  const Bytes bytes{0xfb, 0xff, 0xbf};
  EXPECT_EQ(base64(bytes), "+/+/");
  EXPECT_EQ(base64url(bytes), "-_-_");
  EXPECT_EQ(from_base64("-_-_").error().code, Errc::malformed);
  EXPECT_EQ(from_base64url("+/+/").error().code, Errc::malformed);
}

TEST(BaseN, ReadsHexInEitherCase) { EXPECT_EQ(from_hex("aBcDeF").value(), (Bytes{0xab, 0xcd, 0xef})); }

TEST(BaseN, RefusesEverySecondSpelling) {
  for (const auto* text : {"0", "abc", "0g", " 00", "00 ", "0x00", "-1"}) {
    EXPECT_EQ(from_hex(text).error().code, Errc::malformed) << text;
  }
  for (const auto* text : {"M", "MZX", "MZXW6Y", "MZ", "MY======", "my", "M0", "M1", "MY ", "MZXR"}) {
    EXPECT_EQ(from_base32(text).error().code, Errc::malformed) << text;
  }
  for (const auto* text :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "=Zg=", "Z===", "====", "Zg==Zg==", "Zg==\n", "Z g="}) {
    EXPECT_EQ(from_base64(text).error().code, Errc::malformed) << text;
  }
  for (const auto* text : {"Zg==", "Zh", "Zm9", "Z", "Zm9vY", "Zg\n", "Zm9vYg="}) {
    EXPECT_EQ(from_base64url(text).error().code, Errc::malformed) << text;
  }
}

TEST(BaseN, RefusesBytesBeyondAscii) {
  const std::string high{"\xc3\xa9\xc3\xa9"};
  EXPECT_EQ(from_hex(high).error().code, Errc::malformed);
  EXPECT_EQ(from_base32(high).error().code, Errc::malformed);
  EXPECT_EQ(from_base64(high).error().code, Errc::malformed);
  EXPECT_EQ(from_base64url(high).error().code, Errc::malformed);
}

TEST(BaseN, FillsAFixedSizeAndRefusesAnyOther) {
  ByteArray<3> out{};
  ASSERT_TRUE(from_base64("Zm9v", out).has_value());
  EXPECT_EQ(as_text(out), "foo");
  ASSERT_TRUE(from_base64url("YmFy", out).has_value());
  EXPECT_EQ(as_text(out), "bar");
  ASSERT_TRUE(from_hex("666f6f", out).has_value());
  EXPECT_EQ(as_text(out), "foo");
  for (const auto* text : {"", "Zg==", "Zm8=", "Zm9vYg=="}) {
    EXPECT_EQ(from_base64(text, out).error().code, Errc::malformed) << text;
  }
  EXPECT_EQ(from_base64url("Zm8", out).error().code, Errc::malformed);
  EXPECT_EQ(from_base64url("Zm9vY", out).error().code, Errc::malformed);
  EXPECT_EQ(from_hex("666f6f0", out).error().code, Errc::malformed);
  EXPECT_EQ(from_hex("666f6f62", out).error().code, Errc::malformed);
}

RC_GTEST_PROP(BaseN, EveryByteStringComesBack, (const std::vector<std::uint8_t>& bytes)) {
  RC_ASSERT(from_hex(hex(bytes)).value() == bytes);
  RC_ASSERT(from_base32(base32(bytes)).value() == bytes);
  RC_ASSERT(from_base64(base64(bytes)).value() == bytes);
  RC_ASSERT(from_base64url(base64url(bytes)).value() == bytes);
}

// What is accepted is what would be written: no second spelling exists.
RC_GTEST_PROP(BaseN, WhatIsReadIsSpelledTheSameWay, (const std::vector<std::uint8_t>& letters)) {
  constexpr std::string_view alphabet{"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcdefghijklmnopqrstuvwxyz0189+/-_="};
  std::string text;
  for (const auto letter : letters) text.push_back(alphabet[letter % alphabet.size()]);
  if (const auto bytes = from_base32(text)) RC_ASSERT(base32(bytes.value()) == text);
  if (const auto bytes = from_base64(text)) RC_ASSERT(base64(bytes.value()) == text);
  if (const auto bytes = from_base64url(text)) RC_ASSERT(base64url(bytes.value()) == text);
}

}  // namespace
}  // namespace lindung::codec
