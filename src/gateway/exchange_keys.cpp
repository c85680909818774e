#include "gateway/exchange_keys.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "crypto/hpke.h"
#include "store/ring.h"

namespace lindung::gateway {

void ExchangeKeys::set(std::unique_ptr<const Table> table) {
  std::shared_ptr<const Table> next{std::move(table)};
  const std::scoped_lock lock{mutex_};
  table_.swap(next);
}

Result<void> ExchangeKeys::load(const store::KeyRing& ring, store::KeyClass cls) {
  auto table = std::make_unique<Table>();
  TRY(infos, ring.list(cls));
  for (const auto& info : infos) {
    TRY(bytes, ring.key(info.name));
    table->at(info.number & 0xFFU) = ExchangeKey{
        .key = crypto::X25519PrivateKey::from_bytes(bytes), .not_before = info.not_before, .not_after = info.not_after};
  }
  set(std::move(table));
  return ok();
}

Result<crypto::X25519PrivateKey> ExchangeKeys::find(std::uint8_t key_id, Moment now) const {
  std::shared_ptr<const Table> table;
  {
    const std::scoped_lock lock{mutex_};
    table = table_;
  }
  const auto& found = table->at(key_id);
  if (!found || now < found->not_before || now > found->not_after + grace) return fail(Errc::unsupported_key);
  return found->key;
}

}  // namespace lindung::gateway
