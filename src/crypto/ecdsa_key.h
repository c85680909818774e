// The OpenSSL key behind both halves of an ES256 key pair, with the contexts that its threads have used and left.
// Included by ecdsa.cpp only.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "crypto/library.h"

namespace lindung::crypto {

// Contexts of one key made ready for one operation. They live with the key and die with it, unlike contexts cached per
// thread, which would keep a destroyed private key in every thread that ever used it.
class KeyContexts {
 public:
  using Prepare = int (*)(EVP_PKEY_CTX*);
  KeyContexts(EVP_PKEY* key, Prepare prepare) noexcept : key_{key}, prepare_{prepare} {}

  // Calls use(context) with a context that nobody else uses meanwhile.
  template <class Call>
  auto with(Call&& use) {
    auto context = borrow();
    auto answer = std::forward<Call>(use)(context.get());
    const std::scoped_lock lock{mutex_};
    idle_.push_back(std::move(context));
    return answer;
  }

 private:
  [[nodiscard]] KeyContextOwner borrow() {
    {
      const std::scoped_lock lock{mutex_};
      if (!idle_.empty()) {
        auto context = std::move(idle_.back());
        idle_.pop_back();
        return context;
      }
    }
    KeyContextOwner context{EVP_PKEY_CTX_new_from_pkey(nullptr, key_, nullptr)};
    require(context != nullptr && prepare_(context.get()) == 1, "EVP_PKEY_CTX_new_from_pkey");
    return context;
  }

  EVP_PKEY* key_;
  Prepare prepare_;
  std::mutex mutex_;
  std::vector<KeyContextOwner> idle_;
};

class EcdsaKey {
 public:
  explicit EcdsaKey(KeyOwner key) noexcept : key_{std::move(key)} {}
  [[nodiscard]] KeyContexts& verifying() noexcept { return verifying_; }
  [[nodiscard]] KeyContexts& signing() noexcept { return signing_; }

 private:
  KeyOwner key_;
  KeyContexts verifying_{key_.get(), EVP_PKEY_verify_init};
  KeyContexts signing_{key_.get(), EVP_PKEY_sign_init};
};

}  // namespace lindung::crypto
