#include "codec/deflate.h"

#include <zconf.h>
#include <zlib.h>

#include <cstdlib>
#include <limits>

#include "base/bytes.h"

namespace lindung::codec {
namespace {

constexpr int memory_level = 5;  // tables for a few kilobytes: larger ones are cleared for each certificate

// A stream has no failure but lost memory.
void require(bool holds) {
  if (!holds) std::abort();
}

// A stream that is ended with its thread. Kept and reset: making one costs more than a certificate.
class Deflater {
 public:
  explicit Deflater(int window) {
    require(deflateInit2(&stream_, Z_BEST_COMPRESSION, Z_DEFLATED, window, memory_level, Z_DEFAULT_STRATEGY) == Z_OK);
  }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { deflateEnd(&stream_); }

  Bytes run(BytesView in) {
    require(in.size() <= std::numeric_limits<uInt>::max() && deflateReset(&stream_) == Z_OK);
    Bytes out(deflateBound(&stream_, in.size()));
    stream_.next_in = const_cast<Bytef*>(in.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast): zlib only reads
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(out.size());
    require(deflate(&stream_, Z_FINISH) == Z_STREAM_END);
    out.resize(stream_.total_out);
    return out;
  }

 private:
  z_stream stream_{};
};

}  // namespace

Bytes deflate_zlib(BytesView in) {
  thread_local Deflater deflater{MAX_WBITS};
  return deflater.run(in);
}

Bytes deflate_raw(BytesView in) {
  thread_local Deflater deflater{-MAX_WBITS};
  return deflater.run(in);
}

}  // namespace lindung::codec
