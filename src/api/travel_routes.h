// The public listener of a travel installation: cards filed, shown, changed and withdrawn, and the keys by which their
// codes are verified. docs/border.md describes each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/travel_ground.h"
#include "base/result.h"
#include "http/router.h"

namespace lindung::api {

inline constexpr std::string_view card_secret_field = "Lindung-Card-Secret";

// POST /v1/cards; GET, PUT and DELETE of /v1/cards/<id>; GET /.well-known/lindung-travel-keys; GET /log/…
[[nodiscard]] std::vector<http::Route> travel_routes(const TravelSource& source);

// The key document: {"payload", "signature"}, signed as a day list is, under "lindung travel keys v1". Shape of the
// payload: {"iss", "keys": [JWK with "kid", "nbf", "exp"], "log": {"origin", "public_key"}, "signer"}.
[[nodiscard]] Result<std::string> travel_key_document(const TravelAccess& access);

}  // namespace lindung::api
