// Decodes hostile leaves; what is accepted must be the one spelling of its entry.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "log/entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const lindung::BytesView leaf{data, size};
  const auto entry = lindung::log::decode(leaf);
  if (entry.has_error()) return 0;
  if (lindung::log::encode(entry.value()) != lindung::to_bytes(leaf)) std::abort();
  if (lindung::log::check(entry.value()).has_error()) std::abort();
  return 0;
}
