// What the guard holds back: terms of an issuer, its own past, and doses that nobody can have had.
#include "domain/guard.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/issuer_terms.h"
#include "domain/nik.h"
#include "domain/record.h"

namespace lindung::domain {
namespace {

Moment at(const char* text) { return parse_rfc3339(text).value(); }

Vaccination dose(std::uint32_t number, const char* when) {
  return {.at = at(when), .vaccine = "coronavac", .series = "covid-19-two-dose", .dose = number, .lot = ""};
}
Record record(const Fact& fact) {
  return {.id = {}, .issuer = IssuerId{"lab"}, .batch = {}, .entered_at = {}, .fact = fact};
}
Identity person(std::string_view nik) {
  return {.nik = parse_nik(nik).value(), .passport = {}, .local = {}, .name = "", .birth = {}};
}

TEST(OpeningHours, AreReadAsPeopleWriteThemAndWrittenTheSameWay) {
  const auto hours = parse_opening_hours("mon-sat 07:00-17:00 WIB");
  ASSERT_TRUE(hours.has_value());
  EXPECT_EQ(text_of(hours.value()), "mon,tue,wed,thu,fri,sat 07:00-17:00 WIB");
  EXPECT_EQ(text_of(parse_opening_hours("fri-mon,wed 00:00-24:00 +05:30").value()),
            "mon,wed,fri,sat,sun 00:00-24:00 +05:30");
  for (const auto* wrong : {"", "mon-sat", "mon-sat 07:00-17:00", "mon-sat 17:00-07:00 WIB", "mon-sat 7:00-17:00 WIB",
                            "noday 07:00-17:00 WIB", "mon 07:00-24:01 WIB", "mon 07:60-09:00 WIB", "mon 07:00-17:00 XX",
                            "mon-tue-wed 07:00-17:00 WIB", "mon 07:00-17:00 +15:00"}) {
    const auto refused = parse_opening_hours(wrong);
    ASSERT_TRUE(refused.has_error()) << wrong;
    EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  }
}

TEST(OpeningHours, HoldInLocalTimeFromTheFirstMinuteToTheLast) {
  const auto hours = parse_opening_hours("mon-sat 07:00-17:00 WIB").value();
  EXPECT_FALSE(hours.is_open_at(at("2021-06-10T06:59:59+07:00")));  // a Thursday
  EXPECT_TRUE(hours.is_open_at(at("2021-06-10T07:00:00+07:00")));
  EXPECT_TRUE(hours.is_open_at(at("2021-06-10T16:59:59+07:00")));
  EXPECT_FALSE(hours.is_open_at(at("2021-06-10T17:00:00+07:00")));
  EXPECT_FALSE(hours.is_open_at(at("2021-06-13T09:00:00+07:00")));  // a Sunday
  const auto night = parse_opening_hours("mon 00:00-24:00 WIT").value();
  EXPECT_TRUE(night.is_open_at(at("2021-06-13T15:00:00Z")));  // Monday has begun in Papua
  EXPECT_FALSE(night.is_open_at(at("2021-06-14T15:00:00Z")));
}

TEST(IssuerTerms, AreStoredAndReadAgain) {
  const IssuerTerms terms{.licence = "KL-31-0042",
                          .kinds = static_cast<std::uint8_t>(bit_of(RecordKind::test)),
                          .districts = {"31", "3174"},
                          .daily_rows = 500,
                          .hours = parse_opening_hours("mon-fri 08:00-16:00 -03:00").value(),
                          .back_dating = std::chrono::days{30}};
  EXPECT_EQ(decode_issuer_terms(encode(terms)).value(), terms);
  EXPECT_EQ(decode_issuer_terms(encode(IssuerTerms{})).value(), IssuerTerms{});
  auto longer = encode(terms);
  longer.push_back(0);
  EXPECT_EQ(decode_issuer_terms(longer).error().code, Errc::malformed);
}

TEST(IssuerTerms, NameKindsAndDistrictsOrRefuseThem) {
  EXPECT_EQ(text_of_kinds(parse_record_kinds("test,vaccination").value()), "vaccination,test");
  EXPECT_EQ(parse_record_kinds("tests").error().code, Errc::invalid_argument);
  EXPECT_EQ(parse_districts("31,3174,317405").value().size(), 3U);
  EXPECT_EQ(parse_districts("3").error().code, Errc::invalid_argument);
  EXPECT_EQ(parse_districts("31,,32").error().code, Errc::invalid_argument);
}

TEST(Guard, HoldsBackWhatTheTermsDoNotAllow) {
  IssuerTerms terms{.licence = "",
                    .kinds = bit_of(RecordKind::test),
                    .districts = {"32"},
                    .daily_rows = 0,
                    .hours = parse_opening_hours("mon-sat 07:00-17:00 WIB").value(),
                    .back_dating = std::chrono::days{30}};
  const auto open = at("2021-06-10T09:00:00+07:00");
  EXPECT_EQ(refused_by_terms(terms, at("2021-06-10T03:00:00+07:00"), person("3204010101900001")),
            Reason::issuer_closed);
  EXPECT_EQ(refused_by_terms(terms, open, person("3174056103900001")), Reason::outside_district);
  EXPECT_EQ(refused_by_terms(terms, open, person("3204010101900001")), std::nullopt);
  EXPECT_EQ(refused_by_terms(terms, open, Fact{dose(1, "2021-06-01T00:00:00Z")}), Reason::outside_scope);
  EXPECT_EQ(refused_by_terms(terms, open, Fact{domain::Test{.at = at("2021-05-11T01:59:59Z")}}), Reason::back_dated);
  EXPECT_EQ(refused_by_terms(terms, open, Fact{domain::Test{.at = at("2021-05-11T02:00:00Z")}}), std::nullopt);
}

TEST(Guard, KnowsDosesThatNobodyCanHaveHad) {
  const std::vector<Record> known{record(dose(1, "2021-05-01T00:00:00Z"))};
  EXPECT_TRUE(is_impossible_beside(dose(2, "2021-05-05T00:00:00Z"), known));   // four days later
  EXPECT_TRUE(is_impossible_beside(dose(2, "2021-05-01T00:00:00Z"), known));   // on the same day
  EXPECT_TRUE(is_impossible_beside(dose(2, "2021-04-01T00:00:00Z"), known));   // before the first
  EXPECT_FALSE(is_impossible_beside(dose(2, "2021-05-29T00:00:00Z"), known));  // four weeks later
  EXPECT_FALSE(is_impossible_beside(dose(1, "2021-05-01T04:00:00Z"), known));  // the same dose again
  auto other = dose(1, "2021-05-05T00:00:00Z");
  other.series = "mpox-two-dose";
  EXPECT_FALSE(is_impossible_beside(other, known));
  other.series = "covid-19-one-dose";
  EXPECT_TRUE(is_impossible_beside(other, known)) << "another vaccine against the same disease";
  other.at = at("2021-05-29T00:00:00Z");
  EXPECT_FALSE(is_impossible_beside(other, known));
  const std::vector<Record> tested{record(domain::Test{.at = at("2021-05-01T00:00:00Z")})};
  EXPECT_FALSE(is_impossible_beside(dose(1, "2021-05-01T00:00:00Z"), tested));
}

TEST(Guard, ComparesADayWithTheBusiestOfItsOwnPast) {
  const std::vector<std::uint64_t> few{10, 20, 30, 40};
  EXPECT_EQ(usual_rows(few), std::nullopt);
  const std::vector<std::uint64_t> quiet{10, 20, 30, 40, 50};
  EXPECT_EQ(usual_rows(quiet), 1'000U);
  const std::vector<std::uint64_t> busy{300, 200, 100, 400, 350};
  EXPECT_EQ(usual_rows(busy), 2'000U);
}

TEST(Guard, TakesABirthDateForContradictedOnlyWhereBothSaySomethingElse) {
  const PartialDate known{.year = 1990, .month = 3, .day = 21};
  EXPECT_FALSE(contradicts({.year = 1990, .month = 0, .day = 0}, known));
  EXPECT_FALSE(contradicts({.year = 1990, .month = 3, .day = 0}, known));
  EXPECT_FALSE(contradicts(known, known));
  EXPECT_TRUE(contradicts({.year = 1991, .month = 0, .day = 0}, known));
  EXPECT_TRUE(contradicts({.year = 1990, .month = 4, .day = 0}, known));
  EXPECT_TRUE(contradicts({.year = 1990, .month = 3, .day = 22}, known));
}

TEST(Guard, RefusesATableOfAnotherForm) {
  for (const auto* wrong : {"{}", R"({"series":[{"days":3}]})", R"({"series":[{"id":"x","days":-1}]})",
                            R"({"series":[],"velocity":{"days":1,"active_days":1,"times":1}})"}) {
    const auto loaded = load_guard_table(wrong);
    ASSERT_TRUE(loaded.has_error()) << wrong;
    EXPECT_EQ(loaded.error().code, Errc::malformed);
  }
}

}  // namespace
}  // namespace lindung::domain
