// What a detector says: what it saw, of whom, how much of it and how much is usual. An alarm opens an incident, or adds
// to the one that is open for the same thing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "domain/rule_set.h"

namespace lindung::domain {

// The numbers stand in the database.
enum class AlarmKind : std::uint8_t {
  by_hand = 0,             // no detector: an officer opened the incident
  canary_asked = 1,        // a question named a canary
  canary_found = 2,        // a canary stood in a leaked file
  token_polled = 3,        // one token was asked about again and again
  partner_pattern = 4,     // a partner asks more, or is denied more, than in its own past
  junk_tokens = 5,         // a partner asks with tokens that lead nowhere
  officer_lookups = 6,     // an officer looked up more people than in their own past
  issuer_velocity = 7,     // an issuer sent in more than in its own past
  log_forked = 8,          // a checkpoint does not extend the one before it
  unseals_failed = 9,      // wrong passphrases for the key ring
  signatures_failed = 10,  // under a partner's key, from places where that partner never was
};
inline constexpr AlarmKind last_alarm_kind = AlarmKind::signatures_failed;
[[nodiscard]] std::string_view name_of(AlarmKind kind) noexcept;  // "canary-asked"
// Errors: invalid_argument.
[[nodiscard]] Result<AlarmKind> parse_alarm_kind(std::string_view name);

// Whom an alarm or an incident concerns. The numbers stand in the database.
enum class SubjectKind : std::uint8_t { installation = 0, partner = 1, officer = 2, issuer = 3 };
[[nodiscard]] std::string_view name_of(SubjectKind kind) noexcept;

// Shape: `id` is the partner's, officer's or issuer's; of an officer who is known by a key only, its digest in hex.
// Privacy: names no citizen.
struct Subject {
  SubjectKind kind{SubjectKind::installation};
  std::string id{};
  friend bool operator==(const Subject&, const Subject&) = default;
  friend auto operator<=>(const Subject&, const Subject&) = default;
};
// "partner:gojek", "installation"; and back. Errors: invalid_argument.
[[nodiscard]] std::string text_of(const Subject& subject);
[[nodiscard]] Result<Subject> parse_subject(std::string_view text);

struct Alarm {
  AlarmKind kind{};
  Subject subject;
  Moment at;
  std::uint64_t count{};  // what was seen
  std::uint64_t usual{};  // what the past makes usual; 0 where none is
};

// What happened, as a sentence; what it may mean for people's data; what is done about it by default.
[[nodiscard]] Text title_of(AlarmKind kind);
[[nodiscard]] Text account_of(const Alarm& alarm);
[[nodiscard]] Text data_concerned(AlarmKind kind);
[[nodiscard]] Text usual_handling(AlarmKind kind);

}  // namespace lindung::domain
