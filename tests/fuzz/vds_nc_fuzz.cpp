// Any text is read as a visible digital seal; a canonical form is its own canonical form.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/trust_store.h"
#include "cert/vds_nc.h"
#include "cert/verdict.h"
#include "codec/jcs.h"
#include "codec/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  static const cert::TrustStore nobody;
  const auto text = as_text({data, size});
  if (cert::verify_vds_nc(text, nobody, moment_of(1'640'000'000)).outcome == cert::Outcome::valid) std::abort();
  const auto value = codec::parse_json(text);
  if (!value) return 0;
  const auto once = codec::canonical_json(value.value());
  if (!once) return 0;
  const auto again = codec::parse_json(once.value(), {.bytes = std::size_t{1} << 26U, .depth = 32});
  if (!again || codec::canonical_json(again.value()).value() != once.value()) std::abort();
  return 0;
}
