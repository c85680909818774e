// Any field value is a claim of the right shape, or malformed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "api/import_claim.h"
#include "base/bytes.h"
#include "base/error.h"
#include "domain/issuer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lindung;
  const auto claim = api::parse_import_claim(as_text(BytesView{data, size}));
  if (claim.has_error()) {
    if (claim.error().code != Errc::malformed) std::abort();
    return 0;
  }
  const auto& read = claim.value();
  if (domain::parse_issuer_id(read.issuer.value()).has_error()) std::abort();
  if (domain::check_import_id(read.import_id).has_error()) std::abort();
  if (read.signature.empty() || read.signature.size() > 72) std::abort();
  return 0;
}
