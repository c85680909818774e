// zlib behind one door. The output grows with what comes out, never with what a header promises.
#include "codec/inflate.h"

#include <zconf.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"

namespace lindung::codec {
namespace {

constexpr int gzip_only = 16 + MAX_WBITS;  // zlib.h, inflateInit2: 16 more than the window bits
constexpr std::size_t piece_size = std::size_t{64} * 1024;

// A z_stream that is ended with its scope.
class Inflater {
 public:
  Inflater() noexcept : ready_{inflateInit2(&stream_, gzip_only) == Z_OK} {}
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  [[nodiscard]] bool ready() const noexcept { return ready_; }

  // One member from the front of `in`, which then begins behind it.
  Result<void> member(BytesView& in, std::size_t max_out, Bytes& out) {
    inflateReset(&stream_);
    for (int state = Z_OK; state != Z_STREAM_END;) {
      const auto given = std::min<std::size_t>(in.size(), std::numeric_limits<uInt>::max());
      stream_.next_in =
          const_cast<Bytef*>(in.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast): zlib only reads
      stream_.avail_in = static_cast<uInt>(given);
      stream_.next_out = piece_.data();
      stream_.avail_out = static_cast<uInt>(piece_.size());
      state = inflate(&stream_, Z_NO_FLUSH);
      if (state != Z_OK && state != Z_STREAM_END) {
        return fail(Errc::malformed, in.empty() ? "gzip data that end early" : "bad gzip data");
      }
      in = in.subspan(given - stream_.avail_in);
      const std::size_t made = piece_.size() - stream_.avail_out;
      if (made > max_out - out.size()) return fail(Errc::too_large, "gzip data with too much in them");
      out.insert(out.end(), piece_.begin(), piece_.begin() + static_cast<std::ptrdiff_t>(made));
    }
    return ok();
  }

 private:
  z_stream stream_{};
  std::array<std::uint8_t, piece_size> piece_;
  bool ready_;
};

}  // namespace

Result<Bytes> inflate_gzip(BytesView in, std::size_t max_out) {
  Inflater inflater;
  if (!inflater.ready()) return fail(Errc::unavailable, "no memory to open gzip data");
  Bytes out;
  do {
    TRYV(inflater.member(in, max_out, out));
  } while (!in.empty());
  return out;
}

bool looks_like_gzip(BytesView in) noexcept { return in.size() >= 2 && in[0] == 0x1f && in[1] == 0x8b; }

}  // namespace lindung::codec
