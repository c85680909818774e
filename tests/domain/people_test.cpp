#include "domain/people.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"
#include "domain/colour.h"
#include "domain/derive.h"
#include "domain/fhir.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "domain/record.h"
#include "domain/rule_set.h"

namespace lindung::domain {
namespace {

const Moment now = parse_rfc3339("2026-11-21T12:34:56Z").value();

std::vector<MadeUpPerson> make(std::uint64_t seed, std::size_t count, Moment at = now) {
  MadeUpPeople source{seed, count, at};
  std::vector<MadeUpPerson> people;
  while (auto person = source.next()) people.push_back(std::move(*person));
  return people;
}

std::string fhir_of(const std::vector<MadeUpPerson>& people) {
  std::string lines;
  for (const auto& person : people) append_fhir(lines, person);
  return lines;
}

TEST(MadeUpPeople, AreTheSameForTheSameSeedAndOthersForAnother) {
  EXPECT_EQ(fhir_of(make(7, 200)), fhir_of(make(7, 200)));
  EXPECT_NE(fhir_of(make(7, 200)), fhir_of(make(8, 200)));
}

TEST(MadeUpPeople, AreAPrefixOfALargerPopulation) {
  const auto few = fhir_of(make(7, 50));
  EXPECT_EQ(fhir_of(make(7, 100)).substr(0, few.size()), few);
}

TEST(MadeUpPeople, HaveANikEachThatTellsTheirBirthDate) {
  const auto people = make(1, 20'000);
  ASSERT_EQ(people.size(), 20'000U);
  std::set<std::string> niks;
  for (const auto& person : people) {
    niks.emplace(person.nik.digits());
    EXPECT_TRUE(parse_nik(person.nik.digits()).has_value());
    EXPECT_EQ(person.nik.birth_date(now), person.birth);
    EXPECT_FALSE(person.name.empty());
  }
  EXPECT_EQ(niks.size(), people.size());
}

TEST(MadeUpPeople, HaveAllFourColoursInEveryTwenty) {
  const auto people = make(3, 200);
  for (std::size_t block = 0; block < people.size(); block += 20) {
    std::map<Colour, int> count;
    for (std::size_t i = 0; i < 20; ++i) ++count[people[block + i].intended];
    EXPECT_EQ(count,
              (std::map<Colour, int>{{Colour::green, 14}, {Colour::yellow, 3}, {Colour::red, 2}, {Colour::black, 1}}));
  }
}

TEST(MadeUpPeople, HaveFactsOfEveryKindAndNoneAhead) {
  std::set<RecordKind> kinds;
  for (const auto& person : make(3, 5'000)) {
    for (const auto& fact : person.facts) {
      kinds.insert(kind_of(fact));
      EXPECT_LE(moment_of(fact), now);
      EXPECT_GT(moment_of(fact), now - std::chrono::days{1000});
    }
    EXPECT_TRUE(std::ranges::is_sorted(person.facts, {}, [](const Fact& fact) { return moment_of(fact); }));
  }
  EXPECT_EQ(kinds.size(), 5U);
}

TEST(MadeUpPeople, HaveTheirColourUnderTheRulesForADay) {
  const auto rules = RuleSet::built_in().value();
  Assessor assessor{rules};
  for (const auto* at : {"2026-11-21T12:34:56Z", "2021-03-01T00:00:00Z"}) {
    const auto moment = parse_rfc3339(at).value();
    for (const auto& person : make(5, 1'000, moment)) {
      std::vector<Record> records;
      for (const auto& fact : person.facts) {
        records.push_back({.id = record_id({}, std::to_string(records.size())),
                           .issuer = IssuerId{"demo"},
                           .batch = {},
                           .entered_at = moment,
                           .fact = fact});
      }
      assessor.load(to_json(records));
      const auto now_is = assessor.at(moment);
      ASSERT_TRUE(now_is.has_value()) << now_is.error().text();
      ASSERT_EQ(name_of(now_is.value().colour), name_of(person.intended)) << at << " person " << person.number;
      EXPECT_EQ(assessor.at(moment + std::chrono::days{1}).value().colour, person.intended) << person.number;
    }
  }
}

TEST(MadeUpPeople, AreReadFromTheirFhirAsTheyWereMade) {
  for (const auto* at : {"2026-11-21T12:34:56Z", "2021-03-01T00:00:00Z", "2022-02-28T23:59:59Z"}) {
    const auto moment = parse_rfc3339(at).value();
    const auto people = make(11, 2'000, moment);
    const auto lines = fhir_of(people);
    const auto read = fhir::read(as_bytes(lines), {.issuer = IssuerId{"demo"}, .import_id = "1", .now = moment});
    ASSERT_TRUE(read.has_value());
    ASSERT_TRUE(read.value().rejected.empty()) << at << " line " << read.value().rejected.front().place.line << ": "
                                               << name_of(read.value().rejected.front().reason);
    ASSERT_EQ(read.value().people.size(), people.size());
    for (std::size_t i = 0; i < people.size(); ++i) {
      const auto& identity = read.value().people[i].person;
      const auto& records = read.value().people[i].records;
      EXPECT_EQ(identity.nik, people[i].nik);
      EXPECT_EQ(identity.name, people[i].name);
      std::vector<Fact> facts;
      for (const auto& record : records) facts.push_back(record.fact);
      EXPECT_EQ(facts, people[i].facts) << at << " person " << i;
    }
  }
}

}  // namespace
}  // namespace lindung::domain
