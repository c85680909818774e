// A mistyped NIK put right: what an import said of one number was meant for another one. A second fact about the
// person, the birth date, has to go with the right number; both persons' records and colours are right afterwards.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "service/platform.h"

namespace lindung::service {

// Privacy: names two people; comes from the issuer's own papers and is not kept.
struct NikRepair {
  IssuerId issuer;
  std::string import_id;
  domain::Nik wrong;
  domain::Nik right;
  domain::PartialDate birth;  // of the person meant: the second fact
};

struct RepairReport {
  std::uint64_t records{};  // that moved
  bool is_known_person{};   // the right number had records before
};

// In the log. What the import told of name and birth date moves too: it is cleared where it was wrong, unless somebody
// else told it as well. Errors: invalid_argument when the birth date does not go with the right number, or both numbers
// are one; conflict when the person known by the right number was born on another day; not_found when the wrong number
// has no record of this import that counts.
[[nodiscard]] Result<RepairReport> repair_nik(const Platform& platform, const NikRepair& repair, const Hash& command);

}  // namespace lindung::service
