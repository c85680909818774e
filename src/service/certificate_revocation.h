// Takes single certificates back: by their identifier, or because the record that they tell of does not count any more.
// From the commit on, online verification refuses them (service/issued_certificates.h), and its citizen is told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/logged_unit.h"
#include "service/person_rows.h"
#include "service/platform.h"

namespace lindung::service {

inline constexpr std::string_view certificate_revoked = "certificate.revoked";  // action of the log's entry

struct RevokedCertificate {
  Moment at;
  std::uint64_t log_index{};
};
// By UVCI or rid. Twice: done already, with the first one's moment. Also when its citizen was erased.
// Errors: not_found.
[[nodiscard]] Result<RevokedCertificate> revoke_certificate(const Platform& platform, std::string_view name);

// Those of a citizen whose record does not count any more; how many. Repeated, there is nothing left to do.
[[nodiscard]] Result<std::size_t> revoke_unfounded(const Platform& platform, const CitizenRef& citizen);
// The same within a unit that ends records.
[[nodiscard]] Result<std::size_t> revoke_unfounded(LoggedUnit& unit, const Platform& platform,
                                                   const OpenPerson& person);

}  // namespace lindung::service
