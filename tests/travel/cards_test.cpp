// Cards: filed, judged, shown, changed, withdrawn, and forgotten.
#include "travel/cards.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/card_code.h"
#include "cert/hc1_maker.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "domain/card_claims.h"
#include "domain/route_rules.h"
#include "domain/rule_document.h"
#include "domain/travel_card.h"
#include "domain/travel_card_json.h"
#include "log/entry.h"
#include "store/database.h"
#include "travel/day_keys.h"
#include "travel/rules.h"
#include "travel/signers.h"
#include "travel/travel_world.h"

namespace lindung::travel {
namespace {

using domain::Fitness;
using testing::days;
using testing::flight;
using testing::hours;

class CardsTest : public testing::TravelTest {
 protected:
  Result<Card> show(const FiledCard& filed) { return show_card(ground(), filed.card.id, filed.secret); }
  [[nodiscard]] cert::TravelKeys keys() const {
    cert::TravelKeys keys;
    const auto signers = public_signers(ground()).value();
    for (const auto& key : signers) {
      EXPECT_TRUE(keys.add(key.point, key.not_before, key.not_after));
    }
    return keys;
  }
  static void expect_not_found(const Result<Card>& card) {
    ASSERT_TRUE(card.has_error());
    EXPECT_EQ(card.error().code, Errc::not_found);
  }
};

std::string with(std::vector<std::string> reasons) {
  std::string text;
  for (const auto& reason : reasons) text += reason + " ";
  return text;
}

std::string reasons_of(const JudgedTraveller& person) {
  std::vector<std::string> ids;
  for (const auto& reason : person.answer.reasons) ids.push_back(reason.rule);
  return with(ids);
}

TEST_P(CardsTest, AnswersWithReasonsForEachPersonAndTheHeaviestForTheCard) {
  const auto filed = file();
  ASSERT_EQ(filed.card.answer.people.size(), 2U);
  EXPECT_EQ(filed.card.answer.fitness, Fitness::not_fit);
  EXPECT_EQ(reasons_of(filed.card.answer.people[0]), with({"int-no-naat-foreigner", "int-incomplete-foreigner"}));
  EXPECT_EQ(reasons_of(filed.card.answer.people[1]), with({"fit"})) << "a child of three years";
  EXPECT_FALSE(filed.card.answer.people[0].answer.reasons[0].text.id.empty());
  EXPECT_FALSE(filed.card.answer.people[0].answer.reasons[0].text.en.empty());
  EXPECT_TRUE(filed.card.answer.is_draft);
}

TEST_P(CardsTest, ACertificateOfTheTravellerCountsAndOneOfAnotherPersonDoesNot) {
  auto own = card();
  own.people[0].certificates = {cert::make_hc1(signer_, {})};
  const auto counted = file(std::move(own));
  EXPECT_EQ(counted.card.answer.people[0].certificates[0].reason, "");
  EXPECT_EQ(reasons_of(counted.card.answer.people[0]), with({"int-no-naat-foreigner"}));

  auto lent = card();
  lent.people[0].certificates = {cert::make_hc1(signer_, {.given = "GABRIELE"})};
  const auto refused = file(std::move(lent));
  EXPECT_EQ(refused.card.answer.people[0].certificates[0].reason, "other-holder");
  EXPECT_EQ(reasons_of(refused.card.answer.people[0]), with({"int-no-naat-foreigner", "int-incomplete-foreigner"}));

  auto forged = card();
  const cert::TestSigner stranger{"DE"};
  forged.people[0].certificates = {cert::make_hc1(stranger, {})};
  const auto judged = file(std::move(forged));
  EXPECT_EQ(judged.card.answer.people[0].certificates[0].outcome, "invalid");
  EXPECT_EQ(judged.card.answer.people[0].certificates[0].reason, "signature");
}

TEST_P(CardsTest, TheTextOfACertificateIsNotKept) {
  auto own = card();
  own.people[0].certificates = {cert::make_hc1(signer_, {})};
  const auto filed = file(std::move(own));
  EXPECT_TRUE(show(filed).value().card.people[0].certificates.empty());
}

TEST_P(CardsTest, WhatCannotBeIsRefusedByNameAndLeavesNothing) {
  auto impossible = card();
  impossible.journey.arrival = impossible.journey.departure - hours{1};
  impossible.people[0].document.expiry = std::chrono::year{2021} / 12 / 1;
  impossible.people[1].guardian = {};
  const auto refused = file_card(ground(), crypto::random_bytes<16>(), std::move(impossible));
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::malformed);
  EXPECT_EQ(refused.error().detail, "travel: arrival-before-departure, document-expired, child-without-guardian");
  EXPECT_EQ(count({"SELECT count(*) FROM travel_card"}), 0);
  EXPECT_EQ(count({"SELECT count(*) FROM travel_card_person"}), 0);
}

TEST_P(CardsTest, TheSameFilingAgainIsTheSameCardAndAnotherOneUnderItsIdIsRefused) {
  const auto id = crypto::random_bytes<16>();
  const auto first = file_card(ground(), id, card()).value();
  const auto again = file_card(ground(), id, card()).value();
  EXPECT_EQ(again.card.id, first.card.id);
  EXPECT_EQ(again.secret, first.secret);
  EXPECT_EQ(count({"SELECT count(*) FROM travel_card"}), 1);
  auto other = card();
  other.people.pop_back();
  const auto refused = file_card(ground(), id, std::move(other));
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::replay_conflict);
}

