// Whether anything in a backup can still be read: it is copied into a scratch folder, every row of it is tried with
// the keys that remain, and the bytes of all its files are searched for marks that were planted while they could.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "store/ring.h"

namespace lindung::service {

struct BackupTrial {
  Hash digest{};                  // of the database in the backup
  std::uint64_t sealed_rows{};    // tried
  std::uint64_t readable_rows{};  // of these: a key that the row names is still there
  std::uint64_t open_rows{};      // of tables that are not sealed, without those of log and schema
  std::uint64_t marks{};          // searched for
  std::uint64_t marks_found{};
};

// `scratch`: an empty or new folder; what is copied there is left for the caller to remove. `ring`: what remains of the
// system's keys, unsealed; null: nothing does.
// Shape: a backup as `lindung backup` makes one: lindung.db, log/, log-anchor.
// Errors: not_found when this is no backup; conflict when the scratch folder holds something; io; the database's own.
[[nodiscard]] Result<BackupTrial> try_backup(const std::string& backup, const std::string& scratch,
                                             const store::KeyRing* ring, const std::vector<std::string>& marks);

// Copies a backup's database, log and anchor to where a data folder has them. Errors: not_found; io.
[[nodiscard]] Result<void> copy_backup(const std::string& backup, const std::string& to);

// SHA-256 of a file, however large. Errors: not_found; io.
[[nodiscard]] Result<Hash> digest_of_file(const std::string& path);

}  // namespace lindung::service
