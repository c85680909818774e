// What reading an import gives, whatever its format: people with their records, and a balance that accounts for every
// row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "domain/import_reason.h"
#include "domain/nik.h"
#include "domain/passport.h"
#include "domain/record.h"

namespace lindung::domain {

class CodeMap;

// A person known only by what its import called it: the same in a re-import, and found by nothing else.
using LocalId = Id<struct LocalIdTag, ByteArray<16>>;

// A date of which the day, or the day and the month, may be unknown (0).
struct PartialDate {
  int year{};
  unsigned month{};
  unsigned day{};
  friend bool operator==(const PartialDate&, const PartialDate&) = default;
};

// Privacy: personal data, all of it; stored sealed only, never logged.
struct Identity {
  std::optional<Nik> nik;
  std::optional<Passport> passport;
  LocalId local;
  std::string name;  // at most 200 bytes of UTF-8 without control characters; empty: not given
  std::optional<PartialDate> birth;
};

// The bytes that a blind index is made of: the NIK, else the passport, else the local id, each marked by its kind.
// Privacy: names a person; feed it to the index and let it go.
[[nodiscard]] SecretBytes index_key(const Identity& identity);

// Whether the fact was before the person was born, as far as the birth date is known.
[[nodiscard]] bool is_before_birth(const Fact& fact, const Identity& person);

// Where a row stands. Privacy: positions and names of fields only.
struct Place {
  std::size_t file{};   // of the import's files, counted from 0
  std::size_t line{};   // counted from 1; 1 in a file that is one JSON value
  std::string pointer;  // JSON pointer inside that line: "/entry/3/resource/vaccineCode"; "" is the whole
  friend bool operator==(const Place&, const Place&) = default;
};

struct PersonRecords {
  Identity person;
  std::vector<Place> rows;      // of the person's own rows in this part; they count too
  std::vector<Record> records;  // empty: the person's own rows only
  std::vector<Place> places;    // of each record
};
struct Rejected {
  Place place;
  Reason reason{};
  friend bool operator==(const Rejected&, const Rejected&) = default;
};
// Kept apart until two officers decide: nothing of it counts before.
struct Quarantined {
  Place place;
  Reason reason{};
  Identity person;
  std::optional<Record> record;  // none: the row was the person's own
};

// 1. rows_in = accepted + rejected + quarantined, always.
struct Balance {
  std::uint64_t rows_in{};
  std::uint64_t accepted{};
  std::uint64_t rejected{};
  std::uint64_t quarantined{};

  [[nodiscard]] bool holds() const noexcept { return rows_in == accepted + rejected + quarantined; }
  Balance& operator+=(const Balance& other) noexcept {
    rows_in += other.rows_in;
    accepted += other.accepted;
    rejected += other.rejected;
    quarantined += other.quarantined;
    return *this;
  }
  friend bool operator==(const Balance&, const Balance&) = default;
};

// A part of an import, or all of it. A person stands in it once, but may stand in several parts of one import.
struct ReadBatch {
  std::vector<PersonRecords> people;
  std::vector<Rejected> rejected;
  std::vector<Quarantined> quarantined;
  Balance balance;
};

struct ImportContext {
  IssuerId issuer;
  std::string import_id;          // check_import_id()
  Moment now;                     // entered at; nothing may have happened after it
  const CodeMap* codes{nullptr};  // null: built_in_codes()
};

}  // namespace lindung::domain
