// Any bytes are opened within the limit, or refused.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/error.h"
#include "codec/inflate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lindung;
  constexpr std::size_t limit = 1U << 20U;
  const auto out = codec::inflate_gzip({data, size}, limit);
  if (out.has_value() && (out.value().size() > limit || !codec::looks_like_gzip({data, size}))) std::abort();
  if (out.has_error() && out.error().code != Errc::malformed && out.error().code != Errc::too_large) std::abort();
  return 0;
}
