// Journeys and cards: what cannot be is named, what can be is read and written as the same.
#include "domain/travel_card.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "codec/json.h"
#include "domain/journey.h"
#include "domain/travel_card_json.h"
#include "domain/travel_document.h"
#include "domain/travel_fault.h"

namespace lindung::domain {
namespace {

using std::chrono::days;
using std::chrono::hours;

const Moment now = lindung::moment_of(1'795'262'400);  // 2026-11-21T12:00:00Z

constexpr std::string_view filed = R"({
  "journey": {"scope": "international", "mode": "air", "carrier": "SQ", "number": "SQ956", "origin": "SIN",
              "destination": "CGK", "departure": "2026-11-22T01:00:00Z", "arrival": "2026-11-22T02:50:00Z"},
  "people": [
    {"document": {"kind": "passport", "number": "l898902-c3", "issuing_state": "UTO", "nationality": "UTO",
                  "family": "Eriksson", "given": "Anna Maria", "birth": "1974-08-12", "sex": "F",
                  "expiry": "2032-04-15"}, "seat": "11F", "symptoms": ["cough"]},
    {"document": {"kind": "passport", "number": "D23145890", "issuing_state": "UTO", "nationality": "UTO",
                  "given": "Bo", "birth": "2020-01", "sex": "X", "expiry": "2032-04-15"}, "guardian": 0}],
  "contact": {"address": "Jalan Thamrin 1, Jakarta", "phone": "+622112345678"}})";

TravelCard good() { return read_travel_card(filed).value(); }

std::string faults_after(const std::function<void(TravelCard&)>& change) {
  auto card = good();
  change(card);
  return names_of(faults_of(card, now));
}

TEST(TravelCard, IsReadWithNamesAndNumbersInTheSpellingOfDocuments) {
  const auto card = good();
  EXPECT_EQ(names_of(faults_of(card, now)), "");
  EXPECT_EQ(card.people[0].document.number, "L898902C3");
  EXPECT_EQ(card.people[0].document.name.family, "ERIKSSON");
  EXPECT_EQ(card.people[0].document.name.given, "ANNA<MARIA");
  EXPECT_EQ(card.people[1].document.birth, (PartialDate{.year = 2020, .month = 1, .day = 0}));
  EXPECT_FALSE(card.people[1].document.sex.has_value());
}

TEST(TravelCard, IsWrittenAndReadAgainAsTheSame) {
  const auto text = codec::to_text(json_of(good()));
  const auto again = read_travel_card(text);
  ASSERT_TRUE(again.has_value()) << again.error().text();
  EXPECT_EQ(codec::to_text(json_of(again.value())), text);
}

TEST(TravelCard, AnImpossibleJourneyIsRefusedByName) {
  const std::vector<std::pair<std::string, std::function<void(TravelCard&)>>> cases{
      {"arrival-before-departure", [](TravelCard& c) { c.journey.arrival = c.journey.departure; }},
      {"longer-than-48-hours", [](TravelCard& c) { c.journey.arrival = c.journey.departure + hours{48} + seconds{1}; }},
      {"departure-past",
       [](TravelCard& c) {
         c.journey.departure = now - seconds{1};
         c.journey.arrival = now + hours{1};
       }},
      {"departure-too-far-ahead",
       [](TravelCard& c) {
         c.journey.departure = now + days{90} + seconds{1};
         c.journey.arrival = c.journey.departure + hours{2};
       }},
      {"unknown-origin", [](TravelCard& c) { c.journey.origin = "ZZZ"; }},
      {"unknown-destination", [](TravelCard& c) { c.journey.destination = ""; }},
      {"same-port, scope", [](TravelCard& c) { c.journey.origin = "CGK"; }},
      {"mode-of-port", [](TravelCard& c) { c.journey.mode = TravelMode::sea; }},
      {"scope", [](TravelCard& c) { c.journey.scope = JourneyScope::domestic; }},
      {"scope", [](TravelCard& c) { c.journey.destination = "KUL"; }},
      {"carrier", [](TravelCard& c) { c.journey.carrier = "sq"; }},
      {"number", [](TravelCard& c) { c.journey.number = "=1+1"; }},
  };
  for (const auto& [fault, change] : cases) EXPECT_EQ(faults_after(change), fault);
}

TEST(TravelCard, PeopleWhoCannotTravelAreRefusedByName) {
  const std::vector<std::pair<std::string, std::function<void(TravelCard&)>>> cases{
      {"no-holder", [](TravelCard& c) { c.people.clear(); }},
      {"child-without-guardian", [](TravelCard& c) { c.people[1].guardian = {}; }},
      {"guardian-unknown", [](TravelCard& c) { c.people[1].guardian = 1; }},
      {"guardian-unknown", [](TravelCard& c) { c.people[1].guardian = 9; }},
      {"same-person-twice", [](TravelCard& c) { c.people[1].document.number = c.people[0].document.number; }},
      {"document-expired", [](TravelCard& c) { c.people[0].document.expiry = std::chrono::year{2026} / 11 / 21; }},
      {"document-expiry", [](TravelCard& c) { c.people[0].document.expiry = {}; }},
      {"document-number", [](TravelCard& c) { c.people[0].document.number = "L898902C3<"; }},
      {"document-state", [](TravelCard& c) { c.people[0].document.issuing_state = "uto"; }},
      {"document-nationality", [](TravelCard& c) { c.people[0].document.nationality = "UTOX"; }},
      {"document-name", [](TravelCard& c) { c.people[1].document.name = {}; }},
      {"document-birth, guardian-unknown", [](TravelCard& c) { c.people[0].document.birth.year = 2027; }},
      {"seat", [](TravelCard& c) { c.people[0].seat = "12-A"; }},
      {"symptom-twice", [](TravelCard& c) { c.people[0].symptoms = {Symptom::cough, Symptom::cough}; }},
      {"too-many-certificates", [](TravelCard& c) { c.people[0].certificates.assign(5, "HC1:"); }},
      {"certificate-text", [](TravelCard& c) { c.people[0].certificates = {"HC1:\n"}; }},
      {"contact-address", [](TravelCard& c) { c.contact.address = "x"; }},
      {"contact-phone", [](TravelCard& c) { c.contact.phone = "08123456789"; }},
  };
  for (const auto& [fault, change] : cases) EXPECT_EQ(faults_after(change), fault);
}

TEST(TravelCard, AnExpiredPassportIsHeldAgainstTheDayOfArrival) {
  auto card = good();
  card.people[0].document.expiry = std::chrono::year{2026} / 11 / 22;
  EXPECT_EQ(names_of(faults_of(card, now)), "");
  card.journey.arrival += days{1};
  EXPECT_EQ(names_of(faults_of(card, now)), "document-expired");
}

TEST(TravelCard, ElevenPeopleAreOneTooMany) {
  EXPECT_EQ(faults_after([](TravelCard& card) {
              while (card.people.size() < 11) {
                auto more = card.people[0];
                more.document.number = "L89890" + std::to_string(100 + card.people.size());
                card.people.push_back(std::move(more));
              }
            }),
            "too-many-companions");
}

TEST(TravelCard, ACitizenNeedsNoPassportInsideTheCountryAndOneAtTheBorder) {
  auto card = good();
  card.people.pop_back();
  card.people[0].document = {.kind = DocumentKind::nik,
                             .number = "3174095708900001",
                             .issuing_state = "IDN",
                             .nationality = "IDN",
                             .name = {.family = "", .given = "SITI"},
                             .birth = {.year = 1990, .month = 8, .day = 17},
                             .sex = Sex::female,
                             .expiry = {}};
  EXPECT_EQ(names_of(faults_of(card, now)), "document-not-for-border");
  card.journey.scope = JourneyScope::domestic;
  card.journey.origin = "DPS";
  EXPECT_EQ(names_of(faults_of(card, now)), "");
  card.people[0].document.nationality = "D";
  EXPECT_EQ(names_of(faults_of(card, now)), "foreigner-without-passport");
  card.people[0].document.nationality = "IDN";
  card.people[0].document.number = "3174095708900000";
  EXPECT_EQ(names_of(faults_of(card, now)), "document-number");
}

TEST(TravelCard, JsonOfAnotherFormIsRefusedWithThePlaceAndWithoutWhatStoodThere) {
  const auto refused = [](std::string_view from, std::string_view to) {
    std::string text{filed};
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    const auto read = read_travel_card(text);
    EXPECT_TRUE(read.has_error()) << to;
    EXPECT_EQ(read.error().code, Errc::malformed);
    return read.error().detail;
  };
  EXPECT_EQ(refused(R"("sex": "F")", R"("sex": "f")"), "people[0].document.sex is none of M, F and X");
  EXPECT_EQ(refused(R"("birth": "1974-08-12")", R"("birth": "1974-02-30")"), "people[0].document.birth is no date");
  EXPECT_EQ(refused(R"("guardian": 0)", R"("guardian": -1)"), "people[1].guardian is no whole number from 0 to 40");
  EXPECT_EQ(refused(R"("seat": "11F")", R"("place": "secret")"), "people[0] has an unknown member");
  EXPECT_EQ(refused(R"("symptoms": ["cough"])", R"("symptoms": ["plague"])"),
            "people[0].symptoms names one that there is not");
  EXPECT_EQ(refused(R"("contact")", R"("kontak")"), "the document has an unknown member");
}

TEST(TravelCard, MoreThanACardMayHoldIsNotRead) {
  const auto read = read_travel_card(std::string(card_json_limit + 1, ' '));
  ASSERT_TRUE(read.has_error());
  EXPECT_EQ(read.error().code, Errc::too_large);
}

TEST(TravelDocument, AgeIsTheLeastThatAPartialBirthAllows) {
  const auto day = day_of(now);  // 2026-11-21
  EXPECT_EQ(age_on({.year = 2014, .month = 11, .day = 21}, day), 12U);
  EXPECT_EQ(age_on({.year = 2014, .month = 11, .day = 22}, day), 11U);
  EXPECT_EQ(age_on({.year = 2014, .month = 11, .day = 0}, day), 11U);
  EXPECT_EQ(age_on({.year = 2014, .month = 0, .day = 0}, day), 11U);
  EXPECT_EQ(age_on({.year = 2030, .month = 1, .day = 1}, day), 0U);
}

TEST(Ports, AreFoundByTheirThreeLetters) {
  EXPECT_GE(ports().size(), 90U);
  for (const auto& port : ports()) {
    EXPECT_EQ(port.code.size(), 3U);
    EXPECT_EQ(find_port(port.code), &port);
  }
  EXPECT_EQ(find_port("CGK")->state, "IDN");
  EXPECT_EQ(find_port("ZZZ"), nullptr);
}

}  // namespace
}  // namespace lindung::domain
