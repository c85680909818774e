#include "service/address_limit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/random.h"

namespace lindung::service {

namespace {

constexpr std::size_t v4_prefix = 3;
constexpr std::size_t v6_prefix = 6;
constexpr std::size_t v4_in_v6 = 12;  // ::ffff:0:0/96
constexpr std::size_t place_size = 8;
constexpr std::uint64_t hour_s = 3600;

}  // namespace

Bytes address_prefix(std::string_view address) {
  const std::string text{address};
  ByteArray<sizeof(in_addr)> v4{};
  if (::inet_pton(AF_INET, text.c_str(), v4.data()) == 1) return to_bytes(BytesView{v4}.first(v4_prefix));
  ByteArray<sizeof(in6_addr)> v6{};
  if (::inet_pton(AF_INET6, text.c_str(), v6.data()) != 1) return to_bytes(as_bytes(address));
  in6_addr whole{};
  static_assert(sizeof whole == sizeof v6);
  std::memcpy(&whole, v6.data(), sizeof whole);
  if (IN6_IS_ADDR_V4MAPPED(&whole)) return to_bytes(BytesView{v6}.subspan(v4_in_v6, v4_prefix));
  return to_bytes(BytesView{v6}.first(v6_prefix));
}

Result<void> AddressLimit::take(std::string_view address) {
  const auto prefix = address_prefix(address);
  const auto now = clock_.now();
  const std::scoped_lock lock{mutex_};
  if (const auto hour = hour_of(now); hour != hour_ || all_zero(key_)) {
    hour_ = hour;
    crypto::fill_random(key_);
    counts_.clear();
    all_ = 0;
  }
  const auto wait = hour_s - unix_seconds(now) % hour_s;
  if (all_ >= limits_.of_all) return fail(Errc::quota, "too many messages in this hour", wait);
  auto& count = counts_[lindung::take<place_size>(crypto::hmac_sha256(key_, {prefix}))];
  if (count >= limits_.of_one) return fail(Errc::quota, "too many messages from there in this hour", wait);
  ++count;
  ++all_;
  return ok();
}

}  // namespace lindung::service
