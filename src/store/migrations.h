// Brings a database to the schema of this program: each migration in one transaction, recorded in schema_version.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/database.h"
#include "store/schema.h"

namespace lindung::store {

// The statement of schema.h in the words of the engine: types mapped, tables STRICT (and WITHOUT ROWID where CLUSTERED)
// on SQLite, text compared by its bytes on PostgreSQL.
[[nodiscard]] std::string statement_for(Engine engine, std::string_view statement);

// Safe to repeat, and to run on several nodes at once.
// Errors: conflict if the database is newer than the program or has other migrations; those of the database.
[[nodiscard]] Result<Migrated> run_migrations(Database& database, std::span<const Migration> migrations);

}  // namespace lindung::store
