// The doors to the two libraries behind this floor: one initialisation, owners for what they allocate, and one answer
// to "this cannot fail, and it did". Included by this folder's .cpp files only.
#pragma once

#include <openssl/err.h>
#include <openssl/evp.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace lindung::crypto {

// Ends the process when a library call fails that has no failure but a broken installation, lost memory or a length
// that our caller promised: going on without the cipher or the random number would be worse than stopping.
inline void require(bool holds, const char* what) noexcept {
  if (holds) return;
  static_cast<void>(std::fprintf(stderr, "lindung: cryptography failed: %s\n", what));
  std::abort();
}

// libsodium chooses its processor-specific code and opens the random device here, once.
void ensure_sodium() noexcept;

template <auto Release>
struct Released {
  template <class T>
  void operator()(T* object) const noexcept {
    Release(object);
  }
};
using KeyOwner = std::unique_ptr<EVP_PKEY, Released<EVP_PKEY_free>>;
using KeyContextOwner = std::unique_ptr<EVP_PKEY_CTX, Released<EVP_PKEY_CTX_free>>;

// A refused input leaves nothing in the thread's OpenSSL error queue, where TLS would read it as its own failure.
class QuietErrors {
 public:
  QuietErrors() noexcept { ERR_set_mark(); }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
  ~QuietErrors() { ERR_pop_to_mark(); }
};

}  // namespace lindung::crypto