TEST_P(CardsTest, NobodySeesChangesOrWithdrawsACardWithoutItsSecret) {
  const auto filed = file();
  auto altered = filed.secret;
  altered[15] = static_cast<std::uint8_t>(altered[15] ^ 1U);
  expect_not_found(show_card(ground(), filed.card.id, altered));
  expect_not_found(change_card(ground(), filed.card.id, altered, card()));
  const auto withdrawn = withdraw_card(ground(), filed.card.id, altered);
  ASSERT_TRUE(withdrawn.has_error());
  EXPECT_EQ(withdrawn.error().code, Errc::not_found);
  const auto other = file();
  expect_not_found(show_card(ground(), filed.card.id, other.secret));
  EXPECT_EQ(show(filed).value().card.people[0].document.number, "C01X00T47");
}

TEST_P(CardsTest, TheCodeVerifiesWithTheKeysThatAreShownAndNamesTheVersion) {
  const auto filed = file();
  const auto code = code_of(ground(), filed.card).value();
  const auto verified = cert::verify_card_code(code, keys(), clock_.now() + days{1});
  ASSERT_TRUE(verified) << verified.error().detail;
  const auto& claims = verified.value().claims();
  EXPECT_EQ(claims.id, filed.card.id);
  EXPECT_EQ(claims.version, 1U);
  EXPECT_EQ(claims.port, "CGK");
  EXPECT_EQ(claims.kind, domain::CardKind::arrival);
  EXPECT_EQ(claims.fitness, domain::CardFitness::not_fit);
  ASSERT_EQ(claims.persons.size(), 2U);
  EXPECT_EQ(claims.persons[0].name, "MUSTERMANN<<ERIKA");
  EXPECT_EQ(claims.persons[0].document_tail, "0T47");
  EXPECT_TRUE(claims.persons[1].is_child);
  const auto key = document_key(ground(), claims.travel_date).value();
  EXPECT_EQ(claims.persons[0].mark, domain::document_mark(key, claims.id, "C01X00T47"));
  EXPECT_FALSE(cert::verify_card_code(code, keys(), clock_.now() + days{5}));
}

TEST_P(CardsTest, AChangeIsTheNextVersionAndTheSameContentAgainIsNone) {
  const auto filed = file();
  const auto same = change_card(ground(), filed.card.id, filed.secret, card()).value();
  EXPECT_EQ(same.version, 1U);
  auto later = card();
  later.journey.departure += days{1};
  later.journey.arrival += days{1};
  const auto changed = change_card(ground(), filed.card.id, filed.secret, later).value();
  EXPECT_EQ(changed.version, 2U);
  EXPECT_EQ(show(filed).value().card.journey.departure, later.journey.departure);
  EXPECT_EQ(change_card(ground(), filed.card.id, filed.secret, later).value().version, 2U);
  EXPECT_EQ(actions(), (std::vector<std::string>{"travel.card.filed", "travel.card.changed"}));
}

TEST_P(CardsTest, AWithdrawnCardKeepsNothingOfItsPeople) {
  auto own = card();
  own.people[0].certificates = {cert::make_hc1(signer_, {})};
  const auto filed = file(std::move(own));
  ASSERT_EQ(count({"SELECT count(*) FROM travel_card_person"}), 2);
  ASSERT_EQ(count({"SELECT count(*) FROM travel_certificate"}), 1);
  ASSERT_TRUE(withdraw_card(ground(), filed.card.id, filed.secret));
  ASSERT_TRUE(withdraw_card(ground(), filed.card.id, filed.secret));
  expect_not_found(show(filed));
  expect_not_found(change_card(ground(), filed.card.id, filed.secret, card()));
  EXPECT_EQ(count({"SELECT count(*) FROM travel_card_person"}), 0);
  EXPECT_EQ(count({"SELECT count(*) FROM travel_certificate"}), 0);
  EXPECT_EQ(count({"SELECT length(sealed) FROM travel_card"}), 0);
  EXPECT_EQ(actions(), (std::vector<std::string>{"travel.card.filed", "travel.card.withdrawn"}));
}

TEST_P(CardsTest, ACardIsFoundByTheDocumentOfItsDayAndByNoOther) {
  const auto filed = file();
  const auto day = domain::travel_day(filed.card.card.journey);
  const auto& document = filed.card.card.people[1].document;
  EXPECT_EQ(find_by_document(ground(), document, day).value().id, filed.card.id);
  expect_not_found(find_by_document(ground(), document, Day{day.number + 1}));
  auto other = document;
  other.issuing_state = "UTO";
  expect_not_found(find_by_document(ground(), other, day));
}

