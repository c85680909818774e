// The one list of things that can go wrong, for the whole product.
// Mapped to wire problems in exactly one place (api/problem.h) and to exit codes in one (cli/exit.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lindung {

// The first block carries the names of protocol.md section 8; the second never crosses the wire by name.
enum class Errc : std::uint8_t {
  malformed,
  unsupported_key,
  bad_signature,
  clock_skew,  // Error::number = server time, Unix seconds
  pact_outdated,
  partner_suspended,
  partner_cut,  // Error::number = log index of the cut
  not_found,
  method,
  timeout,
  too_large,
  headers_too_large,
  replay_conflict,
  quota,            // Error::number = seconds until it is worth asking again
  busy,             // nothing was recorded; Error::number = seconds
  outcome_unknown,  // it may have been recorded: ask again with the same id
  unavailable,
  sealed,

  invalid_argument,  // a caller's value breaks the contract of the function
  denied,            // the caller is known and may not
  conflict,          // exists already, or not in the state that this step needs
  corrupt,           // stored or signed bytes are not what was written
  io,                // the operating system said no
  database,          // the database said no, for good: a bug or a broken schema
  database_retry,    // connection lost or conflict before commit: nothing was recorded, try again
  unsupported,
};

// A stable lower-case name with hyphens, as on the wire ("bad-signature").
[[nodiscard]] std::string_view name_of(Errc code) noexcept;

// Privacy: `detail` is for operators and developers. It holds positions, sizes and names of fields, never a person's
// data, a token or a key.
struct Error {
  Errc code;
  std::string detail{};
  std::optional<std::uint64_t> number{};

  // "corrupt: tile/0/000 is 31 bytes too short"
  [[nodiscard]] std::string text() const;
};

}  // namespace lindung
