// What a QR at a door holds: bytes that are a code are written as a text that reads as the same bytes, and no code that
// nobody made is genuine.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/venue_code.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;  // NOLINT: a program of one function
  static const crypto::HmacKey screen_key{Secret<32>{ByteArray<32>{3}}.view()};
  const BytesView input{data, size};
  if (const auto read = domain::venue_code_bytes(as_text(input))) {
    if (domain::venue_code_text(read.value()) != as_text(input)) std::abort();
  }
  const auto code = domain::parse_venue_code(input);
  if (code.has_error()) return 0;
  const auto again = domain::venue_code_bytes(domain::venue_code_text(input));
  if (again.has_error() || !std::ranges::equal(again.value(), input)) std::abort();
  if (code.value().head().size() + code.value().proof().size() != size) std::abort();
  static_cast<void>(domain::is_current(code.value(), moment_of(1'795'000'000)));
  if (code.value().kind == domain::VenueCodeKind::screen && domain::screen_is_genuine(code.value(), screen_key)) {
    std::abort();
  }
  return 0;
}
