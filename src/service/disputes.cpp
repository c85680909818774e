#include "service/disputes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "domain/hand.h"
#include "service/hand_rows.h"
#include "service/hand_texts.h"
#include "service/hands.h"
#include "service/logged_unit.h"
#include "service/partners.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

namespace {

// The same as long as the citizen's records are the same.
Result<Hash> facts_of(store::Transaction& transaction, const OpenPerson& person) {
  TRY(records, read_records(transaction, person));
  std::ranges::sort(records, {}, [](const auto& record) { return record.id; });
  Message ids;
  for (const auto& record : records) ids.raw(record.id.bytes());
  return crypto::sha256(ids.view());
}

Result<void> check_earlier(const std::vector<KeptHand>& hands, const Hash& facts, Moment now) {
  for (const auto& hand : hands) {
    if (hand.kind != domain::HandKind::dispute) continue;
    if (hand.state == HandState::open && hand.until > now) return fail(Errc::conflict, "a dispute is open");
    if (hand.state == HandState::rejected && hand.facts == facts) {
      return fail(Errc::conflict, "a dispute of these records was rejected, and no new one came in");
    }
  }
  return ok();
}

}  // namespace

Result<KeptHand> open_dispute(const Platform& platform, const CitizenRef& citizen, const std::string& about,
                              const CommandDigest& command) {
  TRYV(check_text("about", about));
  const HandId id{crypto::random_bytes<16>()};
  const auto salt = crypto::random_bytes<32>();
  KeptHand hand;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(person, hold_citizen(unit, platform, citizen));
    TRY(facts, facts_of(unit.transaction(), person));
    TRY(earlier, read_hands(unit.transaction(), person));
    TRYV(check_earlier(earlier, facts, unit.now()));
    hand = {.id = id,
            .kind = domain::HandKind::dispute,
            .state = HandState::open,
            .from = unit.now(),
            .until = unit.now() + platform.hands.dispute_time,
            .ended_at = {},
            .log_index_from = 0,
            .log_index_until = {},
            .colour = {},
            .basis = {},
            .text = about,
            .outcome = {},
            .command = command,
            .salt = salt,
            .facts = facts};
    return lay_hand(unit, platform, person, hand, hand_action::dispute_opened, told_of_open_dispute(hand));
  }));
  return hand;
}

Result<KeptHand> resolve_dispute(const Platform& platform, const CitizenRef& citizen, const HandId& id,
                                 DisputeOutcome outcome, const std::string& reason, const CommandDigest& command) {
  TRYV(check_text("reason", reason));
  KeptHand hand;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(person, hold_citizen(unit, platform, citizen));
    TRY(found, find_hand(unit.transaction(), person, id));
    if (found.kind != domain::HandKind::dispute) return fail(Errc::not_found, "this is no dispute");
    if (found.state != HandState::open || found.until <= unit.now()) {
      return fail(Errc::conflict, "this dispute is over");
    }
    hand = found;
    const bool is_upheld = outcome == DisputeOutcome::upheld;
    hand.state = is_upheld ? HandState::upheld : HandState::rejected;
    hand.ended_at = unit.now();
    hand.outcome = reason;
    return lift_hand(unit, platform, person, hand,
                     is_upheld ? hand_action::dispute_upheld : hand_action::dispute_rejected, command,
                     told_of_decided_dispute(hand));
  }));
  return hand;
}

Result<std::vector<KeptHand>> list_disputes(const Platform& platform, const CitizenRef& citizen) {
  std::vector<KeptHand> hands;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(person, open_person(transaction, platform.ring, citizen));
    BOOST_OUTCOME_TRY(hands, read_hands(transaction, person));
    return ok();
  }));
  std::erase_if(hands, [](const KeptHand& hand) { return hand.kind != domain::HandKind::dispute; });
  return hands;
}

Result<std::vector<OpenDispute>> open_disputes(const Platform& platform, std::size_t limit) {
  std::vector<OpenDispute> open;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    open.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT citizen_ref, hand_id, due_at FROM hand_due WHERE kind = $1 AND due_at > $2 "
                   "ORDER BY due_at, hand_id LIMIT $3"},
        {static_cast<std::int64_t>(domain::HandKind::dispute),
         static_cast<std::int64_t>(unix_seconds(platform.clock.now())), static_cast<std::int64_t>(limit)},
        [&](const store::Row& row) {
          open.push_back({.citizen = CitizenRef{take<16>(row.bytes(0))},
                          .id = HandId{take<16>(row.bytes(1))},
                          .deadline = moment_of(static_cast<std::uint64_t>(row.integer(2)))});
        }));
    return ok();
  }));
  return open;
}

}  // namespace lindung::service
