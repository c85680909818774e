#include "store/sealing_nonce.h"

#include <pthread.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "crypto/aead.h"
#include "crypto/random.h"

namespace lindung::store {
namespace {

constexpr std::size_t drawn_at_once = 64;

std::atomic<std::uint64_t> forks{1};

struct Supply {
  ByteArray<drawn_at_once * crypto::gcm_nonce_size> bytes{};
  std::size_t used{sizeof(bytes)};
  std::uint64_t drawn_in{};
};

// Two processes with one supply would use every nonce twice.
bool watch_forks() noexcept {
  ::pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
  return true;
}

}  // namespace

ByteArray<crypto::gcm_nonce_size> fresh_nonce() noexcept {
  [[maybe_unused]] static const bool watching = watch_forks();
  thread_local Supply supply;
  const auto process = forks.load(std::memory_order_relaxed);
  if (supply.used == supply.bytes.size() || supply.drawn_in != process) {
    crypto::fill_random(supply.bytes);
    supply.used = 0;
    supply.drawn_in = process;
  }
  const auto nonce = take<crypto::gcm_nonce_size>(BytesView{supply.bytes}.subspan(supply.used));
  supply.used += nonce.size();
  return nonce;
}

}  // namespace lindung::store
