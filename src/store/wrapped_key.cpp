#include "store/wrapped_key.h"

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "store/sealing.h"

namespace lindung::store {

namespace {

// The head of a row under a key of the ring: format | key epoch (sealing.cpp).
constexpr std::uint8_t format_ring = 1;

}  // namespace

Result<std::uint64_t> wrapping_epoch(BytesView wrapped) {
  if (wrapped.size() < row_overhead || wrapped[0] != format_ring) {
    return fail(Errc::corrupt, "a citizen's key is not a wrapped one");
  }
  return std::uint64_t{get_be<std::uint16_t>(wrapped.subspan(1, sizeof(std::uint16_t)))};
}

}  // namespace lindung::store
