#include "store/postgres_failure.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace lindung::store {

namespace {

using Kind = PostgresFailure::Kind;

struct Meaning {
  std::string_view prefix;  // of the SQLSTATE; the first that fits counts
  Kind kind;
  Errc code;
};

constexpr std::array meanings{
    Meaning{.prefix = "08P01", .kind = Kind::refused, .code = Errc::database},       // wrong number of parameters
    Meaning{.prefix = "08", .kind = Kind::lost, .code = Errc::unavailable},          // connection exceptions
    Meaning{.prefix = "25006", .kind = Kind::read_only, .code = Errc::unavailable},  // a standby now, or read-only
    Meaning{.prefix = "25P03", .kind = Kind::lost, .code = Errc::unavailable},       // idle in transaction for too long
    Meaning{.prefix = "57P01", .kind = Kind::lost, .code = Errc::unavailable},       // administrator shut it down
    Meaning{.prefix = "57P02", .kind = Kind::lost, .code = Errc::unavailable},       // crash of another backend
    Meaning{.prefix = "57P03", .kind = Kind::lost, .code = Errc::unavailable},       // starting up
    Meaning{.prefix = "40001", .kind = Kind::conflict, .code = Errc::database_retry},
    Meaning{.prefix = "40P01", .kind = Kind::conflict, .code = Errc::database_retry},
    Meaning{.prefix = "40003", .kind = Kind::lost, .code = Errc::outcome_unknown},
    Meaning{.prefix = "55P03", .kind = Kind::deadline, .code = Errc::unavailable},  // lock_timeout, which we set
    Meaning{.prefix = "57014", .kind = Kind::refused, .code = Errc::unavailable},   // cancelled by an administrator
    Meaning{.prefix = "53", .kind = Kind::refused, .code = Errc::unavailable},      // disk full, out of memory
    Meaning{.prefix = "58", .kind = Kind::refused, .code = Errc::io},
    Meaning{.prefix = "XX001", .kind = Kind::refused, .code = Errc::corrupt},
    Meaning{.prefix = "XX002", .kind = Kind::refused, .code = Errc::corrupt},
};

std::string_view field(const PGresult* result, int code) {
  const char* const text = PQresultErrorField(result, code);
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

}  // namespace

PostgresFailure failure_of_state(std::string_view sqlstate, std::string_view what) {
  std::string detail{"PostgreSQL: "};
  detail += sqlstate.empty() ? std::string_view{"connection lost"} : sqlstate;
  if (!what.empty()) detail.append(" ").append(what);
  if (sqlstate.empty()) return {.kind = Kind::lost, .error = {.code = Errc::unavailable, .detail = std::move(detail)}};
  const auto* const found =
      std::ranges::find_if(meanings, [&](const Meaning& meaning) { return sqlstate.starts_with(meaning.prefix); });
  if (found == meanings.end()) {
    return {.kind = Kind::refused, .error = {.code = Errc::database, .detail = std::move(detail)}};
  }
  return {.kind = found->kind, .error = {.code = found->code, .detail = std::move(detail)}};
}

PostgresFailure failure_of(const PGresult* result) {
  const auto state = field(result, PG_DIAG_SQLSTATE);
  std::string what;
  for (const int code : {PG_DIAG_TABLE_NAME, PG_DIAG_CONSTRAINT_NAME}) {
    const auto name = field(result, code);
    if (!name.empty()) what.append(what.empty() ? "" : ", ").append(name);
  }
  if (state.starts_with("42")) what = field(result, PG_DIAG_MESSAGE_PRIMARY);
  auto failure = failure_of_state(state, what);
  const auto severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (severity == "FATAL" || severity == "PANIC") failure.kind = Kind::lost;  // the server hangs up after it
  return failure;
}

}  // namespace lindung::store
