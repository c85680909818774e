#include "service/overrides.h"

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/colour.h"
#include "domain/hand.h"
#include "domain/legal_basis.h"
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

Result<void> check(const NewOverride& wanted) {
  if (wanted.colour == domain::Colour::none) return fail(Errc::invalid_argument, "an override has a colour");
  TRYV(domain::find_legal_basis(wanted.basis));
  return check_text("case", wanted.reason);
}

Result<void> check_end(Moment now, Moment until, seconds longest) {
  if (until <= now) return fail(Errc::invalid_argument, "an override ends after it begins");
  if (until - now > longest) {
    return fail(Errc::invalid_argument,
                "an override lasts at most " +
                    std::to_string(std::chrono::duration_cast<std::chrono::days>(longest).count()) + " days");
  }
  return ok();
}

}  // namespace

Result<KeptHand> set_override(const Platform& platform, const NewOverride& wanted, const CommandDigest& command) {
  TRYV(check(wanted));
  const KeptHand fresh{.id = HandId{crypto::random_bytes<16>()},
                       .kind = domain::HandKind::override_colour,
                       .state = HandState::open,
                       .from = {},
                       .until = wanted.until,
                       .ended_at = {},
                       .log_index_from = 0,
                       .log_index_until = {},
                       .colour = wanted.colour,
                       .basis = wanted.basis,
                       .text = wanted.reason,
                       .outcome = {},
                       .command = command,
                       .salt = crypto::random_bytes<32>(),
                       .facts = {}};
  auto hand = fresh;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    hand = fresh;
    hand.from = unit.now();
    TRYV(check_end(unit.now(), wanted.until, platform.hands.longest_override));
    TRY(person, hold_citizen(unit, platform, wanted.citizen));
    return lay_hand(unit, platform, person, hand, hand_action::override_set, told_of_set_override(hand));
  }));
  return hand;
}

Result<KeptHand> end_override(const Platform& platform, const CitizenRef& citizen, const HandId& id,
                              const std::string& reason, const CommandDigest& command) {
  TRYV(check_text("reason", reason));
  KeptHand hand;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(person, hold_citizen(unit, platform, citizen));
    TRY(found, find_hand(unit.transaction(), person, id));
    if (found.kind != domain::HandKind::override_colour) return fail(Errc::not_found, "this is no override");
    if (found.state != HandState::open || found.until <= unit.now()) {
      return fail(Errc::conflict, "this override is over");
    }
    hand = found;
    hand.state = HandState::ended;
    hand.ended_at = unit.now();
    hand.outcome = reason;
    return lift_hand(unit, platform, person, hand, hand_action::override_ended, command, told_of_ended_override(hand));
  }));
  return hand;
}

Result<std::vector<KeptHand>> list_overrides(const Platform& platform, const CitizenRef& citizen) {
  std::vector<KeptHand> hands;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(person, open_person(transaction, platform.ring, citizen));
    BOOST_OUTCOME_TRY(hands, read_hands(transaction, person));
    return ok();
  }));
  std::erase_if(hands, [](const KeptHand& hand) { return hand.kind != domain::HandKind::override_colour; });
  return hands;
}

}  // namespace lindung::service
