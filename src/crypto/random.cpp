// Random bytes through libsodium, and the library's one initialisation.
#include "crypto/random.h"

#include <sodium/core.h>
#include <sodium/randombytes.h>

#include "base/bytes.h"
#include "crypto/library.h"

namespace lindung::crypto {

void ensure_sodium() noexcept {
  static const int ready = sodium_init();
  require(ready >= 0, "sodium_init");
}

void fill_random(MutableBytes out) noexcept {
  ensure_sodium();
  randombytes_buf(out.data(), out.size());
}

}  // namespace lindung::crypto
