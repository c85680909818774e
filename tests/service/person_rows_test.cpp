// Who is who: people found by NIK or passport, and what is known of them, over a real store.
#include "service/person_rows.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "domain/passport.h"
#include "service/person_finder.h"
#include "store/database.h"
#include "support/world.h"

namespace lindung::service {
namespace {

class PersonRowsTest : public ::testing::Test {
 protected:
  test::World world_{moment_of(1'795'262'400)};

  // What the store makes of an import's row: the citizen, and what is known of them behind it.
  struct Found {
    CitizenRef citizen;
    KeptIdentity identity;
  };
  Found find(const domain::Identity& identity) {
    Found found;
    const auto done = world_.database->write([&](store::Transaction& transaction) -> Result<void> {
      TRY(person, find_or_add_person(transaction, *world_.ring, identity, world_.clock.now()));
      TRY(kept, read_identity(transaction, person));
      found = {.citizen = person.citizen, .identity = kept};
      return ok();
    });
    EXPECT_TRUE(done.has_value()) << done.error().text();
    return found;
  }
  static domain::Identity person(const std::string& nik, const std::string& passport, const std::string& name = {}) {
    domain::Identity identity;
    if (!nik.empty()) identity.nik = domain::parse_nik(nik).value();
    if (!passport.empty()) identity.passport = domain::parse_passport(passport).value();
    identity.name = name;
    return identity;
  }
  static constexpr const char* siti = "3174056103900001";
  static constexpr const char* another = "3174054502850002";
};

TEST_F(PersonRowsTest, WhoHasNikAndPassportIsFoundByEither) {
  const auto both = find(person(siti, "C1234567", "Siti"));
  EXPECT_EQ(find(person(siti, "")).citizen, both.citizen);
  EXPECT_EQ(find(person("", "C1234567")).citizen, both.citizen);
}

TEST_F(PersonRowsTest, WhoWasKnownByThePassportIsTheSamePersonWhenTheNikComes) {
  const auto traveller = find(person("", "C1234567", "Siti"));
  EXPECT_EQ(find(person(siti, "C1234567")).citizen, traveller.citizen);
  EXPECT_EQ(find(person(siti, "")).citizen, traveller.citizen);
}

TEST_F(PersonRowsTest, APassportDoesNotJoinTwoPeopleOfDifferentNiks) {
  const auto first = find(person(siti, "C1234567"));
  const auto second = find(person(another, "C1234567"));
  EXPECT_NE(first.citizen, second.citizen);
  EXPECT_EQ(find(person("", "C1234567")).citizen, first.citizen) << "the passport stays with whom it was known for";
}

TEST_F(PersonRowsTest, WhatALaterRowDoesNotSayStaysKnown) {
  auto told = person(siti, "C1234567", "Siti Rahayu");
  told.birth = domain::PartialDate{.year = 1990, .month = 3, .day = 21};
  static_cast<void>(find(told));
  const auto known = find(person(siti, "", "")).identity;
  EXPECT_EQ(known.name, "Siti Rahayu");
  EXPECT_EQ(known.passport, "C1234567");
  EXPECT_EQ(known.birth, told.birth);
  EXPECT_EQ(find(person("", "C1234567")).identity.nik, siti);
}

TEST_F(PersonRowsTest, OnlyWhoKnowsTheBirthDateTooGivesSomebodyAnotherName) {
  auto told = person(siti, "", "Siti Rahayu");
  told.birth = domain::PartialDate{.year = 1990, .month = 3, .day = 21};
  static_cast<void>(find(told));
  EXPECT_EQ(find(person(siti, "", "Budi Santoso")).identity.name, "Siti Rahayu");  // a number mistyped, perhaps
  told.name = "Siti R. Wulandari";
  EXPECT_EQ(find(told).identity.name, "Siti R. Wulandari");
  told.birth = domain::PartialDate{.year = 1990, .month = 0, .day = 0};
  EXPECT_EQ(find(told).identity.birth, (domain::PartialDate{.year = 1990, .month = 3, .day = 21})) << "never vaguer";
}

TEST_F(PersonRowsTest, WhoComesInTogetherLivesSideBySide) {
  using Prefix = ByteArray<6>;
  const auto prefix = [](const CitizenRef& citizen) { return take<6>(citizen.bytes()); };
  std::vector<CitizenRef> together;
  const auto done = world_.database->write([&](store::Transaction& transaction) -> Result<void> {
    TRY(finder, PersonFinder::begin(transaction, *world_.ring));
    for (const char* nik : {siti, another}) {
      TRY(added, finder.add(person(nik, ""), world_.clock.now()));
      together.push_back(added.person.citizen);
    }
    return ok();
  });
  ASSERT_TRUE(done.has_value()) << done.error().text();
  const auto alone = find(person("3174050101900003", "")).citizen;
  EXPECT_NE(together[0], together[1]);
  EXPECT_EQ(prefix(together[0]), prefix(together[1]));
  EXPECT_NE(prefix(alone), prefix(together[0]));
  EXPECT_NE(prefix(alone), Prefix{});
}

}  // namespace
}  // namespace lindung::service
