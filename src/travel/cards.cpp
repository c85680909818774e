#include "travel/cards.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "domain/journey.h"
#include "domain/travel_card.h"
#include "domain/travel_card_json.h"
#include "domain/travel_document.h"
#include "domain/travel_fault.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "travel/card_rows.h"
#include "travel/ground.h"
#include "travel/judged.h"

namespace lindung::travel {

namespace {

Result<Hash> content_mark(const Ground& ground, const domain::TravelCard& card) {
  return store::BlindIndex{ground.ring}.of("travel-content", as_bytes(codec::to_text(json_of(card))));
}

// Judged before the unit: certificates are read without anybody waiting for it.
Result<CardAnswer> judged(const Ground& ground, const domain::TravelCard& card) {
  const auto now = ground.clock.now();
  const auto faults = domain::faults_of(card, now, ground.terms.journey);
  if (!faults.empty()) return fail(Errc::malformed, "travel: " + domain::names_of(faults));
  const auto rules = ground.rules.get();
  if (!rules) return fail(Errc::unavailable, "no route rules are in force");
  TRY(trust, ground.trust());
  return judge_card(card, *trust, *rules, now);
}

void let_texts_go(domain::TravelCard& card) {
  for (auto& person : card.people) person.certificates.clear();
}

// Who knows a card's id can find its entries; nobody else can tell what card one is about.
Result<void> log_card(service::LoggedUnit& unit, std::string action, const CardId& id, std::uint64_t version) {
  const auto digest = crypto::sha256(Message{}.text("lindung travel card v1").u8(0).raw(id.bytes()).be(version).view());
  TRYV(unit.log(log::OfficerEntry{
      .at = unit.now(), .action = std::move(action), .officer_key_digest = {}, .case_digest = digest}));
  return ok();
}

Result<void> check_secret(const Ground& ground, const CardId& id, const CardSecret& secret) {
  TRY(known, secret_of(ground, id));
  if (!equal_secret(known, secret)) return fail(Errc::not_found);
  return ok();
}

// What a filing of this id made before.
Result<std::optional<CardId>> find_filing(store::Transaction& transaction, const FilingId& filing, const Hash& mark) {
  std::optional<CardId> card;
  bool is_other = false;
  TRYV(transaction.run(store::Sql{"SELECT card_id, content FROM travel_filing WHERE filing_id = $1"},
                       {BytesView{filing}}, [&](const store::Row& row) {
                         card = CardId{take<16>(row.bytes(0))};
                         is_other = !std::ranges::equal(row.bytes(1), mark);
                       }));
  if (is_other) return fail(Errc::replay_conflict, "this filing id was used for another card");
  return card;
}

Result<bool> has_crossed(store::Transaction& transaction, const CardId& id) {
  TRY(rows, transaction.run(store::Sql{"SELECT uses FROM travel_crossing WHERE card_id = $1"}, {id.bytes()}));
  return rows > 0;
}

}  // namespace

Result<CardSecret> secret_of(const Ground& ground, const CardId& id) {
  TRY(mark, store::BlindIndex{ground.ring}.of("travel-secret", id.bytes()));
  return take<16>(mark);
}

Result<FiledCard> file_card(const Ground& ground, const FilingId& filing, domain::TravelCard card) {
  TRY(answer, judged(ground, card));
  TRY(mark, content_mark(ground, card));
  let_texts_go(card);
  FiledCard filed{.card = {.id = CardId{crypto::random_bytes<16>()},
                           .version = 1,
                           .card = std::move(card),
                           .answer = std::move(answer),
                           .changed_at = {}}};
  std::optional<CardId> known;
  TRYV(service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    auto found = find_filing(unit.transaction(), filing, mark);
    if (found.has_error()) return found.error();
    known = found.value();
    if (known) return ok();
    filed.card.changed_at = unit.now();
    TRYV(insert_card(ground, unit.transaction(), filed.card, mark));
    const std::int64_t day = domain::travel_day(filed.card.card.journey).number;
    TRYV(unit.transaction().run(store::Sql{"INSERT INTO travel_filing (filing_id, travel_day, content, card_id) "
                                           "VALUES ($1, $2, $3, $4)"},
                                {BytesView{filing}, day, BytesView{mark}, filed.card.id.bytes()}));
    return log_card(unit, "travel.card.filed", filed.card.id, 1);
  }));
  if (known) {
    BOOST_OUTCOME_TRY(filed.card, read_card(ground, *known));
  }
  BOOST_OUTCOME_TRY(filed.secret, secret_of(ground, filed.card.id));
  return filed;
}

