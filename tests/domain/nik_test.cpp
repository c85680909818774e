#include "domain/nik.h"

#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "domain/passport.h"

namespace lindung::domain {
namespace {

using namespace std::chrono_literals;

const Moment now = parse_rfc3339("2026-11-21T12:00:00Z").value();

TEST(Nik, TellsProvinceSexAndBirthDate) {
  const auto man = parse_nik("3174051708450001").value();
  EXPECT_EQ(man.province_code(), "31");
  EXPECT_EQ(find_province(man.province_code())->name, "DKI Jakarta");
  EXPECT_EQ(man.sex(), Sex::male);
  EXPECT_EQ(man.birth_date(now), 1945y / 8 / 17);

  const auto woman = parse_nik("9671016103990002").value();
  EXPECT_EQ(woman.sex(), Sex::female);
  EXPECT_EQ(woman.birth_date(now), 1999y / 3 / 21);
}

TEST(Nik, TheYearIsOfThisCenturyUnlessTheDateWouldLieAhead) {
  EXPECT_EQ(parse_nik("3174052111260001").value().birth_date(now), 2026y / 11 / 21);
  EXPECT_EQ(parse_nik("3174052211260001").value().birth_date(now), 1926y / 11 / 22);
  EXPECT_EQ(parse_nik("3174052902000001").value().birth_date(now), 2000y / 2 / 29);
  EXPECT_EQ(parse_nik("3174052902280001").value().birth_date(now), 1928y / 2 / 29);
}

TEST(Nik, RefusesWhatNoOfficeHasIssued) {
  const std::vector<std::pair<const char*, const char*>> faults{{"", "NIK: not 16 characters"},
                                                                {"317405170845000", "NIK: not 16 characters"},
                                                                {"31740517084500011", "NIK: not 16 characters"},
                                                                {"317405170845000A", "NIK: not digits only"},
                                                                {"0174051708450001", "NIK: no such province"},
                                                                {"5474051708450001", "NIK: no such province"},
                                                                {"9774051708450001", "NIK: no such province"},
                                                                {"3100051708450001", "NIK: no such regency"},
                                                                {"3170051708450001", "NIK: no such regency"},
                                                                {"3174001708450001", "NIK: no such district"},
                                                                {"3174050008450001", "NIK: no such birth date"},
                                                                {"3174053208450001", "NIK: no such birth date"},
                                                                {"3174054008450001", "NIK: no such birth date"},
                                                                {"3174057208450001", "NIK: no such birth date"},
                                                                {"3174051700450001", "NIK: no such birth date"},
                                                                {"3174051713450001", "NIK: no such birth date"},
                                                                {"3174052902450001", "NIK: no such birth date"},
                                                                {"3174053104450001", "NIK: no such birth date"},
                                                                {"3174051708450000", "NIK: serial 0000"}};
  for (const auto& [text, why] : faults) {
    const auto result = parse_nik(text);
    ASSERT_TRUE(result.has_error()) << text;
    EXPECT_EQ(result.error().code, Errc::invalid_argument);
    EXPECT_EQ(result.error().detail, why) << text;
  }
}

template <class T>
concept Streams = requires(std::ostream& out, const T& value) { out << value; };

TEST(Nik, CannotBeMadeOrPrintedByAccident) {
  static_assert(!std::is_default_constructible_v<Nik>);
  static_assert(!std::is_constructible_v<Nik, std::string>);
  static_assert(!std::is_convertible_v<Nik, std::string_view>);
  static_assert(!Streams<Nik>);
  static_assert(!Streams<Passport>);
  EXPECT_EQ(parse_nik("3174051708450001").value(), parse_nik("3174051708450001").value());
}

TEST(Provinces, AreTodaysThirtyEightWithAllRegencies) {
  ASSERT_EQ(provinces().size(), 38U);
  unsigned regencies = 0;
  unsigned cities = 0;
  for (const auto& province : provinces()) {
    EXPECT_EQ(province.code.size(), 2U);
    EXPECT_FALSE(province.name.empty());
    EXPECT_GT(province.population_thousands, 0U);
    regencies += province.regencies;
    cities += province.cities;
  }
  EXPECT_EQ(regencies, 416U);
  EXPECT_EQ(cities, 98U);
  EXPECT_EQ(find_province("99"), nullptr);
}

TEST(Passport, IsNormalised) {
  EXPECT_EQ(parse_passport("a1234567").value().number(), "A1234567");
  EXPECT_EQ(parse_passport("X 123-456-7").value(), parse_passport("x1234567").value());
}

TEST(Passport, RefusesOtherShapes) {
  for (const auto* text : {"", "A123", "ABCDEFGH", "A1234567890123456789X", "A12345\n7", "A1234_67", "Ä1234567"}) {
    const auto result = parse_passport(text);
    ASSERT_TRUE(result.has_error()) << text;
    EXPECT_EQ(result.error().code, Errc::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace lindung::domain
