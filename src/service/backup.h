// A backup: a consistent copy of the database and the published log up to it, without the key ring. What was forgotten
// by destroying its key stays forgotten in every backup.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "service/log_publisher.h"
#include "store/database.h"

namespace lindung::service {

// Into an empty or new folder: lindung.db, log/, log-anchor. Returns the size of the log in it.
// Errors: conflict if the folder holds something; unsupported on PostgreSQL (the detail says what to use); io.
[[nodiscard]] Result<std::uint64_t> back_up(store::Database& database, LogPublisher& publisher,
                                            const std::string& folder);

}  // namespace lindung::service
