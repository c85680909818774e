#include "store/schema.h"

#include <array>
#include <span>
#include <string_view>

namespace lindung::store {

namespace {

// The head of the log is one row: each transaction that appends locks it first (protocol.md section 10). `last_at` is
// the newest moment that an entry was given, Unix seconds, for the check of the clock.
constexpr std::array version_1{
    std::string_view{"CREATE TABLE log_head (id INT PRIMARY KEY, next INT NOT NULL, last_at INT NOT NULL)"},
    std::string_view{"INSERT INTO log_head (id, next, last_at) VALUES (0, 0, 0)"},
    std::string_view{"CREATE TABLE log_entry (idx INT PRIMARY KEY, leaf BYTES NOT NULL)"},
};

constexpr std::array all{
    Migration{.version = 1, .name = "log", .statements = version_1},
};

}  // namespace

std::span<const Migration> migrations() { return all; }

}  // namespace lindung::store
