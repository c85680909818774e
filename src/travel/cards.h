// Travel health cards: filed, shown, changed and withdrawn by whoever holds the card's secret, and by nobody else.
//
// Invariants
// 1. A card is durable, with its entry in the log, before its secret or its code leaves.
// 2. The secret stands nowhere: it is computed from the card's id under a key of the ring. A wrong one and a card that
//    there is not give the same answer for the same work.
// 3. Each change has the next version, and the code of the version before it is void from that commit on.
// 4. A withdrawn card keeps its id, version and state for the devices' lists, and nothing of its people.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/card_claims.h"
#include "domain/travel_card.h"
#include "travel/ground.h"
#include "travel/judged.h"

namespace lindung::travel {

using domain::CardId;
using FilingId = ByteArray<16>;
using CardSecret = ByteArray<16>;

// The numbers stand in stored rows.
enum class CardState : std::uint8_t { valid = 1, withdrawn = 2 };

// Privacy: all of a party's data.
struct Card {
  CardId id;
  std::uint64_t version{};
  domain::TravelCard card;  // without the texts of certificates
  CardAnswer answer;
  Moment changed_at;
};

struct FiledCard {
  Card card;
  CardSecret secret{};
};

// The same filing again gives the same card. Errors: malformed with the names of everything that is wrong with it
// ("travel: same-port, document-expired"); replay_conflict when the filing id was used for another card.
[[nodiscard]] Result<FiledCard> file_card(const Ground& ground, const FilingId& filing, domain::TravelCard card);

// Errors: not_found for a wrong secret, an unknown card, a withdrawn one and one whose day is over.
[[nodiscard]] Result<Card> show_card(const Ground& ground, const CardId& id, const CardSecret& secret);

// The same content again gives the version that there is. Errors: as of both; replay_conflict once somebody on the card
// has crossed a border.
[[nodiscard]] Result<Card> change_card(const Ground& ground, const CardId& id, const CardSecret& secret,
                                       domain::TravelCard card);

// Again: done already. Errors: as show_card(), but for a withdrawn one.
[[nodiscard]] Result<void> withdraw_card(const Ground& ground, const CardId& id, const CardSecret& secret);

[[nodiscard]] Result<CardSecret> secret_of(const Ground& ground, const CardId& id);

// For the installation's own use cases: without a secret. Errors: not_found.
[[nodiscard]] Result<Card> read_card(const Ground& ground, const CardId& id);
// The card on which somebody travels with this document on that day; for a registered device whose traveller has lost
// the code. Errors: not_found.
[[nodiscard]] Result<Card> find_by_document(const Ground& ground, const domain::TravelDocument& document, Day day);

// Where and in what span the card is shown: at the destination of a journey inside the country, at the port at home of
// the others.
[[nodiscard]] const std::string& port_of(const domain::Journey& journey);
[[nodiscard]] domain::CardClaims claims_of(const Card& card, const Secret<32>& document_key);
// "EHAC1:…". Errors: not_found, sealed, unavailable.
[[nodiscard]] Result<std::string> code_of(const Ground& ground, const Card& card);

}  // namespace lindung::travel
