// Who signs for us, as a list of trust: whoever asks us about a certificate of ours need not import it first.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "base/result.h"
#include "cert/trust_store.h"
#include "service/platform.h"

namespace lindung::service {

// Safe from many threads.
class OwnTrust {
 public:
  // Document signers, card keys and keys of light passes, none that was taken back. Empty before there is an authority.
  // Errors: those of ring and database.
  [[nodiscard]] Result<std::shared_ptr<const cert::TrustStore>> get(const Platform& platform);

 private:
  // What changes whenever a signer comes or goes.
  struct State {
    std::uint64_t ring{};
    std::int64_t signers{};
    std::int64_t revoked{};
    friend bool operator==(const State&, const State&) = default;
  };
  [[nodiscard]] static Result<State> state_of(const Platform& platform);

  std::mutex mutex_;
  std::shared_ptr<const cert::TrustStore> store_;
  State state_;
};

}  // namespace lindung::service
