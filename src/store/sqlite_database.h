// The SQLite engine of database.h: one writer, a checkpointer, a few readers, on one file in WAL mode.
#pragma once

#include <memory>
#include <span>

#include "base/result.h"
#include "store/database.h"
#include "store/schema.h"

namespace lindung::store {

// As open_sqlite(), with a list of migrations of the caller's; the list outlives the database.
[[nodiscard]] Result<std::unique_ptr<Database>> open_sqlite(SqliteOptions options,
                                                            std::span<const Migration> migrations);

}  // namespace lindung::store
