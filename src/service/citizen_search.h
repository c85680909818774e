// From a number that names a person to the citizen behind it, for a command that links them.
#pragma once

#include "base/id.h"
#include "base/result.h"
#include "domain/import.h"
#include "service/platform.h"

namespace lindung::service {

// By the blind index of NIK or passport, as an import finds people. Privacy: tells that the person is known here.
// Errors: not_found; sealed; those of the database.
[[nodiscard]] Result<CitizenRef> find_citizen(const Platform& platform, const domain::Identity& identity);

}  // namespace lindung::service
