// Legal requests: the one way in which an authority gets something about a person. It asks one of a closed list of
// questions, on a law, in writing; two officers grant or refuse it; the least that answers it is computed once, shown
// once and sealed; the person is told, at once or on a day that was given with its reason; everybody can count.
//
// Invariants
// 1. The answer is computed by the unit's own program from what is stored: no officer looks at records for it.
// 2. Whom to tell and when is written with the grant, in one unit: telling needs nobody's doing.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/partners.h"
#include "service/platform.h"

namespace lindung::service {

using LegalRequestId = Id<struct LegalRequestIdTag, ByteArray<16>>;  // random

// The numbers stand in sealed rows.
enum class LegalQuestion : std::uint8_t {
  colour_on = 1,            // the colour at a moment: a word
  visited = 2,              // whether they were at one venue in a range of days: yes or no
  linked = 3,               // whether they were linked to one partner in a range of days: yes or no
  certificate_genuine = 4,  // whether one signature is ours: yes or no; about nobody
};
[[nodiscard]] std::string_view name_of(LegalQuestion question) noexcept;  // "colour-on"
// Errors: invalid_argument.
[[nodiscard]] Result<LegalQuestion> parse_legal_question(std::string_view name);

enum class LegalState : std::uint8_t { asked = 1, granted = 2, refused = 3 };
[[nodiscard]] std::string_view name_of(LegalState state) noexcept;

// Privacy: who is suspected of what, by whom; stored sealed only.
struct LegalWish {
  std::string authority;  // an office, one line of 1 to 200 bytes
  std::string role;       // of who signed the letter, likewise; no name
  std::string basis;      // an id of data/codes/request-bases.json
  std::string reference;  // the letter's number, likewise
  LegalQuestion question{LegalQuestion::colour_on};
  std::optional<CitizenRef> citizen;  // of all questions about a person
  std::string about;                  // venue in hex, partner, or digest of a certificate in hex; else empty
  Moment from;                        // of colour_on the moment
  Moment until;                       // of a range, its end; at most 31 days behind its beginning
  std::optional<Moment> told_on;      // none: at once
  std::string because;                // why not at once; needed with told_on
};
struct LegalRequest {
  LegalRequestId id;
  LegalWish wish;
  LegalState state{LegalState::asked};
  Moment asked_at;
  std::optional<Moment> decided_at;
  std::optional<Moment> told_at;
  std::string answer;  // of a granted one
  std::string reason;  // of a refused one
  Hash salt{};         // of the commitments in the log
};

inline constexpr std::chrono::days longest_legal_range{31};
inline constexpr std::chrono::days longest_silence{730};

// Errors: invalid_argument, naming what is wrong; not_found for an unknown citizen.
[[nodiscard]] Result<LegalRequest> ask_legally(const Platform& platform, const LegalWish& wish,
                                               const CommandDigest& command);
// The answer that comes back is shown this once: show and list have it not.
// Errors: not_found; conflict when it was decided; unavailable when the days asked about are forgotten.
[[nodiscard]] Result<LegalRequest> grant_request(const Platform& platform, const LegalRequestId& id,
                                                 const CommandDigest& command);
// Errors: not_found; conflict; invalid_argument for the reason.
[[nodiscard]] Result<LegalRequest> refuse_request(const Platform& platform, const LegalRequestId& id,
                                                  const std::string& reason, const CommandDigest& command);
// Before its day. Told before: done already. Errors: not_found; conflict when it was not granted, or is about nobody.
[[nodiscard]] Result<LegalRequest> tell_of_request(const Platform& platform, const LegalRequestId& id);
// Tells everybody whose day has come.
[[nodiscard]] Result<void> tell_due_requests(const Platform& platform);

// Newest first, without answers.
[[nodiscard]] Result<std::vector<LegalRequest>> list_requests(const Platform& platform);
// Without its answer. Errors: not_found.
[[nodiscard]] Result<LegalRequest> find_request(const Platform& platform, const LegalRequestId& id);

// What everybody may count; a number from 1 to 4 is not told.
inline constexpr std::uint64_t fewest_requests_told = 5;
struct LegalCount {
  std::string month;
  std::string basis;
  std::optional<std::uint64_t> granted;
  std::optional<std::uint64_t> refused;
  std::optional<std::uint64_t> told;
  friend bool operator==(const LegalCount&, const LegalCount&) = default;
};
[[nodiscard]] Result<std::vector<LegalCount>> legal_figures(const Platform& platform);

}  // namespace lindung::service
