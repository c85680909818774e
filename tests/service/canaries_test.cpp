// Canaries: planted like anybody, answered like anybody, and an alarm where one is seen outside.
#include "service/canaries.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/colour.h"
#include "domain/import.h"
#include "domain/link_token.h"
#include "domain/nik.h"
#include "gateway/partner_client.h"
#include "log/entry.h"
#include "service/attribution.h"
#include "service/canary_watch.h"
#include "service/incidents.h"
#include "service/install.h"
#include "service/partners.h"
#include "service/person_finder.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/database.h"
#include "support/world.h"

namespace lindung::service {
namespace {

using domain::Outcome;

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z

class CanariesTest : public ::testing::Test {
 protected:
  test::World world_{moment_of(noon)};
  gateway::PartnerIdentity gojek_ = world_.add_partner("gojek");
  gateway::PartnerIdentity grab_ = world_.add_partner("grab");

  PlantedCanary plant(const PartnerId& partner) {
    const auto planted = plant_canary(*world_.platform, partner);
    EXPECT_TRUE(planted.has_value()) << planted.error().text();
    return planted.value();
  }
  std::unique_ptr<test::SentRequest> question(const gateway::PartnerIdentity& partner, const domain::LinkToken& token) {
    return world_.seal(partner, world_.status_of(token));
  }
  // The watch looks behind the replies, on the database's thread: when the reply to a later question is there, it has
  // looked at this one.
  domain::Answer ask(const gateway::PartnerIdentity& partner, const domain::LinkToken& token) {
    const auto sent = question(partner, token);
    auto answer = world_.ask(sent->request());
    const auto behind = question(partner, domain::LinkToken{crypto::random_bytes<domain::link_token_size>()});
    EXPECT_EQ(world_.ask(behind->request()).value().outcome, Outcome::unlinked);
    return std::move(answer).value();
  }
  std::vector<std::string> alarms() {
    std::vector<std::string> raised;
    EXPECT_TRUE(report_canaries(*world_.platform, [&](const PartnerId& partner) {
                  raised.push_back(partner.value());
                }).has_value());
    return raised;
  }
  std::uint64_t rows_of(std::string_view sql) {
    std::uint64_t rows = 0;
    EXPECT_TRUE(world_.database
                    ->read([&](store::Transaction& transaction) -> Result<void> {
                      TRY(found, transaction.run(store::Sql{.text = sql, .once = true}, {}));
                      rows = found;
                      return ok();
                    })
                    .has_value());
    return rows;
  }
  Attribution attribute(const std::string& text) { return attribute_leak(*world_.platform, text).value(); }
};

TEST_F(CanariesTest, ACanaryIsStoredLikeAnyCitizenAndTheLogTellsItFromNoOtherLink) {
  const auto before = world_.log_entries().size();
  const auto canary = plant(gojek_.partner);
  EXPECT_TRUE(domain::parse_nik(canary.nik).has_value());
  EXPECT_FALSE(canary.name.empty());
  const auto entries = world_.log_entries();
  ASSERT_EQ(entries.size(), before + 1);
  const auto& link = std::get<log::LinkEntry>(entries.back());
  EXPECT_EQ(link.partner, gojek_.partner);
  EXPECT_TRUE(link.granted);
  for (const auto* const table : {"citizen_index", "identity", "timeline", "link", "link_token", "token", "canary"}) {
    EXPECT_EQ(rows_of("SELECT c.citizen_ref FROM canary c JOIN " + std::string{table} +
                      " t ON t.citizen_ref = c.citizen_ref"),
              1U)
        << table;
  }
}

TEST_F(CanariesTest, ACanaryHasATimelineThatItsRecordsGive) {
  std::uint64_t with_colour = 0;
  for (int i = 0; i < 10; ++i) {
    const auto answer = ask(gojek_, plant(gojek_.partner).token);
    EXPECT_TRUE(answer.outcome == Outcome::allow || answer.outcome == Outcome::deny);
    with_colour += answer.colour == domain::Colour::none ? 0 : 1;
  }
  EXPECT_EQ(with_colour, 10U);
  EXPECT_GT(rows_of("SELECT r.record_id FROM record r JOIN canary c ON c.citizen_ref = r.citizen_ref"), 5U);
}

TEST_F(CanariesTest, AnAnswerAboutACanaryHasTheSizeOfAnyOther) {
  const auto canary = question(gojek_, plant(gojek_.partner).token);
  const auto person = question(gojek_, world_.link(gojek_.partner, world_.add_citizen(domain::Colour::green, true)));
  const auto of_canary = world_.ask_sealed(canary->request());
  const auto of_person = world_.ask_sealed(person->request());
  ASSERT_TRUE(of_canary.has_value() && of_person.has_value());
  EXPECT_EQ(of_canary.value().size(), of_person.value().size());
}

TEST_F(CanariesTest, AQuestionAboutACanaryIsCountedAndRaisesOneAlarmForItsPartner) {
  const auto token = plant(gojek_.partner).token;
  static_cast<void>(plant(grab_.partner));
  static_cast<void>(ask(gojek_, token));
  static_cast<void>(ask(gojek_, token));
  EXPECT_EQ(world_.canaries.questions().at(gojek_.partner), 2U);
  EXPECT_EQ(world_.canaries.questions().at(grab_.partner), 0U);
  EXPECT_EQ(alarms(), std::vector<std::string>{"gojek"});
  EXPECT_EQ(alarms(), std::vector<std::string>{});
  const auto listing = list_canaries(*world_.platform, gojek_.partner).value();
  ASSERT_EQ(listing.size(), 1U);
  EXPECT_EQ(listing[0].questions, 2U);
  EXPECT_EQ(listing[0].planted_at, moment_of(noon));
}

TEST_F(CanariesTest, AQuestionAboutAnybodyElseRaisesNoAlarm) {
  const auto canary = plant(gojek_.partner);
  const auto person = world_.link(gojek_.partner, world_.add_citizen(domain::Colour::green, true));
  EXPECT_EQ(ask(gojek_, person).outcome, Outcome::allow);
  EXPECT_EQ(ask(grab_, canary.token).outcome, Outcome::unlinked);  // leads to nobody there
  EXPECT_EQ(world_.canaries.questions().at(gojek_.partner), 0U);
  EXPECT_EQ(alarms(), std::vector<std::string>{});
}

TEST_F(CanariesTest, WhatWasCountedIsThereAfterARestart) {
  const auto token = plant(gojek_.partner).token;
  static_cast<void>(ask(gojek_, token));
  ASSERT_EQ(alarms().size(), 1U);
  CanaryWatch fresh;
  const Platform restarted{.database = *world_.database,
                           .ring = *world_.ring,
                           .clock = world_.clock,
                           .directory = world_.directory,
                           .venues = world_.venues,
                           .in_flight = world_.in_flight,
                           .canaries = fresh};
  ASSERT_TRUE(load_canaries(restarted).has_value());
  EXPECT_EQ(fresh.questions().at(gojek_.partner), 1U);
  EXPECT_TRUE(fresh.take_sightings().empty());
}

TEST_F(CanariesTest, AnAlarmThatCouldNotBeWrittenDownIsRaisedAgain) {
  static_cast<void>(ask(gojek_, plant(gojek_.partner).token));
  const auto rename = [&](store::Sql sql) {
    return world_.database->write([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(sql, {}));
      return ok();
    });
  };
  ASSERT_TRUE(rename({"ALTER TABLE canary RENAME TO hidden"}).has_value());
  std::vector<std::string> raised;
  const auto raise = [&](const PartnerId& partner) { raised.push_back(partner.value()); };
  EXPECT_EQ(report_canaries(*world_.platform, raise).error().code, Errc::database);
  ASSERT_TRUE(rename({"ALTER TABLE hidden RENAME TO canary"}).has_value());
  EXPECT_TRUE(report_canaries(*world_.platform, raise).has_value());
  EXPECT_EQ(raised, (std::vector<std::string>{"gojek", "gojek"}));
  EXPECT_EQ(list_canaries(*world_.platform, {}).value().at(0).questions, 1U);
}

TEST_F(CanariesTest, ALeakedFileNamesThePartnerByTokenNikOrNameOfItsCanary) {
  const auto canary = plant(gojek_.partner);
  static_cast<void>(plant(grab_.partner));

  const auto by_token = attribute("x," + codec::base64url(canary.token.bytes) + "\n");
  ASSERT_EQ(by_token.partners.size(), 1U);
  EXPECT_EQ(by_token.partners[0].partner, gojek_.partner);
  EXPECT_EQ(by_token.partners[0].canary_tokens, 1U);

  const auto by_nik = attribute("nik_" + canary.nik + ";3171011708450001");
  ASSERT_EQ(by_nik.partners.size(), 1U);
  EXPECT_EQ(by_nik.partners[0].partner, gojek_.partner);
  EXPECT_EQ(by_nik.partners[0].canary_niks, 1U);
  EXPECT_EQ(by_nik.partners[0].tokens, 0U);

  std::string name = canary.name;
  for (auto& c : name) c = c == ' ' ? ';' : c;
  const auto by_name = attribute("1;" + name + ";2");
  ASSERT_EQ(by_name.partners.size(), 1U);
  EXPECT_EQ(by_name.partners[0].canary_names, 1U);
  EXPECT_EQ(by_name.partners[0].proofs(), 0U);

  const auto listing = list_canaries(*world_.platform, gojek_.partner).value();
  EXPECT_EQ(listing.at(0).found, 2U);  // a name proves nothing
}

TEST_F(CanariesTest, AnotherPersonsNikAndTokenAreNoCanarys) {
  static_cast<void>(plant(gojek_.partner));
  const auto token = world_.link(gojek_.partner, world_.add_citizen(domain::Colour::green, true));
  const auto found = attribute("3171011708450001 " + codec::hex(token.bytes) + " Budi Santoso");
  ASSERT_EQ(found.partners.size(), 1U);
  EXPECT_EQ(found.partners[0].tokens, 1U);
  EXPECT_EQ(found.partners[0].canary_tokens + found.partners[0].canary_niks + found.partners[0].canary_names, 0U);
  EXPECT_EQ(list_canaries(*world_.platform, {}).value().at(0).found, 0U);
}

TEST_F(CanariesTest, ARealPersonWithTheNumberOfACanaryIsACitizenOfTheirOwn) {
  const auto canary = plant(gojek_.partner);
  const domain::Identity real{
      .nik = domain::parse_nik(canary.nik).value(), .passport = {}, .local = {}, .name = "Somebody Real", .birth = {}};
  std::vector<CitizenRef> found;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(world_.database
                    ->write([&](store::Transaction& transaction) -> Result<void> {
                      TRY(person, find_or_add_person(transaction, *world_.ring, real, world_.clock.now()));
                      found.push_back(person.citizen);
                      return ok();
                    })
                    .has_value());
  }
  EXPECT_EQ(found.front(), found.back());
  EXPECT_FALSE(world_.canaries.partner_of(found.front()).has_value());
  EXPECT_TRUE(attribute(canary.nik).partners.empty());
  EXPECT_NE(ask(gojek_, canary.token).outcome, Outcome::unlinked);  // it stays a canary by its token
  EXPECT_EQ(alarms(), std::vector<std::string>{"gojek"});
}

