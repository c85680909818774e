#include "domain/travel_card_json.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "domain/holder_match.h"
#include "domain/import.h"
#include "domain/journey.h"
#include "domain/json_fields.h"
#include "domain/nik.h"
#include "domain/passport.h"
#include "domain/transliteration.h"
#include "domain/travel_card.h"
#include "domain/travel_document.h"

namespace lindung::domain {

namespace {

namespace json = boost::json;

constexpr std::size_t depth_limit = 8;
// More than a card may have, so that the card's own check names the fault.
constexpr std::size_t people_read = 4 * most_people;
constexpr std::size_t certificates_read = 4 * most_certificates;
constexpr std::size_t symptoms_read = 64;

// Digits of a fixed width.
std::optional<int> number_of(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || value < 0) return std::nullopt;
  return value;
}

// What is no number of a document is kept as it is, cut: the check of the card refuses it by its name.
Result<void> read_number(const JsonFields& fields, TravelDocument& document) {
  TRY(text, fields.text("number"));
  const auto passport = parse_passport(text);
  document.number = document.kind != DocumentKind::nik && passport.has_value()
                        ? std::string{passport.value().number()}
                        : text.substr(0, 2 * document_name_width);
  return ok();
}

Result<std::string> read_name(const JsonFields& fields, std::string_view name) {
  if (!fields.has(name)) return std::string{};
  TRY(text, fields.text(name));
  return icao_transliterated(text);
}

Result<void> read_sex(const JsonFields& fields, TravelDocument& document) {
  const auto* text = fields.any("sex").if_string();
  if (text == nullptr || (*text != "M" && *text != "F" && *text != "X")) {
    return fields.refuse("sex", "is none of M, F and X");
  }
  if (*text != "X") document.sex = *text == "M" ? Sex::male : Sex::female;
  return ok();
}

Result<TravelDocument> read_document(const JsonFields& fields) {
  TravelDocument document;
  TRY(kind, fields.text("kind"));
  BOOST_OUTCOME_TRY(document.kind, parse_document_kind(kind));
  TRYV(read_number(fields, document));
  BOOST_OUTCOME_TRY(document.issuing_state, fields.text("issuing_state"));
  BOOST_OUTCOME_TRY(document.nationality, fields.text("nationality"));
  BOOST_OUTCOME_TRY(document.name.family, read_name(fields, "family"));
  BOOST_OUTCOME_TRY(document.name.given, read_name(fields, "given"));
  TRY(birth, fields.text("birth"));
  const auto born = parse_partial_date(birth);
  if (born.has_error()) return fields.refuse("birth", "is no date");
  document.birth = born.value();
  TRYV(read_sex(fields, document));
  if (fields.has("expiry")) {
    TRY(expiry, fields.text("expiry"));
    const auto date = parse_partial_date(expiry);
    if (date.has_error() || date.value().day == 0) return fields.refuse("expiry", "is no day");
    document.expiry = std::chrono::year{date.value().year} / std::chrono::month{date.value().month} /
                      std::chrono::day{date.value().day};
  }
  return document;
}

Result<Traveller> read_person(const JsonFields& fields) {
  Traveller person;
  TRY(document, fields.inner("document", {"kind", "number", "issuing_state", "nationality", "birth", "sex"},
                             {"family", "given", "expiry"}));
  BOOST_OUTCOME_TRY(person.document, read_document(document));
  if (fields.has("role")) {
    TRY(role, fields.text("role"));
    BOOST_OUTCOME_TRY(person.role, parse_traveller_role(role));
  }
  if (fields.has("seat")) {
    BOOST_OUTCOME_TRY(person.seat, fields.text("seat"));
  }
  if (fields.has("guardian")) {
    TRY(guardian, fields.number("guardian", people_read));
    person.guardian = static_cast<std::uint32_t>(guardian);
  }
  if (fields.has("symptoms")) {
    TRY(names, fields.texts("symptoms", symptoms_read));
    for (const auto& name : names) {
      const auto symptom = parse_symptom(name);
      if (symptom.has_error()) return fields.refuse("symptoms", "names one that there is not");
      person.symptoms.push_back(symptom.value());
    }
  }
  if (fields.has("certificates")) {
    BOOST_OUTCOME_TRY(person.certificates, fields.texts("certificates", certificates_read));
  }
  return person;
}

Result<Journey> read_journey(const JsonFields& fields) {
  Journey journey;
  TRY(scope, fields.text("scope"));
  BOOST_OUTCOME_TRY(journey.scope, parse_journey_scope(scope));
  TRY(mode, fields.text("mode"));
  BOOST_OUTCOME_TRY(journey.mode, parse_travel_mode(mode));
  BOOST_OUTCOME_TRY(journey.carrier, fields.text("carrier"));
  BOOST_OUTCOME_TRY(journey.number, fields.text("number"));
  BOOST_OUTCOME_TRY(journey.origin, fields.text("origin"));
  BOOST_OUTCOME_TRY(journey.destination, fields.text("destination"));
  BOOST_OUTCOME_TRY(journey.departure, fields.moment("departure"));
  BOOST_OUTCOME_TRY(journey.arrival, fields.moment("arrival"));
  return journey;
}

json::object json_of(const Traveller& person) {
  json::object out{{"document", json_of(person.document)}, {"role", name_of(person.role)}};
  if (!person.seat.empty()) out["seat"] = person.seat;
  if (person.guardian) out["guardian"] = *person.guardian;
  json::array symptoms;
  for (const auto symptom : person.symptoms) symptoms.emplace_back(name_of(symptom));
  out["symptoms"] = std::move(symptoms);
  if (!person.certificates.empty()) {
    out["certificates"] = json::array(person.certificates.begin(), person.certificates.end());
  }
  return out;
}

}  // namespace