Result<Card> read_card(const Ground& ground, const CardId& id) {
  std::optional<CardRow> row;
  TRYV(ground.database.read([&](store::Transaction& transaction) -> Result<void> {
    BOOST_OUTCOME_TRY(row, load_card(transaction, id));
    return ok();
  }));
  if (!row || row->state != CardState::valid) return fail(Errc::not_found);
  TRY(opened, open_card(ground, *row));
  return std::move(opened.card);
}

Result<Card> show_card(const Ground& ground, const CardId& id, const CardSecret& secret) {
  TRYV(check_secret(ground, id, secret));
  return read_card(ground, id);
}

Result<Card> change_card(const Ground& ground, const CardId& id, const CardSecret& secret, domain::TravelCard card) {
  TRYV(check_secret(ground, id, secret));
  TRY(answer, judged(ground, card));
  TRY(mark, content_mark(ground, card));
  let_texts_go(card);
  Card changed{.id = id, .version = 0, .card = std::move(card), .answer = std::move(answer), .changed_at = {}};
  std::optional<Card> same;
  TRYV(service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    same.reset();
    TRY(row, load_card(unit.transaction(), id));
    if (!row || row->state != CardState::valid) return fail(Errc::not_found);
    TRY(before, open_card(ground, *row));
    if (before.mark == mark) {
      same = std::move(before.card);
      return ok();
    }
    TRY(crossed, has_crossed(unit.transaction(), id));
    if (crossed) return fail(Errc::replay_conflict, "somebody has crossed a border on this card");
    changed.version = row->version + 1;
    changed.changed_at = unit.now();
    TRYV(remove_card(unit.transaction(), *row, before.card.card));
    TRYV(insert_card(ground, unit.transaction(), changed, mark));
    // The list of the day and port that the card has left still says that its codes are void.
    TRYV(keep_void(unit.transaction(), *row, before.card.card.journey, changed));
    return log_card(unit, "travel.card.changed", id, changed.version);
  }));
  return same ? std::move(*same) : std::move(changed);
}

Result<void> withdraw_card(const Ground& ground, const CardId& id, const CardSecret& secret) {
  TRYV(check_secret(ground, id, secret));
  return service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    TRY(row, load_card(unit.transaction(), id));
    if (!row) return fail(Errc::not_found);
    if (row->state == CardState::withdrawn) return ok();
    TRY(before, open_card(ground, *row));
    TRYV(empty_card(unit.transaction(), *row, before.card.card));
    return log_card(unit, "travel.card.withdrawn", id, row->version);
  });
}

Result<Card> find_by_document(const Ground& ground, const domain::TravelDocument& document, Day day) {
  TRY(index, person_index(ground, document, day));
  std::optional<CardId> found;
  TRYV(ground.database.read([&](store::Transaction& transaction) -> Result<void> {
    found.reset();
    TRYV(transaction.run(store::Sql{"SELECT card_id FROM travel_card_person WHERE person_index = $1 LIMIT 1"},
                         {BytesView{index}}, [&](const store::Row& row) { found = CardId{take<16>(row.bytes(0))}; }));
    return ok();
  }));
  if (!found) return fail(Errc::not_found);
  return read_card(ground, *found);
}

}  // namespace lindung::travel
