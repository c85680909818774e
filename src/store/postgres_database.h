// The PostgreSQL engine of database.h: one writing connection, a few reading ones, all asynchronous and under deadlines
// of our own (PostgreSQL answers a paused server's client never; see README.md).
#pragma once

#include <memory>
#include <span>

#include "base/result.h"
#include "store/database.h"
#include "store/schema.h"

namespace lindung::store {

// As open_postgres(), with a list of migrations of the caller's; the list outlives the database.
[[nodiscard]] Result<std::unique_ptr<Database>> open_postgres(PostgresOptions options,
                                                              std::span<const Migration> migrations);

}  // namespace lindung::store
