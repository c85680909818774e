#include "codec/deflate.h"

#include <zconf.h>
#include <zlib.h>

#include <cstdlib>

#include "base/bytes.h"

namespace lindung::codec {
namespace {

constexpr int memory_level = 9;

// A stream has no failure but lost memory.
void require(bool holds) {
  if (!holds) std::abort();
}

Bytes deflate_all(BytesView in, int window) {
  z_stream stream{};
  require(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window, memory_level, Z_DEFAULT_STRATEGY) == Z_OK);
  Bytes out(deflateBound(&stream, in.size()));
  stream.next_in = const_cast<Bytef*>(in.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast): zlib only reads
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  const int state = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  require(state == Z_STREAM_END);
  return out;
}

}  // namespace

Bytes deflate_zlib(BytesView in) { return deflate_all(in, MAX_WBITS); }
Bytes deflate_raw(BytesView in) { return deflate_all(in, -MAX_WBITS); }

}  // namespace lindung::codec
