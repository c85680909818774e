// Parameters as PostgreSQL's binary protocol wants them (postgresql.org, section "Formats and Format Codes"): type,
// bytes.
#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "store/database.h"

namespace lindung::store {

// Type numbers of pg_type, the same in every PostgreSQL.
inline constexpr Oid type_bool = 16;
inline constexpr Oid type_bytea = 17;
inline constexpr Oid type_name = 19;
inline constexpr Oid type_int8 = 20;
inline constexpr Oid type_int2 = 21;
inline constexpr Oid type_int4 = 23;
inline constexpr Oid type_text = 25;
inline constexpr Oid type_bytea_array = 1001;
inline constexpr Oid type_text_array = 1009;
inline constexpr Oid type_int8_array = 1016;
inline constexpr Oid type_varchar = 1043;

// Shows the memory of the parameters and of itself; lives until they are sent.
class PostgresParameters {
 public:
  explicit PostgresParameters(std::span<const Param> params);
  [[nodiscard]] int count() const noexcept { return static_cast<int>(values_.size()); }
  [[nodiscard]] const Oid* types() const noexcept { return types_.data(); }
  [[nodiscard]] const char* const* values() const noexcept { return values_.data(); }
  [[nodiscard]] const int* lengths() const noexcept { return lengths_.data(); }
  [[nodiscard]] const int* formats() const noexcept { return formats_.data(); }
  // The kinds of the parameters, one letter each: statements are prepared for them.
  [[nodiscard]] const std::string& signature() const noexcept { return signature_; }

 private:
  std::vector<Oid> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<Bytes> own_;  // what had to be written anew
  std::string signature_;
};

}  // namespace lindung::store
