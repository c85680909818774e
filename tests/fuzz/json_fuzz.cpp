// Parses hostile JSON; what is accepted must come back the same after it was written, compactly and for people.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/bytes.h"
#include "codec/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using lindung::codec::parse_json;
  const auto value = parse_json(lindung::as_text({data, size}));
  if (value.has_error()) return 0;
  constexpr lindung::codec::JsonLimits wide{.bytes = std::size_t{1} << 26U, .depth = 32};
  const auto text = lindung::codec::to_text(value.value());
  const auto again = parse_json(text, wide);
  const auto pretty = parse_json(lindung::codec::to_pretty_text(value.value()), wide);
  if (again.has_error() || pretty.has_error()) std::abort();
  if (again.value() != value.value() || pretty.value() != value.value()) std::abort();
  if (lindung::codec::to_text(again.value()) != text) std::abort();
  return 0;
}
