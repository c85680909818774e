#include "codec/cbor.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "codec/base_n.h"
#include "codec/utf8.h"

namespace lindung::codec {
namespace {

Bytes raw(std::string_view hexadecimal) { return from_hex(hexadecimal).value(); }

TEST(Cbor, WritesTheShortestForm) {
  const std::vector<std::pair<std::uint64_t, std::string>> rows{
      {0, "00"},
      {23, "17"},
      {24, "1818"},
      {255, "18ff"},
      {256, "190100"},
      {65535, "19ffff"},
      {65536, "1a00010000"},
      {0xffffffff, "1affffffff"},
      {0x100000000, "1b0000000100000000"},
      {std::numeric_limits<std::uint64_t>::max(), "1bffffffffffffffff"}};
  for (const auto& [value, expected] : rows) {
    const auto written = to_bytes(CborWriter{}.uint(value).view());
    EXPECT_EQ(hex(written), expected);
    CborReader reader{written};
    EXPECT_EQ(reader.uint().value(), value);
    EXPECT_TRUE(reader.end().has_value());
  }
}

TEST(Cbor, ReadsBackWhatItWrote) {
  const Bytes blob(300, 0x5a);
  const auto written = to_bytes(CborWriter{}.array(3).text("gojek").bytes(blob).uint(1795270970).view());
  CborReader reader{written};
  EXPECT_EQ(reader.array().value(), 3U);
  EXPECT_EQ(reader.text().value(), "gojek");
  EXPECT_EQ(to_bytes(reader.bytes().value()), blob);
  EXPECT_EQ(reader.uint().value(), 1795270970U);
  EXPECT_TRUE(reader.end().has_value());
}

TEST(Cbor, RefusesALongerFormThanTheShortest) {
  for (const auto* form :
       {"1800", "1817", "190000", "1900ff", "1a00000000", "1a0000ffff", "1b0000000000000000", "1b00000000ffffffff"}) {
    const auto bytes = raw(form);
    EXPECT_EQ(CborReader{bytes}.uint().error().code, Errc::malformed) << form;
  }
  const auto bytes = raw("580161");
  EXPECT_EQ(CborReader{bytes}.bytes().error().code, Errc::malformed);
}

TEST(Cbor, RefusesIndefiniteLengthsAndReservedForms) {
  for (const auto* form : {"1c", "1d", "1e", "1f"}) {
    const auto bytes = raw(form);
    EXPECT_EQ(CborReader{bytes}.uint().error().code, Errc::malformed) << form;
  }
  const auto array = raw("9f01ff");
  EXPECT_EQ(CborReader{array}.array().error().code, Errc::malformed);
  const auto text = raw("7f6161ff");
  EXPECT_EQ(CborReader{text}.text().error().code, Errc::malformed);
  const auto bytes = raw("5f4161ff");
  EXPECT_EQ(CborReader{bytes}.bytes().error().code, Errc::malformed);
}

TEST(Cbor, RefusesWhatEndsEarlyAtEveryByte) {
  const auto whole = to_bytes(CborWriter{}.text(std::string(70, 'a')).view());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(CborReader{BytesView{whole}.first(size)}.text().error().code, Errc::malformed) << size;
  }
}

TEST(Cbor, RefusesCountsThatCannotCome) {
  const auto huge_array = raw("9bffffffffffffffff");
  EXPECT_EQ(CborReader{huge_array}.array().error().code, Errc::malformed);
  const auto huge_text = raw("7bffffffffffffffff61");
  EXPECT_EQ(CborReader{huge_text}.text().error().code, Errc::malformed);
  const auto huge_bytes = raw("5bffffffffffffffff61");
  EXPECT_EQ(CborReader{huge_bytes}.bytes().error().code, Errc::malformed);
}

TEST(Cbor, RefusesAnotherType) {
  const auto text = raw("6161");
  EXPECT_EQ(CborReader{text}.uint().error().code, Errc::malformed);
  EXPECT_EQ(CborReader{text}.bytes().error().code, Errc::malformed);
  EXPECT_EQ(CborReader{text}.array().error().code, Errc::malformed);
  const auto negative = raw("20");
  EXPECT_EQ(CborReader{negative}.uint().error().code, Errc::malformed);
}

TEST(Cbor, RefusesAFixedStringOfAnotherLength) {
  const auto three = raw("43010203");
  EXPECT_EQ(CborReader{three}.fixed<4>().error().code, Errc::malformed);
  EXPECT_EQ(CborReader{three}.fixed<2>().error().code, Errc::malformed);
  EXPECT_EQ(CborReader{three}.fixed<3>().value(), (ByteArray<3>{1, 2, 3}));
}

TEST(Cbor, ARefusalLeavesTheReaderWhereItWas) {
  for (const auto* form : {"6261", "61ff", "4461", "8461"}) {
    const auto bytes = raw(form);
    CborReader in{bytes};
    EXPECT_TRUE(in.uint().has_error() && in.text().has_error() && in.bytes().has_error() && in.array().has_error())
        << form;
  }
  const auto three = raw("43010203");
  CborReader in{three};
  EXPECT_TRUE(in.text().has_error() && in.fixed<4>().has_error());
  EXPECT_EQ(in.bytes().value().size(), 3U);
}

TEST(Cbor, RefusesTrailingBytes) {
  const auto two = raw("0001");
  CborReader reader{two};
  ASSERT_TRUE(reader.uint().has_value());
  EXPECT_EQ(reader.end().error().code, Errc::malformed);
}

TEST(Cbor, RefusesTextThatIsNotUtf8) {
  for (const auto* form : {"61ff", "62c080", "63eda080", "64f4908080", "62c361", "61c3"}) {
    const auto bytes = raw(form);
    EXPECT_EQ(CborReader{bytes}.text().error().code, Errc::malformed) << form;
  }
}

TEST(Utf8, AcceptsTheFirstAndLastOfEachLength) {
  for (const auto* text : {"", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                           "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "Jakarta \xe2\x80\x94 ok"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
}

TEST(Utf8, RefusesOverlongSurrogateAndCutSequences) {
  for (const auto* text : {"\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                           "\xf5\x80\x80\x80", "\xc2", "\xe1\x80", "\xf1\x80\x80", "\xe1\x80\x41", "a\xff"}) {
    EXPECT_FALSE(is_utf8(text));
  }
}

RC_GTEST_PROP(Cbor, EveryNumberComesBack, (std::uint64_t value)) {
  const auto written = to_bytes(CborWriter{}.uint(value).view());
  RC_ASSERT(CborReader{written}.uint().value() == value);
}

// Determinism: each value has one spelling, so the accepted strings of a length are as many as the values that need it.
TEST(Cbor, AcceptsExactlyOneSpellingOfEachNumber) {
  const auto accepted = [](std::size_t size) {
    std::size_t count = 0;
    for (std::uint32_t form = 0; form < (std::uint32_t{1} << (8 * size)); ++form) {
      Bytes bytes;
      for (std::size_t i = size; i > 0; --i) bytes.push_back(static_cast<std::uint8_t>(form >> (8 * (i - 1))));
      if (bytes[0] >= 0x20) break;
      CborReader reader{bytes};
      if (reader.uint().has_value() && reader.end().has_value()) ++count;
    }
    return count;
  };
  EXPECT_EQ(accepted(1), 24U);
  EXPECT_EQ(accepted(2), 256U - 24U);
  EXPECT_EQ(accepted(3), 65536U - 256U);
}

}  // namespace
}  // namespace lindung::codec
