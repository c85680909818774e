// What the running installation itself consists of, as entries of the ledger that nobody has to write: its store, its
// keys by class, its log and the authority over certificates. Backups are written into the ledger as they are made.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "domain/ledger.h"
#include "service/platform.h"

namespace lindung::service {

struct OwnPart {
  domain::LedgerEntry entry;
  std::string now;  // "3 keys"
};
// Errors: sealed; the database's own.
[[nodiscard]] Result<std::vector<OwnPart>> own_parts(const Platform& platform);

// Notes a backup that was made into this folder. Errors: the database's own.
[[nodiscard]] Result<void> note_backup(const Platform& platform, const std::string& folder);

}  // namespace lindung::service