TEST_F(CanariesTest, TwoSearchesAtOnceLoseNoSightingAndTellNoneTwice) {
  const auto canary = plant(gojek_.partner);
  const auto dump = codec::hex(canary.token.bytes) + " " + canary.nik;
  constexpr std::uint64_t rounds = 20;
  {
    std::vector<std::jthread> searching;
    for (int i = 0; i < 2; ++i) {
      searching.emplace_back([&] {
        for (std::uint64_t round = 0; round < rounds; ++round) EXPECT_EQ(attribute(dump).partners.size(), 1U);
      });
    }
    searching.emplace_back([&] {
      for (std::uint64_t round = 0; round < rounds; ++round) EXPECT_TRUE(raise_canary_alarms(*world_.platform));
    });
  }
  constexpr std::uint64_t sightings = 2 * rounds * 2;  // a token and a NIK each
  EXPECT_EQ(list_canaries(*world_.platform, {}).value().at(0).found, sightings);
  ASSERT_TRUE(raise_canary_alarms(*world_.platform).has_value());
  EXPECT_TRUE(raise_canary_alarms(*world_.platform).value().empty()) << "all of them were told";
  const auto incidents = list_incidents(*world_.platform, true).value();
  ASSERT_EQ(incidents.size(), 1U);
  EXPECT_EQ(incidents[0].row.count, sightings);
}

