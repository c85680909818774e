// Light passes from strangers: what is read has one spelling, and without a key nothing is valid.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/light_pass.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  const std::string_view text = as_text({data, size});
  const auto pass = cert::read_light_pass(text);
  if (pass && cert::light_pass_text(pass.value()) != text) std::abort();
  static const cert::TrustStore trust;
  if (cert::verify_light_pass(text, trust, moment_of(1'795'262'400)).outcome == cert::Outcome::valid) std::abort();
  return 0;
}
