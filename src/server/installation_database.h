// The database of an installation: PostgreSQL where the configuration names one, else SQLite in the data folder.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "server/data_folder.h"
#include "store/database.h"

namespace lindung::server {

// Shape: `postgres` is a libpq connection string; empty: SQLite. Errors: those of the engine.
[[nodiscard]] Result<std::unique_ptr<store::Database>> open_database(const DataFolder& folder,
                                                                     const std::string& postgres);

// Brings the schema to this program's version while no server runs on the folder.
// Errors: not_found for a folder without a key ring; conflict while a server holds the folder, or when the database is
// newer than the program; those of the engine.
[[nodiscard]] Result<store::Migrated> migrate_offline(const DataFolder& folder, const std::string& postgres);

}  // namespace lindung::server
