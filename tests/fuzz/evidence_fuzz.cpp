// Evidence packs from hostile bytes: whatever is accepted is what was read, and nothing asks for more than a frame.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "log/evidence_verifier.h"

namespace {

using namespace lindung;

// The digests are made right, so that what stands behind them is reached.
Bytes sealed(BytesView frames) {
  auto out = to_bytes(as_bytes("lindung evidence 1\n"));
  auto digest = crypto::sha256(out);
  while (frames.size() >= 3) {
    const std::size_t size = std::min<std::size_t>(get_be<std::uint16_t>(frames.subspan(1)), frames.size() - 3);
    Message frame;
    frame.u8(frames[0]).be(static_cast<std::uint32_t>(size)).raw(frames.subspan(3, size));
    digest = crypto::sha256({digest, frame.view()});
    out.insert(out.end(), frame.view().begin(), frame.view().end());
    out.insert(out.end(), digest.begin(), digest.end());
    frames = frames.subspan(3 + size);
  }
  return out;
}

void verify(BytesView bytes) {
  const log::PackSource source = [&bytes](MutableBytes into) -> Result<std::size_t> {
    const auto count = std::min(into.size(), bytes.size());
    std::copy_n(bytes.begin(), count, into.begin());
    bytes = bytes.subspan(count);
    return count;
  };
  static_cast<void>(log::verify_evidence(source, {}).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  verify({data, size});
  verify(sealed({data, size}));
  return 0;
}
