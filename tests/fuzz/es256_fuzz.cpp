// Points and DER signatures as strangers send them: nothing may crash, and one message has one accepted spelling at
// most.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/ecdsa.h"

namespace {

using lindung::BytesView;
using lindung::crypto::Es256PrivateKey;
using lindung::crypto::Es256PublicKey;

const Es256PublicKey& known_key() {
  static const auto key =
      Es256PrivateKey::from_scalar(lindung::Secret<32>{lindung::ByteArray<32>{1}}).value().public_key();
  return key;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT: libFuzzer's name
  const BytesView input{data, size};
  if (input.empty()) return 0;
  const auto point_size = std::size_t{input[0]} % input.size();
  const auto point = input.subspan(1, point_size);
  const auto signature = input.subspan(1 + point_size);
  // A signature that fits without the key having signed would be a forgery.
  if (known_key().verifies_der(lindung::as_bytes("a batch"), signature)) std::abort();
  if (const auto key = Es256PublicKey::from_point(point)) {
    static_cast<void>(key.value().verifies_der(lindung::as_bytes("a batch"), signature));
  }
  return 0;
}
