// The message of a New Zealand pass, behind base32.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/time.h"
#include "cert/nzcp.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "codec/base_n.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  static const cert::TrustStore nobody;
  const auto verdict = cert::verify_nzcp("NZCP:/1/" + codec::base32({data, size}), nobody, moment_of(1'650'000'000));
  if (verdict.outcome == cert::Outcome::valid || verdict.step(cert::Step::base32) != true) std::abort();
  return 0;
}
