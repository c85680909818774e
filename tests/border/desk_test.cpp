// Border devices by themselves: codes verified without a network, crossings used once, decisions in a chain, lists that
// come late, clocks that jump.
#include "border/desk.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "border/device.h"
#include "border/sync.h"
#include "cert/card_code.h"
#include "cert/reason.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "crypto/es256_signer.h"
#include "domain/border_decision.h"
#include "domain/border_desk.h"
#include "domain/border_list.h"
#include "domain/card_claims.h"
#include "domain/mrz.h"
#include "domain/travel_card.h"
#include "store/durable_file.h"
#include "support/test_store.h"

namespace lindung::border {
namespace {

using domain::DeskFinding;
using domain::DeskVerdict;
using std::chrono::hours;

const Moment noon = moment_of(1'795'262'400);  // 2026-11-21T12:00:00Z
constexpr std::string_view anna =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
    "L898902C36UTO7408122F3204153ZE184226B<<<<<16\n";

class Desks : public testing::Test {
 protected:
  std::unique_ptr<Device> open(const std::string& name) {
    auto opened = Device::open(folder_.file(name), clock_);
    EXPECT_TRUE(opened.has_value()) << opened.error().text();
    return opened.has_value() ? std::move(opened).value() : nullptr;
  }
  std::unique_ptr<Device> make(const std::string& name, const std::string& port = "CGK") {
    const auto made =
        Device::init(folder_.file(name), {.id = name, .port = port, .url = "", .server = server_.public_key()});
    EXPECT_TRUE(made.has_value()) << made.error().text();
    return open(name);
  }
  [[nodiscard]] domain::BorderList list_for(const Device& device) {
    return {.device = device.identity().id,
            .port = device.identity().port,
            .made_at = clock_.now(),
            .serial = ++serial_,
            .keys = {{.point = signer_.public_point(), .not_before = noon - hours{24}, .not_after = noon + hours{999}}},
            .document_keys = {{.day = day_of(noon), .key = document_key_}},
            .cards = cards_,
            .passings = passings_};
  }
  Result<ListTaken> give(Device& device, const domain::BorderList& list) {
    return take_list(device,
                     domain::seal_border_list(list, server_, device.identity().sealing_key.public_key()).value());
  }
  Result<ListTaken> sync(Device& device) { return give(device, list_for(device)); }
  std::unique_ptr<Device> ready(const std::string& name) {
    auto device = make(name);
    EXPECT_TRUE(sync(*device));
    return device;
  }

  [[nodiscard]] domain::CardClaims claims(std::uint8_t number = 1) const {
    domain::CardClaims out{.id = domain::CardId{ByteArray<16>{number}},
                           .version = 1,
                           .kind = domain::CardKind::arrival,
                           .port = "CGK",
                           .travel_date = day_of(noon),
                           .valid_from = noon - hours{6},
                           .valid_until = noon + hours{30},
                           .fitness = domain::CardFitness::fit,
                           .crossings = 1,
                           .persons = {}};
    const auto person = [&](std::string name, const std::string& document, std::uint32_t year) {
      out.persons.push_back({.name = std::move(name),
                             .document_tail = domain::document_tail(document),
                             .mark = domain::document_mark(document_key_, out.id, document),
                             .birth_year = year,
                             .is_child = year > 2014});
    };
    person("ERIKSSON<<ANNA<MARIA", "L898902C3", 1974);
    return out;
  }
  [[nodiscard]] std::string code(const domain::CardClaims& of) const {
    return cert::make_card_code(of, signer_).value();
  }
  [[nodiscard]] domain::TravelZone zone(std::string_view text) const {
    return domain::read_zone(text, clock_.now()).value();
  }
  ScanSeen seen(Device& device, const domain::CardClaims& of, const std::optional<domain::TravelZone>& zone = {}) {
    auto scanned = scan(device, code(of), zone);
    EXPECT_TRUE(scanned.has_value()) << scanned.error().text();
    return scanned.has_value() ? std::move(scanned).value() : ScanSeen{};
  }
  static DecisionWish admit(std::uint64_t scan) {
    return {.scan = scan, .verdict = DeskVerdict::admit, .photo_matches = true};
  }
  // Scans and admits.
  void pass(Device& device, const domain::CardClaims& of) {
    const auto decided = decide(device, admit(seen(device, of).scan));
    ASSERT_TRUE(decided.has_value()) << decided.error().text();
  }

  store::testing::TempFolder folder_;
  ManualClock clock_{noon};
  crypto::Ed25519PrivateKey server_ = crypto::Ed25519PrivateKey::generate();
  crypto::KeySigner signer_{crypto::Es256PrivateKey::generate().value()};
  Secret<32> document_key_{ByteArray<32>{4, 2}};
  std::uint64_t serial_{};
  std::vector<domain::ListedCard> cards_;
  std::vector<domain::ListedPassing> passings_;
};

TEST_F(Desks, ACardIsVerifiedAndItsHolderAdmittedWithoutANetwork) {
  auto device = ready("desk-1");
  const auto scanned = seen(*device, claims(), zone(anna));
  ASSERT_EQ(scanned.people.size(), 1U);
  EXPECT_EQ(scanned.people[0].person.name, "ERIKSSON<<ANNA<MARIA");
  EXPECT_TRUE(scanned.people[0].is_of_document);
  EXPECT_EQ(scanned.people[0].findings.bits(), 0U);
  const auto decided = decide(*device, admit(scanned.scan));
  ASSERT_TRUE(decided.has_value()) << decided.error().text();
  EXPECT_EQ(decided.value().front().number, 1U);
}

TEST_F(Desks, NothingIsBelievedBeforeTheFirstList) {
  auto device = make("desk-1");
  EXPECT_EQ(scan(*device, code(claims()), {}).error().code, Errc::unavailable);
}

TEST_F(Desks, AnAdmissionNeedsTheOfficersEye) {
  auto device = ready("desk-1");
  auto wish = admit(seen(*device, claims()).scan);
  wish.photo_matches = false;
  EXPECT_EQ(decide(*device, wish).error().code, Errc::invalid_argument);
}

TEST_F(Desks, ACrossingIsNotUsedTwiceOnOneDevice) {
  auto device = ready("desk-1");
  pass(*device, claims());
  const auto again = seen(*device, claims());
  EXPECT_TRUE(again.people[0].findings.has(DeskFinding::used_here));
  const auto refused = decide(*device, admit(again.scan));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::denied);
  auto wish = admit(again.scan);
  wish.is_override = true;
  EXPECT_EQ(decide(*device, wish).error().code, Errc::invalid_argument);  // without a reason
  wish.reason = "came back for a lost bag";
  EXPECT_TRUE(decide(*device, wish));
}

TEST_F(Desks, TwoScansBeforeOneDecisionAdmitOnce) {
  auto device = ready("desk-1");
  const auto first = seen(*device, claims());
  const auto second = seen(*device, claims());
  ASSERT_TRUE(decide(*device, admit(first.scan)));
  EXPECT_EQ(decide(*device, admit(second.scan)).error().code, Errc::denied);
  EXPECT_EQ(decide(*device, admit(first.scan)).error().code, Errc::conflict);
}

TEST_F(Desks, ACrossingAtAnotherDeskIsKnownAfterTheNextList) {
  auto device = ready("desk-2");
  EXPECT_EQ(seen(*device, claims()).people[0].findings.bits(), 0U);
  passings_.push_back({.card = claims().id,
                       .mark = claims().persons[0].mark,
                       .verdict = DeskVerdict::admit,
                       .at = noon,
                       .device = "desk-1"});
  ASSERT_TRUE(sync(*device));
  EXPECT_TRUE(seen(*device, claims()).people[0].findings.has(DeskFinding::used_elsewhere));
}

TEST_F(Desks, ARefusalAtAnyDeskIsSeenByTheNext) {
  auto device = ready("desk-1");
  auto wish = admit(seen(*device, claims()).scan);
  wish.verdict = DeskVerdict::refuse;
  EXPECT_EQ(decide(*device, wish).error().code, Errc::denied);  // nothing was found: only by an override
  wish.is_override = true;
  wish.reason = "papers look forged";
  ASSERT_TRUE(decide(*device, wish));
  EXPECT_TRUE(seen(*device, claims()).people[0].findings.has(DeskFinding::refused_before));
}

TEST_F(Desks, WithdrawnAndChangedCardsAreFound) {
  auto device = make("desk-1");
  cards_ = {{.id = claims(1).id, .version = 1, .is_withdrawn = true}, {.id = claims(2).id, .version = 2}};
  ASSERT_TRUE(sync(*device));
  EXPECT_TRUE(seen(*device, claims(1)).people[0].findings.has(DeskFinding::withdrawn));
  EXPECT_TRUE(seen(*device, claims(2)).people[0].findings.has(DeskFinding::superseded));
  auto newer = claims(2);
  newer.version = 2;
  EXPECT_EQ(seen(*device, newer).people[0].findings.bits(), 0U);
}

TEST_F(Desks, AnotherPortFitnessAndDocumentAreFound) {
  auto device = ready("desk-1");
  auto elsewhere = claims();
  elsewhere.port = "DPS";
  EXPECT_TRUE(seen(*device, elsewhere).people[0].findings.has(DeskFinding::wrong_port));
  auto test_first = claims();
  test_first.fitness = domain::CardFitness::fit_with_test;
  const auto scanned = seen(*device, test_first);
  EXPECT_TRUE(scanned.people[0].findings.has(DeskFinding::needs_test));
  EXPECT_TRUE(decide(*device, {.scan = scanned.scan, .verdict = DeskVerdict::test}));
  auto other = zone(anna);
  other.number = "L898902C4";
  const auto differs = seen(*device, claims(), other);
  EXPECT_TRUE(differs.people[0].findings.has(DeskFinding::document_differs));
  EXPECT_FALSE(differs.people[0].findings.has(DeskFinding::name_differs));
  auto born_later = zone(anna);
  born_later.birth->year = 1975;
  EXPECT_TRUE(seen(*device, claims(), born_later).people[0].findings.has(DeskFinding::birth_differs));
  auto ended = zone(anna);
  ended.expiry = std::chrono::year{2026} / 11 / 20;
  EXPECT_TRUE(seen(*device, claims(), ended).people[0].findings.has(DeskFinding::document_ended));
}

TEST_F(Desks, OfAPartyTheOneWhoseDocumentWasReadIsMarked) {
  auto device = ready("desk-1");
  auto party = claims();
  party.persons.push_back({.name = "ERIKSSON<<NILS",
                           .document_tail = "0002",
                           .mark = domain::document_mark(document_key_, party.id, "L00000002"),
                           .birth_year = 2018,
                           .is_child = true});
  const auto scanned = seen(*device, party, zone(anna));
  ASSERT_EQ(scanned.people.size(), 2U);
  EXPECT_TRUE(scanned.people[0].is_of_document);
  EXPECT_FALSE(scanned.people[1].is_of_document);
  auto one = admit(scanned.scan);
  one.place = 1;
  ASSERT_TRUE(decide(*device, one));
  const auto rest = decide(*device, admit(scanned.scan));
  ASSERT_TRUE(rest);
  ASSERT_EQ(rest.value().size(), 1U);
  EXPECT_EQ(rest.value()[0].place, 0U);
  EXPECT_EQ(decide(*device, {.scan = scanned.scan, .place = 7, .verdict = DeskVerdict::refuse}).error().code,
            Errc::not_found);
}

TEST_F(Desks, ACodeThatIsNotTheServersIsRefusedAndNothingCanBeDecided) {
  auto device = ready("desk-1");
  const crypto::KeySigner stranger{crypto::Es256PrivateKey::generate().value()};
  const auto scanned = scan(*device, cert::make_card_code(claims(), stranger).value(), {}).value();
  ASSERT_TRUE(scanned.refusal);
  EXPECT_EQ(scanned.refusal->reason, cert::Reason::untrusted_signer);
  EXPECT_EQ(decide(*device, admit(scanned.scan)).error().code, Errc::not_found);
  EXPECT_EQ(queue_figures(*device).value().refused_codes, 1U);
}

TEST_F(Desks, AClockThatWasSetBackStopsTheDeskUntilTheServerVouchesForTheTime) {
  auto device = ready("desk-1");
  clock_.advance(hours{2});
  pass(*device, claims(1));
  clock_.set(noon);
  const auto refused = scan(*device, code(claims(2)), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::clock_skew);
  EXPECT_EQ(refused.error().number, unix_seconds(noon + hours{2}));
  auto stale = list_for(*device);
  stale.made_at = noon - hours{1};
  EXPECT_EQ(give(*device, stale).error().code, Errc::clock_skew);
  const auto mended = sync(*device);
  ASSERT_TRUE(mended);
  EXPECT_TRUE(mended.value().clock_was_mended);
  EXPECT_TRUE(scan(*device, code(claims(2)), {}));
}

TEST_F(Desks, ListsOfOthersAndOlderOnesAreRefused) {
  auto device = ready("desk-1");
  const auto old = list_for(*device);
  ASSERT_TRUE(sync(*device));
  EXPECT_EQ(give(*device, old).error().code, Errc::conflict);
  auto elsewhere = list_for(*device);
  elsewhere.port = "DPS";
  EXPECT_EQ(give(*device, elsewhere).error().code, Errc::conflict);
  const auto stranger = crypto::Ed25519PrivateKey::generate();
  const auto key = device->identity().sealing_key.public_key();
  EXPECT_EQ(take_list(*device, domain::seal_border_list(list_for(*device), stranger, key).value()).error().code,
            Errc::bad_signature);
  const auto other = make("desk-2");
  const auto for_other =
      domain::seal_border_list(list_for(*other), server_, other->identity().sealing_key.public_key());
  EXPECT_EQ(take_list(*device, for_other.value()).error().code, Errc::malformed);
}

TEST_F(Desks, DecisionsMakeAChainThatIsSentOnceAndOutlivesTheProcess) {
  auto device = ready("desk-1");
  const auto id = device->identity().signing_key.public_key();
  for (std::uint8_t i = 1; i <= 3; ++i) pass(*device, claims(i));
  device.reset();
  device = open("desk-1");
  pass(*device, claims(4));
  const auto unsent = unsent_decisions(*device, 100).value();
  ASSERT_EQ(unsent.size(), 4U);
  domain::DecisionRow row;
  for (const auto& each : unsent) {
    const auto decision = domain::read_decision(each).value();
    EXPECT_TRUE(domain::is_signed_by(decision, id));
    EXPECT_TRUE(domain::follow(row, decision));
  }
  EXPECT_EQ(row.number, 4U);
  ASSERT_TRUE(mark_sent(*device, 3));
  EXPECT_EQ(unsent_decisions(*device, 100).value().size(), 1U);
  EXPECT_EQ(queue_figures(*device).value().unsent, 1U);
}

TEST_F(Desks, TheQueueIsCountedByHourWithItsMedian) {
  auto device = ready("desk-1");
  for (std::uint8_t i = 1; i <= 3; ++i) {
    const auto scanned = seen(*device, claims(i));
    clock_.advance(seconds{i * 10});
    ASSERT_TRUE(decide(*device, admit(scanned.scan)));
  }
  seen(*device, claims(9));
  clock_.advance(seconds{60});
  const auto figures = queue_figures(*device).value();
  EXPECT_EQ(figures.waiting, 1U);
  EXPECT_EQ(figures.longest_wait_s, 60U);
  EXPECT_EQ(figures.decided, 3U);
  EXPECT_EQ(figures.median_s, 20U);
  ASSERT_EQ(figures.hours.size(), 1U);
  EXPECT_EQ(figures.hours[0].admitted, 3U);
}

TEST_F(Desks, WhoeverIsIsolatedHasASymptom) {
  auto device = ready("desk-1");
  DecisionWish wish{.scan = seen(*device, claims()).scan, .verdict = DeskVerdict::isolate};
  EXPECT_EQ(decide(*device, wish).error().code, Errc::invalid_argument);
  wish.symptoms = {domain::Symptom::fever, domain::Symptom::cough};
  ASSERT_TRUE(decide(*device, wish));
  const auto sent = domain::read_decision(unsent_decisions(*device, 1).value().front()).value();
  EXPECT_EQ(sent.decision.symptoms, wish.symptoms);
  EXPECT_TRUE(seen(*device, claims()).people[0].findings.has(DeskFinding::isolated_before));
}

TEST_F(Desks, TheDatabaseHoldsNoNameAndNoDocument) {
  auto device = ready("desk-1");
  pass(*device, claims());
  device.reset();
  std::uint64_t searched = 0;
  for (const auto* const name : {"device.db", "device.db-wal"}) {
    const auto file = store::read_file(folder_.file("desk-1/" + std::string{name}), 1UL << 24U);
    if (!file) continue;  // without a log behind it everything is in the first
    const auto content = as_text(BytesView{file.value()});
    searched += content.size();
    EXPECT_EQ(content.find("ERIKSSON"), std::string::npos);
    EXPECT_EQ(content.find("02C3"), std::string::npos);
    EXPECT_EQ(content.find(as_text(document_key_.view())), std::string::npos);
  }
  EXPECT_GT(searched, 4096U);
}

TEST_F(Desks, AConflictIsToldOnce) {
  auto device = ready("desk-1");
  const std::vector<ConflictTold> told{
      {.card = claims().id, .mark = claims().persons[0].mark, .kind = domain::DeskConflict::admitted_twice}};
  EXPECT_EQ(take_conflicts(*device, told).value().size(), 1U);
  EXPECT_EQ(take_conflicts(*device, told).value().size(), 0U);
  EXPECT_EQ(queue_figures(*device).value().conflicts, 1U);
}

TEST_F(Desks, AFolderIsMadeOnceAndWithAPortAndIdThatCanBe) {
  make("desk-1");
  const auto init = [&](const std::string& id, const std::string& port) {
    return Device::init(folder_.file("desk-1"), {.id = id, .port = port, .url = "", .server = server_.public_key()});
  };
  EXPECT_EQ(init("desk-1", "CGK").error().code, Errc::conflict);
  EXPECT_EQ(init("Desk 1", "CGK").error().code, Errc::invalid_argument);
  EXPECT_EQ(init("desk-1", "cgk").error().code, Errc::invalid_argument);
  EXPECT_EQ(Device::open(folder_.file("nowhere"), clock_).error().code, Errc::not_found);
}

}  // namespace
}  // namespace lindung::border
