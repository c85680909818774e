#include "codec/gunzip_stream.h"

#include <zconf.h>
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <memory>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"

namespace lindung::codec {

namespace {

constexpr std::size_t out_size = 64UL * 1024;
constexpr std::size_t in_size = std::size_t{1} << 30U;  // what zlib's counters hold at once
constexpr int gzip_window = 15 + 16;

}  // namespace

struct GunzipStream::State {
  z_stream stream{};
  Bytes out = Bytes(out_size);
  bool is_ready{};
  bool is_inside{};  // of a member
};

GunzipStream::GunzipStream() : state_{std::make_unique<State>()} {
  state_->is_ready = ::inflateInit2(&state_->stream, gzip_window) == Z_OK;
}

GunzipStream::~GunzipStream() {
  if (state_->is_ready) ::inflateEnd(&state_->stream);
}

Result<void> GunzipStream::take(BytesView in, const Sink& sink) {
  if (!state_->is_ready) return fail(Errc::unavailable, "no memory to inflate");
  if (in.empty()) return ok();
  auto& stream = state_->stream;
  for (;;) {
    const auto given = std::min(in.size(), in_size);
    stream.next_in = const_cast<Bytef*>(in.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast): zlib only reads
    stream.avail_in = static_cast<uInt>(given);
    stream.next_out = state_->out.data();
    stream.avail_out = static_cast<uInt>(state_->out.size());
    if (given != 0) state_->is_inside = true;
    const int status = ::inflate(&stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
      return fail(Errc::malformed, "bad gzip data");
    }
    in = in.subspan(given - stream.avail_in);
    TRYV(sink(BytesView{state_->out}.first(state_->out.size() - stream.avail_out)));
    if (status == Z_STREAM_END) {
      state_->is_inside = false;
      if (::inflateReset(&stream) != Z_OK) return fail(Errc::unavailable, "no memory to inflate");
      if (in.empty()) return ok();
    } else if (in.empty() && stream.avail_out != 0) {
      return ok();  // nothing waits inside
    }
  }
}

Result<void> GunzipStream::finish() const {
  return state_->is_inside ? fail(Errc::malformed, "gzip data that end early") : Result<void>{ok()};
}

}  // namespace lindung::codec