TEST_F(CanariesTest, ACanaryNeedsAnActivePartnerAndLeavesNothingWithoutOne) {
  EXPECT_EQ(plant_canary(*world_.platform, PartnerId{"nobody"}).error().code, Errc::not_found);
  ASSERT_TRUE(cut_partner(*world_.platform, grab_.partner).has_value());
  EXPECT_EQ(plant_canary(*world_.platform, grab_.partner).error().code, Errc::conflict);
  EXPECT_EQ(rows_of("SELECT citizen_ref FROM identity"), 0U);
  EXPECT_EQ(rows_of("SELECT citizen_ref FROM canary"), 0U);
}

TEST_F(CanariesTest, ACanarysTokenThatRotationMadeIsFoundToo) {
  const auto canary = plant(gojek_.partner);
  world_.clock.advance(std::chrono::days{31});
  ASSERT_TRUE(rotate_exchange_keys(*world_.database, *world_.ring, world_.clock).has_value());
  ASSERT_TRUE(world_.exchange_keys.load(*world_.ring).has_value());
  const domain::LinkToken next{ask(gojek_, canary.token).next_token};
  ASSERT_FALSE(next == canary.token);
  const auto found = attribute(codec::hex(next.bytes));
  ASSERT_EQ(found.partners.size(), 1U);
  EXPECT_EQ(found.partners[0].canary_tokens, 1U);
}

}  // namespace
}  // namespace lindung::service
