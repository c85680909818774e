// What an officer decided at a desk, as the device signs it: each decision holds the hash of the one before it, so that
// none can be taken out of the row, changed or put in later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/border_desk.h"
#include "domain/card_claims.h"
#include "domain/travel_card.h"

namespace lindung::domain {

inline constexpr std::size_t longest_desk_reason = 200;  // bytes of UTF-8, without control characters
inline constexpr std::size_t shortest_desk_reason = 3;

// Privacy: `reason` is what an officer wrote about a person; stored sealed only.
struct BorderDecision {
  std::string device;      // its key id, [a-z0-9.-]{1,64}
  std::uint64_t number{};  // 1 for the first of a device, without gaps
  Hash previous{};         // decision_hash() of the one before; zeros for the first
  Moment at;
  Moment scanned_at;
  std::string port;
  CardId card;
  std::uint64_t version{};  // of the card
  Day travel_date;
  std::uint64_t place{};  // of the person on the card, from 0
  DocumentMark mark{};    // of the person's document: the same through all versions of the card
  DeskVerdict verdict{};
  bool is_override{};
  DeskFindings findings;
  std::string reason;             // empty unless is_override or isolate
  std::vector<Symptom> symptoms;  // of who is isolated, at least one; in the order of their numbers
};

// Whether an officer overrode what had been decided about the same person before.
[[nodiscard]] bool knew_of_others(const BorderDecision& decision) noexcept;

struct SignedDecision {
  BorderDecision decision;
  Bytes body;
  crypto::Ed25519Signature signature{};
};

// Deterministic CBOR: one spelling. Errors: invalid_argument for an override without a reason or a reason that is too
// long or no text.
[[nodiscard]] Result<SignedDecision> sign_decision(BorderDecision decision, const crypto::Ed25519PrivateKey& key);
// body | signature, as it travels. Errors: malformed for anything that sign_decision() could not have written.
[[nodiscard]] Bytes decision_bytes(const SignedDecision& decision);
[[nodiscard]] Result<SignedDecision> read_decision(BytesView bytes);
[[nodiscard]] bool is_signed_by(const SignedDecision& decision, const crypto::Ed25519PublicKey& key) noexcept;
[[nodiscard]] Hash decision_hash(const SignedDecision& decision);

// Where a device's row of decisions ends, as somebody knows it.
struct DecisionRow {
  std::uint64_t number{};  // of the last; 0: none yet
  Hash hash{};
};
// The next of the row. Errors: conflict where it does not follow: a gap, or another past than was told before.
[[nodiscard]] Result<void> follow(DecisionRow& row, const SignedDecision& decision);

// What two desks did with one crossing that does not go together; the numbers stand in stored rows.
enum class DeskConflict : std::uint8_t {
  none = 0,
  admitted_twice = 1,        // more often than the card allows
  refused_and_admitted = 2,  // at different desks, and the second did not know
};
[[nodiscard]] std::string_view name_of(DeskConflict conflict) noexcept;  // "admitted-twice"

// Of one person on one card.
struct DeskPassing {
  std::string device;
  DeskVerdict verdict{};
  bool knew_of_others{};  // an override of what another desk had done
  Moment at;
};
[[nodiscard]] DeskConflict conflict_of(std::span<const DeskPassing> passings, std::uint64_t crossings);

}  // namespace lindung::domain
