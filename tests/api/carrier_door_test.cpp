// Carriers before departure: one bit in bytes of one length, for the same work, once, and under labels of their own.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "api/carrier_routes.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "domain/carrier_check.h"
#include "domain/journey.h"
#include "gateway/carrier_profile.h"
#include "gateway/envelope.h"
#include "gateway/sealed_client.h"
#include "store/database.h"
#include "store/ring.h"
#include "support/world.h"
#include "travel/cards.h"
#include "travel/carrier_checks.h"
#include "travel/carriers.h"
#include "travel/travel_world.h"

namespace lindung::api {
namespace {

constexpr auto authority = "travel.example";

class CarrierDoors : public travel::testing::TravelTest {
 protected:
  using Sent = test::Sent<gateway::SealedEnvelope>;

  void SetUp() override {
    TravelTest::SetUp();
    ASSERT_TRUE(travel::keep_carrier_keys(ground()));
    ASSERT_TRUE(travel::add_carrier(ground(), "GA", "Garuda", key_.public_key().bytes()));
    const auto info = ring_->newest(store::KeyClass::carrier_exchange).value();
    server_ = {.key_id = static_cast<std::uint8_t>(info.number),
               .public_key = crypto::X25519PrivateKey::from_bytes(ring_->key(info.name).value()).public_key()};
    door_ = std::make_unique<CarrierDoor>(clock_, gateway::Authorities{.names = {authority}, .https = true});
  }
  // A citizen who comes home without a test is tested on arrival.
  travel::FiledCard citizen() {
    auto card = TravelTest::card();
    for (auto& person : card.people) {
      person.document.issuing_state = "IDN";
      person.document.nationality = "IDN";
    }
    return file(std::move(card));
  }
  static domain::CarrierQuestion question(const travel::FiledCard& of) {
    return {.id = crypto::random_bytes<16>(),
            .card = of.card.id,
            .version = of.card.version,
            .number = "GA 825",
            .departure = domain::travel_day(of.card.card.journey)};
  }
  [[nodiscard]] Sent seal(const domain::CarrierQuestion& of,
                          const gateway::EnvelopeProfile& profile = gateway::carrier_envelope,
                          const std::string& key_id = "ga") const {
    const gateway::KeyHolder holder{.key_id = KeyId{key_id}, .signing_key = key_, .pact_digest = {}};
    return {gateway::seal_envelope(profile, holder, server_, authority, domain::encode(of), clock_.now()).value(),
            profile.signature, authority};
  }
  bool ask(const domain::CarrierQuestion& of) {
    const auto sent = seal(of);
    const auto reply = door_->answer(ground(), sent.request());
    EXPECT_TRUE(reply.has_value()) << reply.error().text();
    EXPECT_EQ(reply.value().size(), gateway::sealed_reply_size(domain::carrier_answer_size));
    EXPECT_EQ(sent.request().body.size(), gateway::sealed_request_size(domain::carrier_question_size));
    const auto opened =
        gateway::open_reply(sent.sealed().reply_key, reply.value(), domain::carrier_answer_size).value();
    const auto answer = domain::parse_carrier_answer(opened).value();
    EXPECT_EQ(answer.id, of.id);
    return answer.is_fit;
  }
  Errc refusal(const Sent& sent) {
    const auto reply = door_->answer(ground(), sent.request());
    EXPECT_TRUE(reply.has_error());
    return reply.has_error() ? reply.error().code : Errc::io;
  }

