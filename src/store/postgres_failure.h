// What PostgreSQL's refusals mean for a unit of work: SQLSTATE codes as errors of ours (postgresql.org, appendix A).
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace lindung::store {

struct PostgresFailure {
  enum class Kind : std::uint8_t {
    refused,    // the statement is at fault; the connection is fine
    conflict,   // deadlock or serialisation: nothing was recorded, the same again may pass
    lost,       // the connection, and nothing can be said on it any more
    read_only,  // the server, or the transaction, takes no writes
    deadline,   // no answer in time
  };
  Kind kind;
  Error error;
};

[[nodiscard]] PostgresFailure failure_of_state(std::string_view sqlstate, std::string_view what);

// Privacy: the detail has the code and names of tables and constraints. The server's own words are kept only for faults
// of the statement's text (class 42), since others may quote values.
[[nodiscard]] PostgresFailure failure_of(const PGresult* result);

}  // namespace lindung::store
