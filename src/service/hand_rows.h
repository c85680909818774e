// The hands on one citizen's colour as they are stored: under the citizen's key, kept when they are over, with the log
// indexes between which they counted, so that a past answer stays explainable.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/colour.h"
#include "domain/hand.h"
#include "service/partners.h"
#include "service/person_rows.h"
#include "store/database.h"

namespace lindung::service {

using HandId = Id<struct HandIdTag, ByteArray<16>>;  // random

// The numbers stand in stored rows.
enum class HandState : std::uint8_t {
  open = 1,
  ended = 2,     // an override taken back by officers
  expired = 3,   // its end came
  upheld = 4,    // a dispute
  rejected = 5,  // a dispute
};
[[nodiscard]] std::string_view name_of(HandState state) noexcept;
[[nodiscard]] std::string_view name_of(domain::HandKind kind) noexcept;  // "override", "dispute"

// Privacy: health status and its circumstances; stored sealed only.
struct KeptHand {
  HandId id;
  domain::HandKind kind{domain::HandKind::dispute};
  HandState state{HandState::open};
  Moment from;
  Moment until;                                  // of an override its expiry, of a dispute its deadline
  std::optional<Moment> ended_at;                // when officers decided before that
  std::uint64_t log_index_from{};                // of the entry with which it began to count
  std::optional<std::uint64_t> log_index_until;  // of the entry that says that it is over
  domain::Colour colour{domain::Colour::none};   // of an override
  std::string basis;                             // of an override: the legal basis
  std::string text;                              // of an override the case, of a dispute what it is about
  std::string outcome;                           // why it was decided as it was; empty while it is not
  CommandDigest command{};                       // the officer's command that laid it
  Hash salt{};                                   // of the commitments in the log
  Hash facts{};                                  // of a dispute: digest of the ids of the records it is about
};

// What the entry of the log commits to: HMAC(salt, action, command, and the hand with the log indexes that it had
// before that entry). With the salt, which is sealed, an auditor can check it; without, it says nothing.
[[nodiscard]] Hash commitment(const KeptHand& hand, const CitizenRef& citizen, std::string_view action,
                              const CommandDigest& command);

// Writes the row, anew or in place of what stood there.
[[nodiscard]] Result<void> put_hand(store::Transaction& transaction, const OpenPerson& person, const KeptHand& hand);
// In the order in which they were laid. Errors: corrupt when a row is not what was written.
[[nodiscard]] Result<std::vector<KeptHand>> read_hands(store::Transaction& transaction, const OpenPerson& person);
// Errors: not_found.
[[nodiscard]] Result<KeptHand> find_hand(store::Transaction& transaction, const OpenPerson& person, const HandId& id);

// As timelines see them now.
[[nodiscard]] std::vector<domain::Hand> hands_of(std::span<const KeptHand> hands);
// As they were when the answer with this log index was given: what came later is not seen.
[[nodiscard]] std::vector<domain::Hand> hands_before(std::span<const KeptHand> hands, std::uint64_t log_index);

}  // namespace lindung::service
