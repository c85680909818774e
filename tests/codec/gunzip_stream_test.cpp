#include "codec/gunzip_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "codec/base_n.h"

namespace lindung::codec {
namespace {

// printf 'lindung\n' | gzip -9n, by gzip 1.12.
Bytes packed() { return from_hex("1f8b0800000000000203cbc9cc4b29cd4be70200f67ec57608000000").value(); }

Result<std::string> opened(BytesView in, std::size_t step) {
  GunzipStream stream;
  std::string out;
  for (std::size_t at = 0; at < in.size(); at += step) {
    TRYV(stream.take(in.subspan(at, std::min(step, in.size() - at)), [&](BytesView piece) -> Result<void> {
      out += as_text(piece);
      return ok();
    }));
  }
  TRYV(stream.finish());
  return out;
}

TEST(GunzipStream, OpensWhatComesInPiecesOfAnySize) {
  for (const std::size_t step : {1U, 2U, 7U, 100U}) EXPECT_EQ(opened(packed(), step).value(), "lindung\n") << step;
}

TEST(GunzipStream, OpensSeveralMembersBehindEachOther) {
  auto twice = packed();
  const auto more = packed();
  twice.insert(twice.end(), more.begin(), more.end());
  for (const std::size_t step : {1U, 5U, 100U}) EXPECT_EQ(opened(twice, step).value(), "lindung\nlindung\n") << step;
}

TEST(GunzipStream, RefusesWhatIsDamagedOrEndsEarly) {
  const auto good = packed();
  for (std::size_t size = 1; size < good.size(); ++size) {
    EXPECT_EQ(opened(BytesView{good}.first(size), 4).error().code, Errc::malformed) << size;
  }
  auto changed = good;
  changed[20] ^= 1U;  // of the checksum
  EXPECT_EQ(opened(changed, 100).error().code, Errc::malformed);
  EXPECT_EQ(opened(as_bytes("no gzip at all"), 100).error().code, Errc::malformed);
}

}  // namespace
}  // namespace lindung::codec
