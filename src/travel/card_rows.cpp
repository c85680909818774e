#include "travel/card_rows.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/random.h"
#include "domain/journey.h"
#include "domain/json_fields.h"
#include "domain/travel_card.h"
#include "domain/travel_card_json.h"
#include "domain/travel_document.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "travel/cards.h"
#include "travel/day_keys.h"
#include "travel/ground.h"
#include "travel/judged.h"

namespace lindung::travel {

namespace {

namespace json = boost::json;

constexpr std::string_view card_table = "travel_card";
constexpr std::string_view certificate_table = "travel_certificate";
constexpr codec::JsonLimits row_limits{.bytes = 1UL << 20U, .depth = 12};

std::int64_t number_of(Day day) { return day.number; }
std::int64_t number_of(CardState state) { return static_cast<std::int64_t>(state); }

// What each certificate came to stands in a row of its own.
json::object without_certificates(const CardAnswer& answer) {
  auto out = json_of(answer);
  for (auto& person : out.at("people").as_array()) person.as_object()["certificates"] = json::array{};
  return out;
}

Bytes certificate_key(const CardId& id, std::size_t place, std::size_t slot) {
  return Message{}.raw(id.bytes()).u8(static_cast<std::uint8_t>(place)).u8(static_cast<std::uint8_t>(slot)).take();
}

std::string text_of(const JudgedCertificate& each) {
  return codec::to_text(json::object{
      {"format", each.format}, {"outcome", each.outcome}, {"reason", each.reason}, {"content", each.content}});
}

Result<void> insert_certificates(const Ground& ground, store::Transaction& transaction, const Card& card, Day day) {
  for (std::size_t place = 0; place < card.answer.people.size(); ++place) {
    const auto& certificates = card.answer.people[place].certificates;
    for (std::size_t slot = 0; slot < certificates.size(); ++slot) {
      const auto key = certificate_key(card.id, place, slot);
      const auto text = text_of(certificates[slot]);
      TRY(sealed, seal_row(ground, day, certificate_table, key, as_bytes(text)));
      TRYV(transaction.run(store::Sql{"INSERT INTO travel_certificate (card_id, place, slot, travel_day, sealed) "
                                      "VALUES ($1, $2, $3, $4, $5)"},
                           {card.id.bytes(), static_cast<std::int64_t>(place), static_cast<std::int64_t>(slot),
                            number_of(day), BytesView{sealed}}));
    }
  }
  return ok();
}

Result<void> put_port(store::Transaction& transaction, const std::string& port, Day day, const CardId& id,
                      std::uint64_t version, CardState state) {
  TRYV(transaction.run(
      store::Sql{"INSERT INTO travel_card_port (port, travel_day, card_id, version, state) VALUES ($1, $2, $3, $4, $5) "
                 "ON CONFLICT (port, travel_day, card_id) DO UPDATE SET version = $4, state = $5"},
      {std::string_view{port}, number_of(day), id.bytes(), static_cast<std::int64_t>(version), number_of(state)}));
  return ok();
}

// The rows that tell of people.
Result<void> remove_people(store::Transaction& transaction, const CardId& id) {
  TRYV(transaction.run(store::Sql{"DELETE FROM travel_card_person WHERE card_id = $1"}, {id.bytes()}));
  TRYV(transaction.run(store::Sql{"DELETE FROM travel_certificate WHERE card_id = $1"}, {id.bytes()}));
  return ok();
}

Result<OpenedCard> read_row(const CardRow& row, BytesView opened) {
  const auto bad = [] { return fail(Errc::corrupt, "a card's row"); };
  auto parsed = codec::parse_json(as_text(opened), row_limits);
  if (parsed.has_error()) return bad();
  const auto fields = domain::JsonFields::of(parsed.value(), "row", {"card", "answer", "mark", "changed_at"});
  if (fields.has_error()) return bad();
  auto card = domain::read_travel_card(fields.value().any("card"));
  auto answer = read_answer(fields.value().any("answer"));
  const auto* mark_text = fields.value().any("mark").if_string();
  const auto mark = codec::from_hex(mark_text == nullptr ? std::string_view{} : std::string_view{*mark_text});
  const auto changed = fields.value().moment("changed_at");
  if (card.has_error() || answer.has_error() || mark.has_error() || mark.value().size() != Hash{}.size() ||
      changed.has_error()) {
    return bad();
  }
  return OpenedCard{.card = {.id = row.id,
                             .version = row.version,
                             .card = std::move(card).value(),
                             .answer = std::move(answer).value(),
                             .changed_at = changed.value()},
                    .mark = take<32>(mark.value())};
}

}  // namespace

Result<std::optional<CardRow>> load_card(store::Transaction& transaction, const CardId& id) {
  std::optional<CardRow> found;
  TRYV(transaction.run(store::Sql{"SELECT travel_day, version, state, sealed FROM travel_card WHERE card_id = $1"},
                       {id.bytes()}, [&](const store::Row& row) {
                         found = CardRow{.id = id,
                                         .day = Day{static_cast<std::uint32_t>(row.integer(0))},
                                         .version = static_cast<std::uint64_t>(row.integer(1)),
                                         .state = static_cast<CardState>(row.integer(2)),
                                         .sealed = to_bytes(row.bytes(3))};
                       }));
  return found;
}

// At a random place: what is in memory and what on the disk is the same lot for it as for a card that was asked for.
Result<void> load_any_card(store::Transaction& transaction) {
  const auto place = crypto::random_bytes<16>();
  Bytes sealed;
  TRYV(transaction.run(store::Sql{"SELECT travel_day, version, state, sealed FROM travel_card WHERE card_id >= $1 "
                                  "ORDER BY card_id LIMIT 1"},
                       {BytesView{place}}, [&](const store::Row& row) { sealed = to_bytes(row.bytes(3)); }));
  return ok();
}

Result<OpenedCard> open_card(const Ground& ground, const CardRow& row) {
  const auto key = day_key(ground, row.day);
  if (key.has_error()) {
    if (key.error().code == Errc::denied) return fail(Errc::not_found);
    return key.error();
  }
  auto opened = open_card_under(key.value(), row);
  if (opened.has_error() && opened.error().code == Errc::denied) return fail(Errc::not_found);
  return opened;
}

Bytes seal_card_under(const Secret<32>& key, const Card& card, const Hash& mark) {
  const auto text = codec::to_text(json::object{{"card", json_of(card.card)},
                                                {"answer", without_certificates(card.answer)},
                                                {"mark", codec::hex(mark)},
                                                {"changed_at", rfc3339(card.changed_at)}});
  return seal_row_under(key, card_table, card.id.bytes(), as_bytes(text));
}

Result<OpenedCard> open_card_under(const Secret<32>& key, const CardRow& row) {
  TRY(opened, open_row_under(key, card_table, row.id.bytes(), row.sealed));
  return read_row(row, opened);
}

Result<void> insert_card(const Ground& ground, store::Transaction& transaction, const Card& card, const Hash& mark) {
  const auto day = domain::travel_day(card.card.journey);
  TRY(key, day_key(ground, day));
  const auto sealed = seal_card_under(key, card, mark);
  TRYV(transaction.run(store::Sql{"INSERT INTO travel_card (card_id, travel_day, version, state, sealed) "
                                  "VALUES ($1, $2, $3, $4, $5)"},
                       {card.id.bytes(), number_of(day), static_cast<std::int64_t>(card.version),
                        number_of(CardState::valid), BytesView{sealed}}));
  TRYV(transaction.run(store::Sql{"INSERT INTO travel_card_day (travel_day, card_id) VALUES ($1, $2)"},
                       {number_of(day), card.id.bytes()}));
  TRYV(put_port(transaction, port_of(card.card.journey), day, card.id, card.version, CardState::valid));
  for (std::size_t place = 0; place < card.card.people.size(); ++place) {
    TRY(index, person_index(ground, card.card.people[place].document, day));
    TRYV(transaction.run(store::Sql{"INSERT INTO travel_card_person (person_index, card_id, place, travel_day) "
                                    "VALUES ($1, $2, $3, $4)"},
                         {BytesView{index}, card.id.bytes(), static_cast<std::int64_t>(place), number_of(day)}));
  }
  return insert_certificates(ground, transaction, card, day);
}

Result<void> remove_card(store::Transaction& transaction, const CardRow& row, const domain::TravelCard& card) {
  TRYV(transaction.run(store::Sql{"DELETE FROM travel_card WHERE card_id = $1"}, {row.id.bytes()}));
  TRYV(transaction.run(store::Sql{"DELETE FROM travel_card_day WHERE travel_day = $1 AND card_id = $2"},
                       {number_of(row.day), row.id.bytes()}));
  TRYV(transaction.run(store::Sql{"DELETE FROM travel_card_port WHERE port = $1 AND travel_day = $2 AND card_id = $3"},
                       {std::string_view{port_of(card.journey)}, number_of(row.day), row.id.bytes()}));
  return remove_people(transaction, row.id);
}

Result<void> keep_void(store::Transaction& transaction, const CardRow& before, const domain::Journey& journey_before,
                       const Card& now) {
  const auto& port = port_of(journey_before);
  if (port == port_of(now.card.journey) && before.day == domain::travel_day(now.card.journey)) return ok();
  return put_port(transaction, port, before.day, before.id, before.version, CardState::withdrawn);
}

Result<void> empty_card(store::Transaction& transaction, const CardRow& row, const domain::TravelCard& card) {
  TRYV(transaction.run(store::Sql{"UPDATE travel_card SET state = $1, sealed = $2 WHERE card_id = $3"},
                       {number_of(CardState::withdrawn), BytesView{}, row.id.bytes()}));
  TRYV(put_port(transaction, port_of(card.journey), row.day, row.id, row.version, CardState::withdrawn));
  return remove_people(transaction, row.id);
}

Result<Hash> person_index(const Ground& ground, const domain::TravelDocument& document, Day day) {
  const auto value = Message{}
                         .be(day.number)
                         .u8(static_cast<std::uint8_t>(document.kind))
                         .text(document.issuing_state)
                         .u8(0)
                         .text(document.number)
                         .take();
  return store::BlindIndex{ground.ring}.of("travel-document", value);
}

}  // namespace lindung::travel
