// The migrations of schema.h by what they are about, each part one run of versions. A part is closed once the next one
// begins: what is new goes to the end of the last.
#pragma once

#include <span>

#include "store/schema.h"

namespace lindung::store {

// 1 to 11: the log, people and their records, venues, partners, rules, hands, nodes, certificates.
[[nodiscard]] std::span<const Migration> spine_migrations();
// 12 to 17: reports, incidents, witnesses, the operator's ledger, places of partners, evidence packs.
[[nodiscard]] std::span<const Migration> report_migrations();
// From 18: accounts, staff, consents, rights.
[[nodiscard]] std::span<const Migration> people_migrations();

}  // namespace lindung::store