Result<PartialDate> parse_partial_date(std::string_view text) {
  const auto bad = [] { return fail(Errc::malformed, "a date: YYYY-MM-DD is needed, or YYYY-MM, or YYYY"); };
  const bool is_shaped = text.size() == 4 || (text.size() == 7 && text[4] == '-') ||
                         (text.size() == 10 && text[4] == '-' && text[7] == '-');
  if (!is_shaped) return bad();
  const auto year = number_of(text.substr(0, 4));
  const auto month = text.size() > 4 ? number_of(text.substr(5, 2)) : std::optional{0};
  const auto day = text.size() > 7 ? number_of(text.substr(8, 2)) : std::optional{0};
  if (!year || !month || !day) return bad();
  if ((text.size() > 4 && *month == 0) || (text.size() > 7 && *day == 0)) return bad();
  const PartialDate date{.year = *year, .month = static_cast<unsigned>(*month), .day = static_cast<unsigned>(*day)};
  const auto first = std::chrono::year{date.year} / std::chrono::month{date.month == 0 ? 1 : date.month} /
                     std::chrono::day{date.day == 0 ? 1 : date.day};
  if (!first.ok()) return bad();
  return date;
}

std::string text_of(const PartialDate& date) {
  std::array<char, 32> buffer{};
  if (date.month == 0) {
    std::snprintf(buffer.data(), buffer.size(), "%04d", date.year);
  } else if (date.day == 0) {
    std::snprintf(buffer.data(), buffer.size(), "%04d-%02u", date.year, date.month);
  } else {
    std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02u", date.year, date.month, date.day);
  }
  return buffer.data();
}

Result<TravelCard> read_travel_card(std::string_view text) {
  TRY(value, codec::parse_json(text, {.bytes = card_json_limit, .depth = depth_limit}));
  return read_travel_card(value);
}

Result<TravelCard> read_travel_card(const json::value& value) {
  TRY(fields, JsonFields::of(value, "", {"journey", "people", "contact"}));
  TravelCard card;
  TRY(journey,
      fields.inner("journey", {"scope", "mode", "carrier", "number", "origin", "destination", "departure", "arrival"}));
  BOOST_OUTCOME_TRY(card.journey, read_journey(journey));
  TRY(people, fields.array("people", people_read));
  for (std::size_t i = 0; i < people->size(); ++i) {
    TRY(each, JsonFields::of((*people)[i], fields.place_of("people", i), {"document"},
                             {"role", "seat", "guardian", "symptoms", "certificates"}));
    TRY(person, read_person(each));
    card.people.push_back(std::move(person));
  }
  TRY(contact, fields.inner("contact", {"address", "phone"}));
  BOOST_OUTCOME_TRY(card.contact.address, contact.text("address"));
  BOOST_OUTCOME_TRY(card.contact.phone, contact.text("phone"));
  return card;
}

json::object json_of(const TravelDocument& document) {
  json::object out{{"kind", name_of(document.kind)},
                   {"number", document.number},
                   {"issuing_state", document.issuing_state},
                   {"nationality", document.nationality}};
  if (!document.name.family.empty()) out["family"] = document.name.family;
  if (!document.name.given.empty()) out["given"] = document.name.given;
  out["birth"] = text_of(document.birth);
  out["sex"] = !document.sex ? "X" : *document.sex == Sex::male ? "M" : "F";
  if (document.expiry) {
    out["expiry"] = text_of(PartialDate{.year = static_cast<int>(document.expiry->year()),
                                        .month = static_cast<unsigned>(document.expiry->month()),
                                        .day = static_cast<unsigned>(document.expiry->day())});
  }
  return out;
}

json::object json_of(const TravelCard& card) {
  json::array people;
  for (const auto& person : card.people) people.emplace_back(json_of(person));
  const auto& journey = card.journey;
  return {{"journey", json::object{{"scope", name_of(journey.scope)},
                                   {"mode", name_of(journey.mode)},
                                   {"carrier", journey.carrier},
                                   {"number", journey.number},
                                   {"origin", journey.origin},
                                   {"destination", journey.destination},
                                   {"departure", rfc3339(journey.departure)},
                                   {"arrival", rfc3339(journey.arrival)}}},
          {"people", std::move(people)},
          {"contact", json::object{{"address", card.contact.address}, {"phone", card.contact.phone}}}};
}

}  // namespace lindung::domain
