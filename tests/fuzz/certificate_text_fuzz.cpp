// Any text is judged; without anybody to trust, nothing is valid. What was signed is found in it or not.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/time.h"
#include "cert/signed_text.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "cert/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  static const cert::TrustStore nobody;
  const auto verdict = cert::verify(as_text({data, size}), nobody, moment_of(1'640'000'000));
  if (verdict.outcome == cert::Outcome::valid || !verdict.reason || verdict.steps.empty()) std::abort();
  const auto read = cert::read_signed_text(as_text({data, size}));
  if (read && read.value().signed_bytes.empty()) std::abort();
  return 0;
}
