// The entries of the transparency log: typed, deterministic CBOR, version 1 first (protocol.md section 11). The types
// are the allow-list: no field here can hold a person's data.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace lindung::log {

struct AnswerEntry {  // time is floored to 10 s by encode()
  PartnerId partner;
  std::uint64_t epoch{};
  Moment answered_at;
  Hash commitment{};
};
enum class PartnerChange : std::uint8_t { registered, pact_signed, active, suspended, resumed, cut, uncut, shredded };
struct PartnerEntry {
  Moment at;
  PartnerId partner;
  PartnerChange state{};
  std::uint64_t epoch{};
  Hash signed_digest{};  // digest of what was signed
};
struct KeyEntry {
  Moment at;
  std::string owner;  // "gateway", a partner id, an issuer id, a venue id in hex
  std::string use;    // "exchange", "request", "import", "venue", "directory", "log"
  std::string key_id;
  Hash public_key_digest{};
  bool added{};  // else revoked
};
struct LinkEntry {
  Moment at;
  PartnerId partner;
  std::uint64_t epoch{};
  Hash commitment{};  // to (link, consent)
  bool granted{};     // else withdrawn
};
struct ImportEntry {
  Moment at;
  IssuerId issuer;
  Hash import_id_digest{};
  std::uint64_t rows{}, accepted{}, rejected{}, quarantined{};
};
enum class RulesChange : std::uint8_t { proposed, activated, rolled_back };
struct RulesEntry {
  Moment at;
  std::string id;
  std::string version;
  Hash digest{};
  RulesChange change{};
};
struct RetentionEntry {
  Moment at;
  std::string what;        // "check-ins", "answers"
  std::uint64_t period{};  // the day or hour whose key was destroyed
};
struct OfficerEntry {
  Moment at;
  std::string action;
  Hash officer_key_digest{};
  Hash case_digest{};
};
using Entry =
    std::variant<AnswerEntry, PartnerEntry, KeyEntry, LinkEntry, ImportEntry, RulesEntry, RetentionEntry, OfficerEntry>;

// When it was made; an answer's time is floored to 10 s.
[[nodiscard]] Moment made_at(const Entry& entry);

// [1, type, fields in the order of the table]; enumerators and added/revoked, granted/withdrawn as text.
// Shape: the array's head counts its items, but the head of an answer says 5, as the frozen vectors do.
[[nodiscard]] Bytes encode(const Entry& entry);
// Errors: malformed for anything that encode() could not have written, an unknown type included.
[[nodiscard]] Result<Entry> decode(BytesView leaf);
// For whoever appends an entry with text from outside: what decode() would refuse must not get into the log.
// Errors: invalid_argument for a partner id other than [a-z0-9-]{1,32}, another text other than 1 to 128 printable
// ASCII characters, a time beyond 2^62.
[[nodiscard]] Result<void> check(const Entry& entry);

}  // namespace lindung::log
