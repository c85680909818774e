// What a desk needs to judge cards without a network: for one port and day of travel, every card's id with the one
// version that counts, or that none does, and the key by which documents are compared with codes. For registered
// devices only: whoever answers one has proved that it is one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "domain/card_claims.h"
#include "travel/cards.h"
#include "travel/ground.h"

namespace lindung::travel {

struct ListedCard {
  domain::CardId id;
  std::uint64_t version{};
  CardState state{CardState::valid};  // withdrawn: no code of this card counts here
};

struct DayList {
  std::string port;
  Day day;
  Moment made_at;
  std::vector<ListedCard> cards;  // in the order of ids
  Secret<32> document_key;
};

// Errors: denied when the day is over; not_found for a day that nobody can file for yet, and for an unknown port.
[[nodiscard]] Result<DayList> day_list(const Ground& ground, const std::string& port, Day day);

// {"payload", "signature"}: base64url of the list as JSON, and of an Ed25519 signature over "lindung travel day list
// v1" | 0x00 | payload bytes by the key that signs the key document. Shape of the payload: {"port", "day", "made_at",
// "document_key", "cards": [["<32 hex digits>", version, "valid" or "withdrawn"], …]}.
[[nodiscard]] Result<std::string> signed_day_list(const Ground& ground, const DayList& list);

// A fact about this installation that others verify: `label` | 0x00 | payload under the same key, as {"payload",
// "signature"}. Errors: sealed.
[[nodiscard]] Result<std::string> signed_document(const Ground& ground, std::string_view label,
                                                  const std::string& payload);

}  // namespace lindung::travel
