// How the columns of the exchange's rows become values; shared by the statements of both engines.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"
#include "store/database.h"
#include "store/exchange_rows.h"

namespace lindung::store {

[[nodiscard]] inline std::int64_t as_int(std::uint64_t value) noexcept { return static_cast<std::int64_t>(value); }
[[nodiscard]] inline std::uint64_t as_uint(std::int64_t value) noexcept { return static_cast<std::uint64_t>(value); }
[[nodiscard]] inline std::int64_t as_int(Moment at) noexcept { return as_int(unix_seconds(at)); }
[[nodiscard]] inline Hash hash_of(BytesView bytes) noexcept { return bytes.size() == 32 ? take<32>(bytes) : Hash{}; }
[[nodiscard]] inline ByteArray<16> ref_of(BytesView bytes) noexcept {
  return bytes.size() == 16 ? take<16>(bytes) : ByteArray<16>{};
}

// Each reads the columns of its SELECT from `first` on, in the order that both engines list them.
[[nodiscard]] inline AnsweredRow answered_of(const Row& row, int first) {
  return {.question_mac = hash_of(row.bytes(first)),
          .log_index = as_uint(row.integer(first + 1)),
          .leaf_hash = hash_of(row.bytes(first + 2)),
          .sealed = to_bytes(row.bytes(first + 3))};
}
[[nodiscard]] inline TokenRow token_of(const Row& row, int first) {
  const int dies_at = first + 4;
  const int follows = first + 5;
  return {.citizen = CitizenRef{ref_of(row.bytes(first))},
          .link = LinkId{ref_of(row.bytes(first + 1))},
          .state = static_cast<TokenState>(row.integer(first + 2)),
          .born_at = moment_of(as_uint(row.integer(first + 3))),
          .dies_at = row.is_null(dies_at) ? std::nullopt : std::optional{moment_of(as_uint(row.integer(dies_at)))},
          .follows = row.is_null(follows) ? std::nullopt : std::optional{hash_of(row.bytes(follows))}};
}
[[nodiscard]] inline PersonRow person_of(const Row& row, int first) {
  const int visit = first + 2;
  return {.wrapped_key = to_bytes(row.bytes(first)),
          .timeline = to_bytes(row.bytes(first + 1)),
          .open_visit = row.is_null(visit) ? std::nullopt : std::optional{to_bytes(row.bytes(visit))}};
}
[[nodiscard]] inline QuotaRow quota_of(const Row& row, int first) {
  return {.day = as_uint(row.integer(first)),
          .bare = as_uint(row.integer(first + 1)),
          .at_venue = as_uint(row.integer(first + 2))};
}

}  // namespace lindung::store
