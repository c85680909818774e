#include "travel/day_list.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "domain/card_claims.h"
#include "domain/journey.h"
#include "store/database.h"
#include "store/ring.h"
#include "travel/cards.h"
#include "travel/day_keys.h"
#include "travel/ground.h"

namespace lindung::travel {

namespace json = boost::json;

Result<DayList> day_list(const Ground& ground, const std::string& port, Day day) {
  if (domain::find_port(port) == nullptr) return fail(Errc::not_found, "no such port");
  TRY(key, document_key(ground, day));
  DayList list{.port = port, .day = day, .made_at = ground.clock.now(), .cards = {}, .document_key = std::move(key)};
  TRYV(ground.database.read([&](store::Transaction& transaction) -> Result<void> {
    list.cards.clear();
    TRYV(transaction.run(store::Sql{"SELECT card_id, version, state FROM travel_card_port WHERE port = $1 AND "
                                    "travel_day = $2 ORDER BY card_id"},
                         {std::string_view{port}, std::int64_t{day.number}}, [&](const store::Row& row) {
                           list.cards.push_back({.id = domain::CardId{take<16>(row.bytes(0))},
                                                 .version = static_cast<std::uint64_t>(row.integer(1)),
                                                 .state = static_cast<CardState>(row.integer(2))});
                         }));
    return ok();
  }));
  return list;
}

Result<std::string> signed_day_list(const Ground& ground, const DayList& list) {
  json::array cards;
  for (const auto& each : list.cards) {
    cards.emplace_back(
        json::array{codec::hex(each.id.bytes()), each.version, each.state == CardState::valid ? "valid" : "withdrawn"});
  }
  const json::object content{{"port", list.port},
                             {"day", list.day.number},
                             {"made_at", unix_seconds(list.made_at)},
                             {"document_key", codec::base64url(list.document_key.view())},
                             {"cards", std::move(cards)}};
  return signed_document(ground, "lindung travel day list v1", codec::to_text(content));
}

Result<std::string> signed_document(const Ground& ground, std::string_view label, const std::string& payload) {
  TRY(seed, ground.ring.key({.cls = store::KeyClass::directory, .scope = "", .epoch = 1}));
  const auto signature =
      crypto::Ed25519PrivateKey::from_seed(seed).sign(Message{}.text(label).u8(0).text(payload).view());
  return codec::to_text(
      json::object{{"payload", codec::base64url(as_bytes(payload))}, {"signature", codec::base64url(signature)}});
}

}  // namespace lindung::travel
