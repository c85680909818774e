#include "codec/inflate.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "codec/base_n.h"

namespace lindung::codec {
namespace {

Bytes gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  Bytes out(deflateBound(&stream, text.size()) + 32);
  auto copy = to_bytes(as_bytes(text));
  stream.next_in = copy.data();
  stream.avail_in = static_cast<uInt>(copy.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(Inflate, OpensWhatGzipWrote) {
  // printf lindung | gzip -n
  const auto packed = from_hex("1f8b0800000000000003cbc9cc4b29cd4b07006c16551607000000");
  ASSERT_TRUE(packed.has_value());
  EXPECT_EQ(as_text(inflate_gzip(packed.value(), 7).value()), "lindung");
  EXPECT_TRUE(looks_like_gzip(packed.value()));
  EXPECT_FALSE(looks_like_gzip(as_bytes("{}")));
  EXPECT_FALSE(looks_like_gzip(BytesView{packed.value()}.first(1)));
}

TEST(Inflate, OpensMembersBehindEachOther) {
  auto packed = gzip("one ");
  const auto second = gzip("two");
  packed.insert(packed.end(), second.begin(), second.end());
  EXPECT_EQ(as_text(inflate_gzip(packed, 100).value()), "one two");
}

TEST(Inflate, RefusesMoreThanTheLimit) {
  const auto bomb = gzip(std::string(std::size_t{8} * 1024 * 1024, '\0'));
  ASSERT_LT(bomb.size(), 10'000U);
  EXPECT_EQ(inflate_gzip(bomb, std::size_t{1} << 20U).error().code, Errc::too_large);
  const auto small = gzip("12345");
  EXPECT_TRUE(inflate_gzip(small, 5).has_value());
  EXPECT_EQ(inflate_gzip(small, 4).error().code, Errc::too_large);
  auto twice = small;
  twice.insert(twice.end(), small.begin(), small.end());
  EXPECT_TRUE(inflate_gzip(twice, 10).has_value());
  EXPECT_EQ(inflate_gzip(twice, 9).error().code, Errc::too_large);
}

TEST(Inflate, RefusesEveryTruncation) {
  const auto packed = gzip("a text that is long enough to be cut at many places, at many places");
  for (std::size_t size = 0; size < packed.size(); ++size) {
    const auto result = inflate_gzip(BytesView{packed}.first(size), 1000);
    ASSERT_TRUE(result.has_error()) << size;
    EXPECT_EQ(result.error().code, Errc::malformed) << size;
  }
}

TEST(Inflate, RefusesBadDataAndWhatIsNotGzip) {
  const auto packed = gzip("a text with a checksum");
  auto wrong_sum = packed;
  wrong_sum[wrong_sum.size() - 6] ^= 1U;
  EXPECT_EQ(inflate_gzip(wrong_sum, 1000).error().code, Errc::malformed);
  auto wrong_length = packed;
  wrong_length.back() ^= 1U;
  EXPECT_EQ(inflate_gzip(wrong_length, 1000).error().code, Errc::malformed);
  auto more = packed;
  more.push_back(0);
  EXPECT_EQ(inflate_gzip(more, 1000).error().code, Errc::malformed);
  EXPECT_EQ(inflate_gzip(as_bytes("{\"resourceType\":\"Patient\"}"), 1000).error().code, Errc::malformed);
  EXPECT_EQ(inflate_gzip({}, 1000).error().code, Errc::malformed);
}

}  // namespace
}  // namespace lindung::codec
