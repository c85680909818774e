// The payload of a SMART Health Card: claims and health records.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/result.h"
#include "cert/fhir_profile.h"
#include "cert/shc_card.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  const auto payload = cert::read_card_payload(as_text({data, size}));
  if (!payload) return 0;
  const auto claims = cert::read_card_claims(payload.value().as_object());
  if (!claims) return 0;
  if (!claims.value().issuer.starts_with("https://")) std::abort();
  static_cast<void>(cert::check_bundle(*claims.value().bundle));
  return 0;
}
