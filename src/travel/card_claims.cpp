// From a card to what its code says (domain/card_claims.h).
#include "domain/card_claims.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "cert/card_code.h"
#include "domain/holder_match.h"
#include "domain/journey.h"
#include "domain/route_rules.h"
#include "domain/travel_card.h"
#include "domain/travel_document.h"
#include "travel/cards.h"
#include "travel/day_keys.h"
#include "travel/ground.h"
#include "travel/signers.h"

namespace lindung::travel {

namespace {

// A flight that leaves early or lands late still finds an open desk.
constexpr std::chrono::hours before_departure{12};
constexpr std::chrono::hours behind_arrival{24};

// "ERIKSSON<<ANNA<MARIA", cut where a machine-readable zone would cut it.
std::string zone_name(const domain::DocumentName& name) {
  auto text = name.family;
  if (!name.family.empty() && !name.given.empty()) text += "<<";
  text += name.given;
  text.resize(std::min(text.size(), domain::longest_card_name));
  while (!text.empty() && text.back() == '<') text.pop_back();
  return text;
}

domain::CardFitness fitness_of(domain::Fitness fitness) {
  switch (fitness) {
    case domain::Fitness::fit: return domain::CardFitness::fit;
    case domain::Fitness::fit_with_test: return domain::CardFitness::fit_with_test;
    case domain::Fitness::not_fit: return domain::CardFitness::not_fit;
  }
  return domain::CardFitness::not_fit;
}

bool is_at_home(const std::string& port) {
  const auto* found = domain::find_port(port);
  return found != nullptr && found->state == "IDN";
}

}  // namespace

const std::string& port_of(const domain::Journey& journey) {
  return is_at_home(journey.destination) ? journey.destination : journey.origin;
}

domain::CardClaims claims_of(const Card& card, const Secret<32>& document_key) {
  const auto& journey = card.card.journey;
  auto kind = domain::CardKind::domestic;
  if (journey.scope == domain::JourneyScope::international) {
    kind = is_at_home(journey.destination) ? domain::CardKind::arrival : domain::CardKind::departure;
  }
  domain::CardClaims claims{.id = card.id,
                            .version = card.version,
                            .kind = kind,
                            .port = port_of(journey),
                            .travel_date = domain::travel_day(journey),
                            .valid_from = journey.departure - before_departure,
                            .valid_until = journey.arrival + behind_arrival,
                            .fitness = fitness_of(card.answer.fitness),
                            .crossings = 1,
                            .persons = {}};
  for (const auto& person : card.card.people) {
    const auto& document = person.document;
    const bool is_child = domain::age_on(document.birth, claims.travel_date) < domain::guarded_until;
    claims.persons.push_back({.name = zone_name(document.name),
                              .document_tail = domain::document_tail(document.number),
                              .mark = domain::document_mark(document_key, card.id, document.number),
                              .birth_year = static_cast<std::uint32_t>(std::max(document.birth.year, 0)),
                              .is_child = is_child});
  }
  return claims;
}

Result<std::string> code_of(const Ground& ground, const Card& card) {
  TRY(key, document_key(ground, domain::travel_day(card.card.journey)));
  TRY(signer, signer_of_now(ground));
  return cert::make_card_code(claims_of(card, key), *signer);
}

}  // namespace lindung::travel
