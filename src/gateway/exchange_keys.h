// The gateway's own exchange keys (X25519), prepared: found by the key id in a request's header (protocol.md section
// 3).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "crypto/hpke.h"
#include "store/ring.h"

namespace lindung::gateway {

struct ExchangeKey {
  crypto::X25519PrivateKey key;
  Moment not_before;
  Moment not_after;
};

class ExchangeKeys {
 public:
  static constexpr seconds grace{120};  // a key opens until not_after + 120 s

  using Table = std::array<std::optional<ExchangeKey>, 256>;
  void set(std::unique_ptr<const Table> table);
  // Reads all keys of the class out of the ring; other sealed endpoints have a class of their own. Errors: sealed.
  [[nodiscard]] Result<void> load(const store::KeyRing& ring, store::KeyClass cls = store::KeyClass::exchange);

  // Errors: unsupported_key when there is none of this id that opens at this moment.
  [[nodiscard]] Result<crypto::X25519PrivateKey> find(std::uint8_t key_id, Moment now) const;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Table> table_{std::make_shared<const Table>()};
};

}  // namespace lindung::gateway
