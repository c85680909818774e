#include "travel/carrier_checks.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "domain/card_claims.h"
#include "domain/carrier_check.h"
#include "domain/journey.h"
#include "domain/nik.h"
#include "domain/route_rules.h"
#include "domain/travel_card.h"
#include "domain/travel_document.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/ring.h"
#include "travel/card_rows.h"
#include "travel/cards.h"
#include "travel/carriers.h"
#include "travel/day_keys.h"
#include "travel/day_list.h"
#include "travel/ground.h"
#include "travel/judged.h"

namespace lindung::travel {

namespace {

namespace json = boost::json;

constexpr std::chrono::days key_life{10};
constexpr std::chrono::days key_left{2};

// A card of nobody, sealed as a row is and with an answer as long as most are: what is opened where there is no card.
class Nobody {
 public:
  Nobody() : key_{crypto::random_bytes<32>()} {
    domain::TravelCard card;
    card.journey = {.scope = domain::JourneyScope::international,
                    .mode = domain::TravelMode::air,
                    .carrier = "ZZ",
                    .number = "ZZ 001",
                    .origin = "SIN",
                    .destination = "CGK",
                    .departure = Moment{},
                    .arrival = Moment{} + std::chrono::hours{2}};
    card.people.push_back({.document = {.kind = domain::DocumentKind::passport,
                                        .number = "X00000000",
                                        .issuing_state = "UTO",
                                        .nationality = "UTO",
                                        .name = {.family = "NOBODYSON", .given = "ANNA<MARIA"},
                                        .birth = {.year = 1990, .month = 1, .day = 1},
                                        .sex = domain::Sex::female,
                                        .expiry = std::chrono::year{2030} / 1 / 1},
                           .seat = "11F",
                           .guardian = {},
                           .symptoms = {},
                           .certificates = {}});
    card.contact = {.address = "Jalan Thamrin 1, Jakarta", .phone = "+620000000000"};
    CardAnswer answer{.fitness = domain::Fitness::not_fit, .people = {}, .rules = "routes-id-0000@0.1.0"};
    answer.people.push_back(
        {.certificates = {},
         .answer = {.fitness = domain::Fitness::not_fit,
                    .reasons = {{.rule = "international-vaccinated",
                                 .answer = domain::Fitness::not_fit,
                                 .text = {.id = "Perjalanan ini mensyaratkan vaksinasi lengkap bagi pelaku perjalanan.",
                                          .en = "This journey asks for a full vaccination of whoever travels."}}}}});
    const Card made{.id = {}, .version = 1, .card = std::move(card), .answer = std::move(answer), .changed_at = {}};
    row_ = {
        .id = {}, .day = {}, .version = 1, .state = CardState::valid, .sealed = seal_card_under(key_, made, Hash{})};
  }
  void open(const Ground& ground) const {
    static_cast<void>(day_key(ground, day_of(ground.clock.now())));
    static_cast<void>(open_card_under(key_, row_));
  }

 private:
  Secret<32> key_;
  CardRow row_;
};

// One look-up that finds a row and one that finds none, and one card that is opened, whatever was asked about: what a
// row costs tells nothing. Null: no card that is valid and can be read.
Result<std::optional<Card>> card_asked_about(const Ground& ground, const domain::CardId& id) {
  static const Nobody nobody;
  const domain::CardId nowhere{crypto::random_bytes<16>()};
  std::optional<CardRow> row;
  TRYV(ground.database.read([&](store::Transaction& transaction) -> Result<void> {
    BOOST_OUTCOME_TRY(row, load_card(transaction, id));
    if (!row) return load_any_card(transaction);
    TRY(none, load_card(transaction, nowhere));
    static_cast<void>(none);
    return ok();
  }));
  if (row && row->state == CardState::valid) {
    auto opened = open_card(ground, *row);
    if (opened.has_value()) return std::optional{std::move(opened.value().card)};
    if (opened.error().code != Errc::not_found) return opened.error();
  }
  nobody.open(ground);
  return std::optional<Card>{};
}

bool may_board_this(const Card& card, const Carrier& carrier, const domain::CarrierQuestion& question) {
  const auto& journey = card.card.journey;
  const bool is_this = card.version == question.version && journey.carrier == carrier.id &&
                       journey.number == question.number && domain::travel_day(journey) == question.departure;
  // Across the border a test comes on arrival; inside the country it comes before.
  const bool test_comes_later = journey.scope == domain::JourneyScope::international;
  return is_this && (card.answer.fitness == domain::Fitness::fit ||
                     (test_comes_later && card.answer.fitness == domain::Fitness::fit_with_test));
}

Result<void> log_answer(const Ground& ground, const Carrier& carrier, const domain::CarrierQuestion& question,
                        bool is_fit) {
  // Under a key of the ring: a stranger who guesses a card cannot look it up in the log.
  TRY(commitment,
      store::BlindIndex{ground.ring}.of(
          "travel-content", Message{}.text("carrier-answer").raw(domain::encode(question)).u8(is_fit ? 1 : 0).view()));
  return service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    TRYV(unit.log(log::OfficerEntry{.at = unit.now(),
                                    .action = "carrier.answered",
                                    .officer_key_digest = crypto::sha256(carrier.public_key),
                                    .case_digest = commitment}));
    return ok();
  });
}

}  // namespace

Result<bool> answer_carrier(const Ground& ground, const Carrier& carrier, const domain::CarrierQuestion& question) {
  TRY(card, card_asked_about(ground, question.card));
  const bool is_fit = card && may_board_this(*card, carrier, question);
  TRYV(log_answer(ground, carrier, question, is_fit));
  return is_fit;
}

Result<bool> keep_carrier_keys(const Ground& ground) {
  constexpr std::uint64_t ids = 256;
  const auto now = ground.clock.now();
  const auto newest = ground.ring.newest(store::KeyClass::carrier_exchange);
  if (newest.has_error() && newest.error().code != Errc::not_found) return newest.error();
  if (newest.has_value() && newest.value().not_after > now + key_left) return false;
  TRY(epoch, ground.ring.next_epoch(store::KeyClass::carrier_exchange));
  const auto key = crypto::X25519PrivateKey::generate();
  const auto id = epoch % ids;
  TRYV(service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                                .owner = "travel",
                                .use = "carrier-exchange",
                                .key_id = std::to_string(id),
                                .public_key_digest = crypto::sha256(key.public_key()),
                                .added = true}));
    return ok();
  }));
  TRYV(ground.ring.add({.name = {.cls = store::KeyClass::carrier_exchange, .scope = "", .epoch = epoch},
                        .number = id,
                        .not_before = now - std::chrono::hours{1},
                        .not_after = now + key_life},
                       key.bytes()));
  return true;
}

Result<std::string> carrier_key_document(const Ground& ground) {
  TRY(infos, ground.ring.list(store::KeyClass::carrier_exchange));
  json::array keys;
  for (const auto& info : infos) {
    if (info.not_after < ground.clock.now()) continue;
    TRY(bytes, ground.ring.key(info.name));
    keys.emplace_back(
        json::object{{"id", info.number},
                     {"public_key", codec::base64url(crypto::X25519PrivateKey::from_bytes(bytes).public_key())},
                     {"not_before", unix_seconds(info.not_before)},
                     {"not_after", unix_seconds(info.not_after)}});
  }
  return signed_document(ground, "lindung carrier keys v1", codec::to_text(json::object{{"keys", std::move(keys)}}));
}

}  // namespace lindung::travel
