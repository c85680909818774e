// A message behind base45 and zlib: COSE, claims and every content are read; without a signature nothing is valid.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/cose_sign1.h"
#include "cert/cwt.h"
#include "cert/dcc_content.h"
#include "cert/step.h"
#include "cert/who_content.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  const auto message = cert::CoseSign1::read({data, size});
  if (!message) return 0;
  const auto claims = cert::Cwt::read(message.value().payload(), cert::Step::cose);
  if (!claims) return 0;
  const auto root = claims.value().claims();
  const auto hcert = root.find(-260);
  const auto dcc = hcert ? hcert->find(1) : std::nullopt;
  if (dcc) {
    const auto content = cert::read_dcc(*dcc);
    const bool schema = cert::check_dcc_schema(*dcc).has_value();
    if (content && !schema) std::abort();
  } else if (hcert && hcert->is_map()) {
    static_cast<void>(cert::read_who_claims(*hcert));
  } else {
    static_cast<void>(cert::read_core_data_set(root));
  }
  return 0;
}
