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
constexpr int zlib_only = MAX_WBITS;
constexpr int no_wrapper = -MAX_WBITS;
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

// Kept by each thread and reset: making one costs more than opening a certificate.
class OneStream {
 public:
  OneStream() noexcept : ready_{inflateInit2(&stream_, zlib_only) == Z_OK} {}
  OneStream(const OneStream&) = delete;
  OneStream& operator=(const OneStream&) = delete;
  ~OneStream() {
    if (ready_) inflateEnd(&stream_);
  }

  Result<Bytes> open(BytesView in, std::size_t max_out, int wrapper) {
    if (!ready_ || inflateReset2(&stream_, wrapper) != Z_OK) return fail(Errc::unavailable, "no memory to inflate");
    if (in.size() > std::numeric_limits<uInt>::max()) return fail(Errc::too_large, "too much to inflate at once");
    stream_.next_in = const_cast<Bytef*>(in.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast): zlib only reads
    stream_.avail_in = static_cast<uInt>(in.size());
    std::size_t made = 0;
    for (;;) {
      if (made == room_.size()) room_.resize(std::max(first_room, 2 * room_.size()));
      stream_.next_out = room_.data() + made;
      const auto given = std::min<std::size_t>(room_.size() - made, std::numeric_limits<uInt>::max());
      stream_.avail_out = static_cast<uInt>(given);
      const int state = inflate(&stream_, Z_NO_FLUSH);
      made += given - stream_.avail_out;
      if (made > max_out) return fail(Errc::too_large, "compressed data with too much in them");
      if (state == Z_STREAM_END) break;
      // With room left and nothing more to read, the stream ends before its end.
      const bool ended_early = state == Z_BUF_ERROR || (state == Z_OK && stream_.avail_out != 0);
      if (ended_early) return fail(Errc::malformed, "compressed data that end early");
      if (state != Z_OK) return fail(Errc::malformed, "bad compressed data");
    }
    if (stream_.avail_in != 0) return fail(Errc::malformed, "bytes behind the compressed data");
    return Bytes{room_.begin(), room_.begin() + static_cast<std::ptrdiff_t>(made)};
  }

 private:
  static constexpr std::size_t first_room = 4096;
  z_stream stream_{};
  Bytes room_;
  bool ready_;
};

Result<Bytes> inflate_one(BytesView in, std::size_t max_out, int wrapper) {
  thread_local OneStream stream;
  return stream.open(in, max_out, wrapper);
}

}  // namespace

Result<Bytes> inflate_zlib(BytesView in, std::size_t max_out) { return inflate_one(in, max_out, zlib_only); }
Result<Bytes> inflate_raw(BytesView in, std::size_t max_out) { return inflate_one(in, max_out, no_wrapper); }

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