  crypto::Ed25519PrivateKey key_ = crypto::Ed25519PrivateKey::generate();
  gateway::GatewayKey server_;
  std::unique_ptr<CarrierDoor> door_;
};

TEST_P(CarrierDoors, EverythingButAFitPartyOnThatVeryJourneyIsTheSameNo) {
  const auto home = citizen();
  EXPECT_TRUE(ask(question(home)));
  EXPECT_FALSE(ask(question(file())));
  auto other = question(home);
  other.number = "GA 826";
  EXPECT_FALSE(ask(other));
  other = question(home);
  other.departure.number += 1;
  EXPECT_FALSE(ask(other));
  other = question(home);
  other.version = 2;
  EXPECT_FALSE(ask(other));
  other = question(home);
  other.card = domain::CardId{crypto::random_bytes<16>()};
  EXPECT_FALSE(ask(other));
  ASSERT_TRUE(travel::withdraw_card(ground(), home.card.id, home.secret));
  EXPECT_FALSE(ask(question(home)));
}

TEST_P(CarrierDoors, EachAnswerIsInTheLogBeforeItLeaves) {
  const auto home = citizen();
  ASSERT_TRUE(ask(question(home)));
  auto unknown = question(home);
  unknown.card = domain::CardId{crypto::random_bytes<16>()};
  ASSERT_FALSE(ask(unknown));
  const auto logged = actions();
  EXPECT_EQ(std::ranges::count(logged, "carrier.answered"), 2);
}

TEST_P(CarrierDoors, AQuestionCountsOnce) {
  const auto sent = seal(question(citizen()));
  ASSERT_TRUE(door_->answer(ground(), sent.request()));
  EXPECT_EQ(refusal(sent), Errc::replay_conflict);
}

TEST_P(CarrierDoors, WhatWasMadeForThePartnersExchangeIsNotTaken) {
  const auto asked = question(citizen());
  auto other_labels = gateway::carrier_envelope;
  other_labels.request_label = gateway::exchange_envelope.request_label;
  EXPECT_EQ(refusal(seal(asked, other_labels)), Errc::malformed);
  auto other_tag = gateway::carrier_envelope;
  other_tag.signature.tag = gateway::exchange_profile.tag;
  EXPECT_EQ(refusal(seal(asked, other_tag)), Errc::bad_signature);
  auto other_type = gateway::carrier_envelope;
  other_type.signature.content_type = gateway::exchange_profile.content_type;
  EXPECT_EQ(refusal(seal(asked, other_type)), Errc::malformed);
  auto other_path = gateway::carrier_envelope;
  other_path.signature.path = gateway::exchange_profile.path;
  EXPECT_EQ(refusal(seal(asked, other_path)), Errc::malformed);
}

TEST_P(CarrierDoors, ACarrierChangesItsKeyWithoutAPause) {
  const auto first = key_;
  const auto second = crypto::Ed25519PrivateKey::generate();
  const auto added = travel::add_carrier_key(ground(), "GA", second.public_key().bytes());
  ASSERT_TRUE(added.has_value()) << added.error().text();
  EXPECT_EQ(added.value(), "GA.2");
  EXPECT_EQ(travel::add_carrier_key(ground(), "GA", second.public_key().bytes()).error().code, Errc::conflict);
  const auto third = crypto::Ed25519PrivateKey::generate();
  EXPECT_EQ(travel::add_carrier_key(ground(), "GA", third.public_key().bytes()).error().code, Errc::conflict)
      << "two are in force";
  const auto asked = question(citizen());
  const auto answers = [&](const crypto::Ed25519PrivateKey& key, const std::string& key_id) {
    key_ = key;
    auto fresh = asked;
    fresh.id = crypto::random_bytes<16>();
    return door_->answer(ground(), seal(fresh, gateway::carrier_envelope, key_id).request()).has_value();
  };
  EXPECT_TRUE(answers(first, "ga"));
  EXPECT_TRUE(answers(second, "ga.2"));
  EXPECT_FALSE(answers(first, "ga.2"));
  EXPECT_FALSE(answers(second, "ga"));
  ASSERT_TRUE(travel::revoke_carrier_key(ground(), "GA"));
  EXPECT_FALSE(answers(first, "ga"));
  EXPECT_TRUE(answers(second, "ga.2"));
  EXPECT_EQ(travel::revoke_carrier_key(ground(), "GA.2").error().code, Errc::conflict) << "the only one";
  EXPECT_EQ(travel::add_carrier_key(ground(), "GA", first.public_key().bytes()).error().code, Errc::conflict)
      << "a key does not come back";
  EXPECT_EQ(travel::add_carrier_key(ground(), "GA", third.public_key().bytes()).value(), "GA.3");
  EXPECT_TRUE(answers(third, "ga.3"));
  ASSERT_TRUE(travel::revoke_carrier(ground(), "GA"));
  EXPECT_FALSE(answers(second, "ga.2"));
  EXPECT_FALSE(answers(third, "ga.3"));
}

TEST_P(CarrierDoors, StrangersAndCarriersThatMayNotAskAnyMoreAreAlike) {
  const auto asked = question(citizen());
  EXPECT_EQ(refusal(seal(asked, gateway::carrier_envelope, "qz")), Errc::bad_signature);
  ASSERT_TRUE(travel::revoke_carrier(ground(), "GA"));
  EXPECT_EQ(refusal(seal(asked)), Errc::bad_signature);
}

TEST_P(CarrierDoors, KeysAreMadeInTimeAndNotBefore) {
  EXPECT_FALSE(travel::keep_carrier_keys(ground()).value());
  clock_.advance(std::chrono::days{9});
  EXPECT_TRUE(travel::keep_carrier_keys(ground()).value());
}

INSTANTIATE_TEST_SUITE_P(Engines, CarrierDoors, ::testing::Values(store::Engine::sqlite),
                         [](const auto&) { return std::string{"sqlite"}; });

}  // namespace
}  // namespace lindung::api
