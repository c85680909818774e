// A carrier's question before departure, answered: logged before the answer leaves, with the same bytes and the same
// work for a card that there is not. And the keys that questions are sealed for.
#pragma once

#include <string>

#include "base/result.h"
#include "domain/carrier_check.h"
#include "travel/carriers.h"
#include "travel/ground.h"

namespace lindung::travel {

// True when everybody on the card may board that journey of that carrier on that day. Unknown, withdrawn and void
// cards, other journeys and people who are not fit: false, all of them. Durable in the log when it returns. Errors:
// those of the database; sealed.
[[nodiscard]] Result<bool> answer_carrier(const Ground& ground, const Carrier& carrier,
                                          const domain::CarrierQuestion& question);

// A fresh exchange key when the newest has less than two days left; whether it made one. Logged.
[[nodiscard]] Result<bool> keep_carrier_keys(const Ground& ground);
// {"payload", "signature"} under "lindung carrier keys v1": {"keys": [{"id", "public_key", "not_before",
// "not_after"}]}.
[[nodiscard]] Result<std::string> carrier_key_document(const Ground& ground);

}  // namespace lindung::travel
