// ES256 under one key that is asked again and again: OpenSSL's table for fast multiples of the generator is made for
// the key's own point, so that both products of a verification come from a table (ADR 0023).
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "base/bytes.h"

struct ec_group_st;  // OpenSSL's EC_GROUP

namespace lindung::crypto {

class P256Table {
 public:
  static constexpr std::size_t memory = std::size_t{37} * 64 * 64;  // of one: 37 windows of 64 affine points
  static constexpr std::size_t most = 512;                          // in the process at one time: 74 MiB

  // Costs as much as some 600 verifications gain. Null where there are `limit` already, for what is no point, and
  // where OpenSSL's table does not agree with its slow way.
  [[nodiscard]] static std::unique_ptr<const P256Table> make(BytesView x, BytesView y, std::size_t limit = most);
  [[nodiscard]] static std::size_t alive() noexcept;
  P256Table(const P256Table&) = delete;
  P256Table& operator=(const P256Table&) = delete;
  ~P256Table();

  // FIPS 186-5 section 6.4.2. Shape: r | s, 32 bytes each. Everything about it is public: it takes varying time.
  // Safe from many threads.
  [[nodiscard]] bool verifies(const Hash& digest, BytesView signature) const noexcept;

  struct ReleaseGroup {
    void operator()(ec_group_st* group) const noexcept;
  };
  using GroupOwner = std::unique_ptr<ec_group_st, ReleaseGroup>;

 private:
  explicit P256Table(GroupOwner group) noexcept : group_{std::move(group)} {}
  GroupOwner group_;  // P-256 with the key's point in the place of its generator
};

}  // namespace lindung::crypto