TEST_P(CardsTest, AClockThatWasSetBackFilesNothing) {
  const auto filed = file();
  clock_.set(clock_.now() - seconds{60});
  const auto refused = file_card(ground(), crypto::random_bytes<16>(), card());
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_EQ(count({"SELECT count(*) FROM travel_card"}), 1);
}

TEST_P(CardsTest, ADayIsForgottenBehindItsTimeAndNoKeyOpensItAgain) {
  const auto filed = file();
  const auto day = domain::travel_day(filed.card.card.journey);
  clock_.advance(days{15});
  EXPECT_TRUE(show(filed).has_value()) << "fourteen days behind the journey's day are kept";
  EXPECT_TRUE(forget_old_days(ground()).has_value());
  EXPECT_TRUE(show(filed).has_value());
  clock_.advance(days{1});
  const auto report = forget_old_days(ground());
  ASSERT_TRUE(report.has_value()) << report.error().text();
  EXPECT_EQ(report.value().days.back(), day.number);
  EXPECT_EQ(report.value().cards, 1U);
  EXPECT_EQ(report.value().cards_readable, 0U);
  expect_not_found(show(filed));
  const auto key = day_key(ground(), day);
  ASSERT_TRUE(key.has_error());
  EXPECT_EQ(key.error().code, Errc::denied);
  EXPECT_EQ(count({"SELECT count(*) FROM travel_card"}), 0);
  EXPECT_EQ(count({"SELECT count(*) FROM travel_filing"}), 0);
  int entries_of_day = 0;
  for (const auto& entry : entries()) {
    const auto* retention = std::get_if<log::RetentionEntry>(&entry);
    if (retention != nullptr && retention->what == "travel-cards" && retention->period == day.number) ++entries_of_day;
  }
  EXPECT_EQ(entries_of_day, 1);
}

TEST_P(CardsTest, ADayThatWasDestroyedIsNotMadeAgainByAClockThatGoesBack) {
  const auto filed = file();
  const auto day = domain::travel_day(filed.card.card.journey);
  clock_.advance(days{16});
  ASSERT_TRUE(forget_old_days(ground()).has_value());
  clock_.set(cert::now);
  ASSERT_TRUE(keep_day_keys(ground()).has_value());
  EXPECT_EQ(day_key(ground(), day).error().code, Errc::denied);
}

TEST_P(CardsTest, RulesWhoseOwnCaseFailsAreNotPutInForce) {
  std::string document{domain::RouteRules::built_in_text()};
  const std::string from = R"("name": "complete by air")";
  const auto at = document.find(R"("answer": "fit")", document.find(from));
  ASSERT_NE(at, std::string::npos);
  document.replace(at, std::string{R"("answer": "fit")"}.size(), R"("answer": "not_fit")");
  const auto refused = activate_rules(ground(), document);
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_NE(refused.error().detail.find("complete by air"), std::string::npos);
}

TEST_P(CardsTest, RulesNeedTwoOfficersOnceThereAreAny) {
  const auto siti = crypto::Ed25519PrivateKey::generate();
  const auto budi = crypto::Ed25519PrivateKey::generate();
  ASSERT_TRUE(add_officer(ground(), "siti", siti.public_key().bytes()));
  ASSERT_TRUE(add_officer(ground(), "budi", budi.public_key().bytes()));
  std::string next{domain::RouteRules::built_in_text()};
  next.replace(next.find("0.1.0"), 5, "0.2.0");
  auto document = domain::RuleDocument::read(next).value();
  ASSERT_TRUE(document.sign("siti", siti));
  const auto one = activate_rules(ground(), document.text());
  ASSERT_TRUE(one.has_error());
  EXPECT_EQ(one.error().code, Errc::denied);
  auto forged = document;
  ASSERT_TRUE(forged.sign("budi", siti));
  const auto refused = activate_rules(ground(), forged.text());
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::bad_signature);
  ASSERT_TRUE(document.sign("budi", budi));
  const auto both = activate_rules(ground(), document.text());
  ASSERT_TRUE(both.has_value()) << both.error().text();
  EXPECT_EQ(rules_.get()->version(), "0.2.0");
  CurrentRules read_again;
  const Ground later{.database = *database_, .ring = *ring_, .clock = clock_, .rules = read_again, .trust = {}};
  ASSERT_TRUE(load_rules(later));
  EXPECT_EQ(read_again.get()->version(), "0.2.0");
}

INSTANTIATE_TEST_SUITE_P(Engines, CardsTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& engine) {
                           return engine.param == store::Engine::sqlite ? std::string{"sqlite"}
                                                                        : std::string{"postgresql"};
                         });

}  // namespace
}  // namespace lindung::travel
