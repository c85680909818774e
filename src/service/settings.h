// Small facts of an installation that live in the database: ids of the dummy person, the pacts in force, the
// name of the log.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "store/database.h"

namespace lindung::service {

namespace setting {
inline constexpr std::string_view dummy_citizen = "dummy_citizen";  // 16 bytes
inline constexpr std::string_view dummy_link = "dummy_link";        // 16 bytes
inline constexpr std::string_view current_pact = "current_pact";    // 32 bytes
inline constexpr std::string_view next_pact = "next_pact";          // 32 bytes, then 8 of the moment it is required
inline constexpr std::string_view log_origin = "log_origin";        // text; chosen once, for ever
inline constexpr std::string_view derivation = "derivation";        // where derivation.h stands
inline constexpr std::string_view authority = "authority";          // sealed: service/authority.h
}  // namespace setting

[[nodiscard]] Result<std::optional<Bytes>> read_setting(store::Transaction& transaction, std::string_view name);
[[nodiscard]] Result<void> write_setting(store::Transaction& transaction, std::string_view name, BytesView value);

}  // namespace lindung::service
