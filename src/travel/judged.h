// The certificates of a traveller, read by our verifier, and what the route rules make of them.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cert/trust_store.h"
#include "domain/route_rules.h"
#include "domain/travel_card.h"

namespace lindung::travel {

// Of a certificate only what it came to is kept, never its text.
struct JudgedCertificate {
  std::string format;   // "hc1"
  std::string outcome;  // "valid", "invalid", "unsupported"
  std::string reason;   // stable (docs/reasons.md); "other-holder", "facts" of ours; empty: it counts
  std::string content;  // "vaccination"
};

struct JudgedTraveller {
  std::vector<JudgedCertificate> certificates;
  domain::FitnessAnswer answer;
};

// The whole card: its answer is the heaviest of its people's.
struct CardAnswer {
  domain::Fitness fitness{domain::Fitness::fit};
  std::vector<JudgedTraveller> people;
  std::string rules;  // "routes-id-2021@0.1.0"
  bool is_draft{};
};

// A certificate counts when it is valid now, says health facts in our codes, and is made out to this traveller: the
// same name by the rules of travel documents, and a birth date that does not differ.
// Errors: those of RouteRules::judge().
[[nodiscard]] Result<CardAnswer> judge_card(const domain::TravelCard& card, const cert::TrustStore& trust,
                                            const domain::RouteRules& rules, Moment now);

// For the row and for the traveller. Errors of reading: corrupt.
[[nodiscard]] boost::json::object json_of(const CardAnswer& answer);
[[nodiscard]] Result<CardAnswer> read_answer(const boost::json::value& value);

}  // namespace lindung::travel
