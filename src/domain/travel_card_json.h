// A travel health card as JSON: what a traveller files, and what a card's row keeps. docs/border.md shows one.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/journey.h"
#include "domain/travel_card.h"
#include "domain/travel_document.h"

namespace lindung::domain {

inline constexpr std::size_t card_json_limit = 256UL * 1024;

// Reads the form only: faults_of() says whether such a card can be. Names are brought into the letters of travel
// documents, document numbers into their one spelling. Shape: {"journey", "people": [...], "contact"}.
// Errors: malformed with the place; too_large.
[[nodiscard]] Result<TravelCard> read_travel_card(std::string_view text);
[[nodiscard]] Result<TravelCard> read_travel_card(const boost::json::value& value);

// read_travel_card() gives the same card again. Privacy: personal data.
[[nodiscard]] boost::json::object json_of(const TravelCard& card);
[[nodiscard]] boost::json::object json_of(const TravelDocument& document);

// "1980-02-03", "1980-02", "1980". Errors: malformed for another shape and for dates that do not exist.
[[nodiscard]] Result<PartialDate> parse_partial_date(std::string_view text);
[[nodiscard]] std::string text_of(const PartialDate& date);

}  // namespace lindung::domain
