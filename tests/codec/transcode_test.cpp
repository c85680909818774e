#include "codec/transcode.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace lindung::codec {
namespace {

using namespace std::string_view_literals;

TEST(Transcode, Utf16OfBothOrdersBecomesUtf8) {
  EXPECT_EQ(utf16_to_utf8(as_bytes("\xFF\xFE\x41\x00\xEB\x00\xAC\x20\x35\xD8\xAE\xDC"sv)), "Aë€\U0001D4AE");
  EXPECT_EQ(utf16_to_utf8(as_bytes("\xFE\xFF\x00\x41\x00\xEB\x20\xAC\xD8\x35\xDC\xAE"sv)), "Aë€\U0001D4AE");
  EXPECT_EQ(utf16_to_utf8(as_bytes("\xFF\xFE"sv)), "");
  EXPECT_EQ(utf16_to_utf8(as_bytes("AB"sv)), std::nullopt);
  EXPECT_EQ(utf16_to_utf8(as_bytes("\xFF"sv)), std::nullopt);
}

TEST(Transcode, HalvesBecomeTheReplacementCharacter) {
  EXPECT_EQ(utf16_to_utf8(as_bytes("\xFF\xFE\x35\xD8\x41\x00"sv)), "\uFFFDA");
  EXPECT_EQ(utf16_to_utf8(as_bytes("\xFF\xFE\xAE\xDC"sv)), "\uFFFD");
  EXPECT_EQ(utf16_to_utf8(as_bytes("\xFF\xFE\x35\xD8"sv)), "\uFFFD");
  EXPECT_EQ(utf16_to_utf8(as_bytes("\xFF\xFE\x41"sv)), "\uFFFD");
}

TEST(Transcode, Windows1252BecomesUtf8UnlessAByteIsNotAssigned) {
  EXPECT_EQ(windows1252_to_utf8("Zo\xEB \x80 \x92"sv), "Zoë € ’");
  for (const auto* text : {"\x81", "\x8D", "\x8F", "\x90", "\x9D"}) EXPECT_EQ(windows1252_to_utf8(text), std::nullopt);
}

}  // namespace
}  // namespace lindung::codec
