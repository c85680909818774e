#include "service/hands.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/utf8.h"
#include "domain/hand.h"
#include "log/entry.h"
#include "service/hand_rows.h"
#include "service/hand_texts.h"
#include "service/logged_unit.h"
#include "service/notices.h"
#include "service/override_counts.h"
#include "service/partners.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/settings.h"
#include "service/timeline_writer.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::size_t longest_text = 1'000;
constexpr std::size_t hands_a_turn = 100;

// Where a hand stands.
struct Place {
  CitizenRef citizen;
  HandId id;
};

Result<std::uint64_t> log_hand(LoggedUnit& unit, const OpenPerson& person, const KeptHand& hand,
                               std::string_view action, const CommandDigest& command) {
  return unit.log(log::OfficerEntry{.at = unit.now(),
                                    .action = std::string{action},
                                    .officer_key_digest = {},
                                    .case_digest = commitment(hand, person.citizen, action, command)});
}

Result<void> write_timelines(LoggedUnit& unit, const Platform& platform, const OpenPerson& person) {
  TimelineWriter timelines{platform.ring};
  TRYV(timelines.begin(unit.transaction()));
  return timelines.write(unit.transaction(), person, unit.now());
}

Result<void> forget_due(store::Transaction& transaction, const Place& place) {
  TRYV(transaction.run(store::Sql{"DELETE FROM hand_due WHERE citizen_ref = $1 AND hand_id = $2"},
                       {place.citizen.bytes(), place.id.bytes()}));
  return ok();
}

// Looks again, now that the citizen is held: officers may have decided meanwhile, or another node been here.
Result<void> close_if_due(LoggedUnit& unit, const Platform& platform, const Place& place) {
  auto person = lock_person(unit.transaction(), platform.ring, place.citizen);
  if (person.has_error() && person.error().code == Errc::not_found) {  // erased since
    return forget_due(unit.transaction(), place);
  }
  if (person.has_error()) return person.error();
  TRY(hand, find_hand(unit.transaction(), person.value(), place.id));
  if (hand.state != HandState::open || hand.until > unit.now()) return ok();
  hand.state = HandState::expired;
  const bool is_override = hand.kind == domain::HandKind::override_colour;
  return lift_hand(unit, platform, person.value(), hand,
                   is_override ? hand_action::override_expired : hand_action::dispute_expired, {},
                   is_override ? told_of_ended_override(hand) : told_of_decided_dispute(hand));
}

}  // namespace

Result<OpenPerson> hold_citizen(LoggedUnit& unit, const Platform& platform, const CitizenRef& citizen) {
  TRY(dummy, read_setting(unit.transaction(), setting::dummy_citizen));
  if (dummy && std::ranges::equal(*dummy, citizen.bytes())) return fail(Errc::not_found, "no such citizen");
  return lock_person(unit.transaction(), platform.ring, citizen);
}

Result<void> lay_hand(LoggedUnit& unit, const Platform& platform, const OpenPerson& person, KeptHand& hand,
                      std::string_view action, const Told& told) {
  auto& transaction = unit.transaction();
  TRY(index, log_hand(unit, person, hand, action, hand.command));
  hand.log_index_from = index;
  TRYV(put_hand(transaction, person, hand));
  TRYV(transaction.run(store::Sql{"INSERT INTO hand_due (citizen_ref, hand_id, kind, due_at) VALUES ($1, $2, $3, $4)"},
                       {person.citizen.bytes(), hand.id.bytes(), static_cast<std::int64_t>(hand.kind),
                        static_cast<std::int64_t>(unix_seconds(hand.until))}));
  TRYV(write_timelines(unit, platform, person));
  if (hand.kind == domain::HandKind::override_colour) {
    TRYV(count_set(transaction, hand, unit.now()));
  }
  return put_notice(transaction, person, told.kind, told.text, unit.now());
}

Result<void> lift_hand(LoggedUnit& unit, const Platform& platform, const OpenPerson& person, KeptHand& hand,
                       std::string_view action, const CommandDigest& command, const Told& told) {
  auto& transaction = unit.transaction();
  TRY(index, log_hand(unit, person, hand, action, command));
  hand.log_index_until = index;
  TRYV(put_hand(transaction, person, hand));
  TRYV(forget_due(transaction, {.citizen = person.citizen, .id = hand.id}));
  if (hand.ended_at) {  // earlier than the timelines know
    TRYV(write_timelines(unit, platform, person));
  }
  if (hand.kind == domain::HandKind::override_colour) {
    TRYV(count_ended(transaction, hand, unit.now()));
  }
  return put_notice(transaction, person, told.kind, told.text, unit.now());
}

Result<void> check_text(std::string_view what, std::string_view text) {
  const bool is_plain = std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (text.empty() || text.size() > longest_text || !is_plain || !codec::is_utf8(text)) {
    return fail(Errc::invalid_argument, std::string{what} + ": 1 to 1000 bytes of text on one line are needed");
  }
  return ok();
}

Result<void> close_due_hands(const Platform& platform) {
  std::vector<Place> due;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    due.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT citizen_ref, hand_id FROM hand_due WHERE due_at <= $1 ORDER BY due_at LIMIT $2"},
        {static_cast<std::int64_t>(unix_seconds(platform.clock.now())), static_cast<std::int64_t>(hands_a_turn)},
        [&](const store::Row& row) {
          due.push_back({.citizen = CitizenRef{take<16>(row.bytes(0))}, .id = HandId{take<16>(row.bytes(1))}});
        }));
    return ok();
  }));
  std::optional<Error> failed;
  for (const auto& place : due) {
    const auto closed = write_logged(platform.database, platform.clock,
                                     [&](LoggedUnit& unit) { return close_if_due(unit, platform, place); });
    if (closed.has_error() && !failed) failed = closed.error();
  }
  if (failed) return *failed;
  return ok();
}

}  // namespace lindung::service
