// What a carrier may ask before departure: may everybody on this card board? Yes or no, and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/card_claims.h"
#include "travel/cards.h"
#include "travel/ground.h"

namespace lindung::travel {

struct Carrier {
  std::string id;    // as cards name it: [A-Z0-9]{2,8}
  std::string name;  // for people
  Bytes public_key;  // of whatever kind the exchange with carriers takes
  Moment added_at;
  std::optional<Moment> revoked_at;
};

// Errors: invalid_argument; conflict when the id is taken.
[[nodiscard]] Result<void> add_carrier(const Ground& ground, const std::string& id, const std::string& name,
                                       BytesView public_key);
// Final. Errors: not_found.
[[nodiscard]] Result<void> revoke_carrier(const Ground& ground, const std::string& id);
[[nodiscard]] Result<std::vector<Carrier>> list_carriers(const Ground& ground);
// Errors: not_found for an unknown one and a revoked one.
[[nodiscard]] Result<Carrier> find_carrier(const Ground& ground, const std::string& id);

// A key of a carrier, and how it is named: the carrier's id for the first one, "GA.2" for the second.
struct CarrierKey {
  std::string id;
  Bytes public_key;
  Moment added_at;
  std::optional<Moment> revoked_at;
};
// One more key beside the one in force, so that a carrier can change it without a pause; gives its name.
// Errors: not_found; conflict while two are in force, or for a key that it has or had; invalid_argument.
[[nodiscard]] Result<std::string> add_carrier_key(const Ground& ground, const std::string& carrier,
                                                  BytesView public_key);
// Final. Errors: not_found; conflict for the only one in force: that is revoke_carrier().
[[nodiscard]] Result<void> revoke_carrier_key(const Ground& ground, const std::string& key);
[[nodiscard]] Result<std::vector<CarrierKey>> list_carrier_keys(const Ground& ground, const std::string& carrier);
// The carrier with this key of it. Errors: not_found where either is unknown or revoked.
[[nodiscard]] Result<Carrier> find_carrier_of_key(const Ground& ground, const std::string& key);

// A card that somebody showed: by its secret, or by the version of a code that was verified (cert/card_code.h).
struct ShownCard {
  domain::CardId id;
  std::optional<CardSecret> secret;
  std::optional<std::uint64_t> version;
};

// True when everybody on the card is fit, or, on a journey across the border, fit with a test on arrival. A card of
// another carrier, a void version, a withdrawn card, a wrong secret and one that there is not: false, all of them.
// Errors: those of the database only.
[[nodiscard]] Result<bool> may_board(const Ground& ground, const std::string& carrier, const ShownCard& shown);

}  // namespace lindung::travel
