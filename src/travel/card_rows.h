// Cards as rows: sealed under the key of their day, found by id, by day, by port and by document.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "domain/journey.h"
#include "domain/travel_card.h"
#include "domain/travel_document.h"
#include "store/database.h"
#include "travel/cards.h"
#include "travel/ground.h"

namespace lindung::travel {

struct CardRow {
  CardId id;
  Day day;
  std::uint64_t version{};
  CardState state{CardState::valid};
  Bytes sealed;
};

struct OpenedCard {
  Card card;
  Hash mark{};  // of what was filed, so that the same content again is known
};

[[nodiscard]] Result<std::optional<CardRow>> load_card(store::Transaction& transaction, const CardId& id);
// The same, of some other card if there is any: for who must not tell by the time whether there is one.
[[nodiscard]] Result<void> load_any_card(store::Transaction& transaction);
// Errors: not_found when the key of its day is gone; corrupt.
[[nodiscard]] Result<OpenedCard> open_card(const Ground& ground, const CardRow& row);

// What stands in a row, and what is read of it, under a key that is at hand. Errors: denied; corrupt.
[[nodiscard]] Bytes seal_card_under(const Secret<32>& key, const Card& card, const Hash& mark);
[[nodiscard]] Result<OpenedCard> open_card_under(const Secret<32>& key, const CardRow& row);

// All rows of a card. The unit has logged it.
[[nodiscard]] Result<void> insert_card(const Ground& ground, store::Transaction& transaction, const Card& card,
                                       const Hash& mark);
// All of them again.
[[nodiscard]] Result<void> remove_card(store::Transaction& transaction, const CardRow& row,
                                       const domain::TravelCard& card);
// A change to another day or port leaves a row for the devices there: every version before the new one is void.
[[nodiscard]] Result<void> keep_void(store::Transaction& transaction, const CardRow& before,
                                     const domain::Journey& journey_before, const Card& now);
// What a withdrawn card keeps.
[[nodiscard]] Result<void> empty_card(store::Transaction& transaction, const CardRow& row,
                                      const domain::TravelCard& card);

// Of one day only: nobody can tell from two days' indexes that somebody travelled on both.
[[nodiscard]] Result<Hash> person_index(const Ground& ground, const domain::TravelDocument& document, Day day);

}  // namespace lindung::travel
