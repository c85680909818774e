// Who signs for us, as a list of trust: whoever asks us about a certificate of ours need not import it first.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>

#include "base/result.h"
#include "cert/trust_store.h"
#include "service/platform.h"

namespace lindung::service {

// Safe from many threads.
class OwnTrust {
 public:
  // Document signers, card keys and keys of light passes, none that was taken back; at most `age` old. Empty before
  // there is an authority. Errors: those of ring and database.
  [[nodiscard]] Result<std::shared_ptr<const cert::TrustStore>> get(const Platform& platform);

 private:
  static constexpr std::chrono::seconds age{2};
  std::mutex mutex_;
  std::shared_ptr<const cert::TrustStore> store_;
  std::chrono::nanoseconds read_at_{};  // since boot
};

}  // namespace lindung::service
