// Offices: district health offices, which look at the reports of their districts, and second offices, without which no
// identity opens. The server knows their public keys; the private ones are in the offices' own files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "crypto/hpke.h"
#include "domain/report.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

using OfficeId = Id<struct OfficeIdTag, std::string>;  // [a-z0-9-]{1,32}

// The numbers stand in the database.
enum class OfficeRole : std::uint8_t { health = 1, second = 2 };
[[nodiscard]] std::string_view name_of(OfficeRole role) noexcept;
// Errors: invalid_argument.
[[nodiscard]] Result<OfficeRole> parse_office_role(std::string_view text);

struct Office {
  OfficeId id;
  std::string name;
  OfficeRole role{};
  std::vector<std::string> districts;  // of a health office: first 2 or 4 digits; none: of a second office
  crypto::X25519PublicKey public_key{};
  [[nodiscard]] domain::OfficeKeyId key_id() const;
};

// Where reports of districts without an office wait.
inline constexpr std::string_view no_office = "unassigned";

// In the log with the key's digest. Errors: invalid_argument for an id, name or districts of another shape; conflict.
[[nodiscard]] Result<void> add_office(const Platform& platform, const Office& office);
[[nodiscard]] Result<std::vector<Office>> read_offices(store::Transaction& transaction);
[[nodiscard]] Result<std::vector<Office>> list_offices(const Platform& platform);
// The health office with the longest match; `no_office` where there is none.
[[nodiscard]] OfficeId office_of(const std::vector<Office>& offices, std::string_view district);

}  // namespace lindung::service
