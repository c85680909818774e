// One health fact about a citizen, signed in by an issuer: what colours are derived from. Records are never changed; a
// re-import makes the same record again.
//
// What the rules see. to_json() gives this object, and nothing else of a person reaches a rule:
//
//   {"vaccinations": [{"id", "at", "vaccine", "series", "dose"}],
//    "tests":        [{"id", "at", "kind", "result"}],
//    "recoveries":   [{"id", "at", "until"}],
//    "exemptions":   [{"id", "at", "until"}],
//    "contacts":     [{"id", "at"}]}
//
// 1. All five arrays are always there. Each is ordered by "at", oldest first, then by id.
// 2. "at", "until" are RFC 3339 texts in UTC with seconds ("2021-05-20T00:00:00Z"). "at" is the moment of the dose, of
//    the specimen, of the recovery, the start of an exemption, the last moment of a contact. "until" is null when the
//    issuer gave no end; it is the first moment that is no longer covered.
// 3. "series" is a schedule of data/codes/vaccines.json ("covid-19-two-dose"); doses of different vaccines of one
//    schedule count together. "dose" is a number from 1: as the issuer wrote it, or, where it wrote none, the rank of
//    the dose's day among the days of that series.
// 4. Of a test, "kind" is "naat", "antigen" or "antibody", "result" is "negative", "positive" or "indeterminate".
// 5. The same fact entered twice (same kind, same content, whatever import) appears once, with the smaller id.
// 6. "id" is the record's id in hex, so that an explanation can name the facts.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace lindung::domain {

using RecordId = Id<struct RecordIdTag, ByteArray<16>>;
using BatchId = Id<struct BatchIdTag, ByteArray<16>>;  // one import of one issuer

// The numbers stand in stored rows: never reused, never renumbered.
enum class RecordKind : std::uint8_t { vaccination = 1, test = 2, recovery = 3, exemption = 4, contact = 5 };
enum class TestKind : std::uint8_t { naat = 1, antigen = 2, antibody = 3 };
enum class TestResult : std::uint8_t { negative = 1, positive = 2, indeterminate = 3 };

struct Vaccination {
  Moment at;
  std::string vaccine;   // our code, "coronavac"; data/codes/vaccines.json
  std::string series;    // our schedule, "covid-19-two-dose"
  std::uint32_t dose{};  // 0: the issuer gave none
  std::string lot;       // at most 64 bytes; empty: none given
  friend bool operator==(const Vaccination&, const Vaccination&) = default;
};
struct Test {
  Moment at;  // of the specimen
  TestKind kind{TestKind::naat};
  TestResult result{TestResult::indeterminate};
  friend bool operator==(const Test&, const Test&) = default;
};
struct Recovery {
  Moment at;
  std::optional<Moment> until;
  friend bool operator==(const Recovery&, const Recovery&) = default;
};
struct Exemption {
  Moment at;
  std::optional<Moment> until;
  friend bool operator==(const Exemption&, const Exemption&) = default;
};
struct Contact {
  Moment at;
  friend bool operator==(const Contact&, const Contact&) = default;
};
using Fact = std::variant<Vaccination, Test, Recovery, Exemption, Contact>;  // in the order of RecordKind

// Privacy: personal data; stored sealed only, never logged.
struct Record {
  RecordId id;
  IssuerId issuer;
  BatchId batch;
  Moment entered_at;
  Fact fact;
  friend bool operator==(const Record&, const Record&) = default;
};

[[nodiscard]] RecordKind kind_of(const Fact& fact) noexcept;
// The moment that the JSON calls "at".
[[nodiscard]] Moment moment_of(const Fact& fact) noexcept;
[[nodiscard]] std::string_view name_of(RecordKind kind) noexcept;    // "vaccination"
[[nodiscard]] std::string_view name_of(TestKind kind) noexcept;      // "naat"
[[nodiscard]] std::string_view name_of(TestResult result) noexcept;  // "negative"

// Deterministic CBOR for the store. Shape: an array that starts with the version 1; moments before 1970 become 1970.
[[nodiscard]] Bytes encode(const Record& record);
// Errors: malformed for anything that encode() could not have written.
[[nodiscard]] Result<Record> decode_record(BytesView stored);

// The data of a citizen for the rules, as the top of this file says.
[[nodiscard]] boost::json::value to_json(std::span<const Record> records);

// The same for the same issuer and import.
[[nodiscard]] BatchId batch_id(const IssuerId& issuer, std::string_view import_id);
// The same for the same resource of the same batch. `resource` is what the resource is known by in its import.
[[nodiscard]] RecordId record_id(const BatchId& batch, std::string_view resource);

}  // namespace lindung::domain
