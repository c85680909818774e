// A witness's requests, keys and cosignatures from hostile text: what is accepted is written again the same way.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/ed25519.h"
#include "log/checkpoint.h"
#include "log/cosignature.h"
#include "log/witness_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  const auto text = as_text({data, size});
  if (const auto key = log::WitnessKey::parse(text)) {
    if (key.value().text() != text) std::abort();
  }
  static_cast<void>(log::parse_witness_size(text).has_value());
  const auto request = log::parse_witness_request(text);
  if (!request) return 0;
  if (request.value().encode() != text) std::abort();
  static const auto witness =
      log::WitnessKey::make("witness.example/w1", crypto::Ed25519PrivateKey::from_seed(Secret<32>{}).public_key())
          .value();
  if (const auto note = log::parse_note(request.value().checkpoint)) {
    static_cast<void>(log::cosigned_at(note.value(), witness).has_value());
  }
  return 0;
}
