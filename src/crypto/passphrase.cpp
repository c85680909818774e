// Argon2id through libsodium.
#include "crypto/passphrase.h"

#include <sodium/crypto_pwhash_argon2id.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/library.h"

namespace lindung::crypto {

Result<Secret<32>> key_from_passphrase(BytesView passphrase, const ByteArray<16>& salt, Argon2idCost cost) {
  static_assert(crypto_pwhash_argon2id_SALTBYTES == 16);
  ensure_sodium();
  if (cost.passes < crypto_pwhash_argon2id_OPSLIMIT_MIN || cost.memory_bytes < crypto_pwhash_argon2id_MEMLIMIT_MIN ||
      cost.memory_bytes > crypto_pwhash_argon2id_MEMLIMIT_MAX) {
    return fail(Errc::invalid_argument, "Argon2id cost outside the limits of the algorithm");
  }
  if (passphrase.size() > crypto_pwhash_argon2id_PASSWD_MAX) {
    return fail(Errc::invalid_argument, "passphrase too long");
  }
  Secret<32> key;
  const auto text = as_text(passphrase);
  if (crypto_pwhash_argon2id(key.mutable_view().data(), Secret<32>::size(), text.data(), text.size(), salt.data(),
                             cost.passes, cost.memory_bytes, crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
    return fail(Errc::unavailable, "not enough memory for Argon2id");
  }
  return key;
}

}  // namespace lindung::crypto
