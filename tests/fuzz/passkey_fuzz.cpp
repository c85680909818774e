// What a browser sends of a passkey: client data and authenticator data of strangers. Whatever is taken has our origin,
// our relying party and a key of a known size.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/bytes.h"
#include "crypto/webauthn.h"
#include "people/client_data.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  const BytesView in{data, size};
  const auto challenge = people::read_client_data(in, people::Ceremony::get, "https://lindung.example");
  if (challenge.has_value() && as_text(in).find("https://lindung.example") == std::string_view::npos) std::abort();
  const auto made = crypto::read_new_passkey("lindung.example", in);
  if (made.has_value()) {
    const auto& key = made.value().key;
    if (key.bytes.size() != (key.algorithm == crypto::PasskeyAlgorithm::es256 ? 64U : 32U)) std::abort();
    if (made.value().credential.empty()) std::abort();
  }
  const crypto::PasskeyKey key{.algorithm = crypto::PasskeyAlgorithm::eddsa, .bytes = Bytes(32, 1)};
  const auto half = size / 2;
  if (crypto::verify_assertion("lindung.example", key,
                               {.authenticator_data = in.first(half), .client_data = in, .signature = in.subspan(half)})
          .has_value()) {
    std::abort();
  }
  return 0;
}
