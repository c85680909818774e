// Who looked at a citizen: the answers about them, found by a sealed index of each day that goes with the day's key,
// and what officers saw, under the citizen's own key. The index is built behind the commits of answers, never inside
// them.
//
// Invariants
// 1. An answer is indexed once: where the index ends is moved in the unit that adds to it.
// 2. What an officer saw is logged and written down before it is shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/platform.h"

namespace lindung::service {

// Takes up to so many entries of the log into the index. Returns whether it reached the end.
[[nodiscard]] Result<bool> index_looks(const Platform& platform, std::size_t entries);

// What an officer is about to see of a citizen. Shape: action is the command's name, purpose a word or empty.
// Privacy: an officer is named to the operator only; the citizen reads what they are there for.
struct OfficerLook {
  CitizenRef citizen;
  std::string officer{};  // roles, as text_of() writes them: "health-office"; empty for one of a key alone
  OfficerId counted{};    // whose look it is in the counts; empty: nobody's
  Hash officer_key_digest{};
  std::string action{};
  std::string purpose{};
};
// Logged with a digest that tells nobody whom it is about, and kept for the citizen. Nothing for a citizen who is not
// there. Counted under its purpose. Errors: invalid_argument for a text of more than 128 printable characters.
[[nodiscard]] Result<void> record_look(const Platform& platform, const OfficerLook& look);

// SHA-256("lindung look v1" | 0x00 | opening | officer | 0x00 | action | 0x00 | purpose): the entry's case digest.
[[nodiscard]] Hash look_digest(const ByteArray<16>& opening, const OfficerLook& look);

struct KeptOfficerLook {
  std::uint64_t log_index{};
  Moment at;
  ByteArray<16> opening{};
  OfficerLook look;  // without whose it is
};

inline constexpr std::uint64_t to_the_end = std::uint64_t{1} << 62U;  // of the log: before no index

struct Looks {
  std::vector<std::uint64_t> answers;  // indexes of the log, newest first
  std::vector<KeptOfficerLook> officers;
  std::optional<Day> kept_from;  // of answers: the first day that is not forgotten
};
// At most so many of each, before that index of the log. Privacy: one person's.
[[nodiscard]] Result<Looks> list_looks(const Platform& platform, const CitizenRef& citizen, std::uint64_t before,
                                       std::size_t at_most);

}  // namespace lindung::service
