// Lists of signers of any kind, as they are published.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "cert/trust_reader.h"
#include "cert/trust_store.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  cert::TrustStore store;
  cert::TrustReader reader{store};
  const auto list = store.add_list({.origin = "fuzz", .fetched = {}, .fresh_for = {}});
  const auto done = reader.add({data, size}, list);
  reader.finish();
  if (done.has_error() && done.error().code != Errc::malformed && done.error().code != Errc::too_large) std::abort();
  return 0;
}
