// Many questions in one request, over a real store: each is answered as it would be alone.
#include "domain/bundle.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/link_token.h"
#include "domain/partner.h"
#include "domain/question.h"
#include "gateway/door.h"
#include "gateway/envelope.h"
#include "gateway/partner_client.h"
#include "gateway/proven_answer.h"
#include "gateway/signed_head.h"
#include "log/entry.h"
#include "service/exchange.h"
#include "service/partners.h"
#include "support/world.h"

namespace lindung::service {
namespace {

using domain::BundledAnswer;
using domain::Outcome;
using domain::Question;

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z

class BundleTest : public ::testing::Test {
 protected:
  test::World world_{moment_of(noon)};
  gateway::PartnerIdentity partner_ = world_.add_partner("gojek");

  domain::LinkToken citizen(domain::Colour colour = domain::Colour::green) {
    return world_.link(partner_.partner, world_.add_citizen(colour, colour == domain::Colour::green));
  }
  std::vector<Question> questions(std::size_t count) {
    const auto token = citizen();
    std::vector<Question> out;
    for (std::size_t i = 0; i < count; ++i) out.push_back(world_.status_of(token));
    return out;
  }
  std::vector<BundledAnswer> ask(std::span<const Question> questions) {
    auto answers = world_.ask_bundle(partner_, questions);
    EXPECT_TRUE(answers.has_value()) << answers.error().text();
    return answers.has_value() ? std::move(answers).value() : std::vector<BundledAnswer>{};
  }
  // What the door says of a plaintext that no honest client makes.
  Errc refused(const Bytes& plaintext) {
    const auto parsed = domain::parse_bundle(plaintext, world_.clock.now());
    return parsed.has_error() ? parsed.error().code : Errc::conflict;
  }
};

TEST_F(BundleTest, EachQuestionIsAnsweredAndLoggedByItself) {
  const auto code = world_.add_venue(domain::Category::mall, 10);
  auto enters = world_.status_of(citizen());
  enters.operation = domain::Operation::check_in;
  enters.venue_code = code;
  auto leaves = enters;
  leaves.request_id = RequestId{crypto::random_bytes<16>()};
  leaves.operation = domain::Operation::check_out;
  const std::vector<Question> asked{enters, world_.status_of(citizen(domain::Colour::red)),
                                    world_.status_of(domain::LinkToken{crypto::random_bytes<28>()}), leaves};
  const auto answers = ask(asked);  // each leaf hash is computed again by the partner's side
  ASSERT_EQ(answers.size(), 4U);
  const std::vector<Outcome> expected{Outcome::allow, Outcome::deny, Outcome::unlinked, Outcome::allow};
  std::set<std::uint64_t> indices;
  const auto entries = world_.log_entries();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ASSERT_TRUE(answers[i].answer.has_value()) << i;
    const auto& answer = answers[i].answer.value();
    EXPECT_EQ(answer.outcome, expected[i]) << i;
    EXPECT_TRUE(std::holds_alternative<log::AnswerEntry>(entries.at(answer.log_index)));
    indices.insert(answer.log_index);
  }
  EXPECT_EQ(indices.size(), 4U);
  EXPECT_EQ(world_.exchange->counters().batches, 1U) << "one transaction";
}

TEST_F(BundleTest, LengthsTellOnlyWhichOfTwoSizesABundleHas) {
  const auto sizes = [&](std::size_t count) { return world_.seal(partner_, questions(count))->request().body.size(); };
  EXPECT_EQ(sizes(1), gateway::sealed_request_size(domain::bundle_size(16)));
  EXPECT_EQ(sizes(16), sizes(1));
  EXPECT_EQ(sizes(17), gateway::sealed_request_size(domain::bundle_size(64)));
  EXPECT_EQ(sizes(64), sizes(17));
  EXPECT_EQ(sizes(1), 4159U);
  EXPECT_EQ(sizes(64), 16447U);
  const auto answers = ask(questions(64));
  EXPECT_EQ(answers.size(), 64U);
  EXPECT_EQ(domain::encode_bundle_answer(answers, 64).size(), domain::bundle_size(64));
}

TEST_F(BundleTest, ABundleIsNeverDividedAmongTransactions) {
  service::Exchange::Limits limits{.queue_max = 200, .batch_max = 10};
  world_.set_exchange_limits(limits);
  EXPECT_EQ(ask(questions(24)).size(), 24U);  // over the per-person quota of bare questions from here on
  EXPECT_EQ(world_.exchange->counters().batches, 1U);
  limits.queue_max = 20;
  world_.set_exchange_limits(limits);
  const auto refused = world_.ask_bundle(partner_, questions(21));
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::busy);
}

TEST_F(BundleTest, BehindABatchOfManyTheNextIsGatheredUntilAsManyAskAgain) {
  world_.set_exchange_limits({.gather = std::chrono::hours{1}});
  const auto asked = questions(15);
  EXPECT_EQ(ask(std::span{asked}.first(8)).size(), 8U);
  std::vector<std::thread> seven;
  std::atomic<int> answered{0};
  for (const auto& question : std::span{asked}.subspan(8)) {
    seven.emplace_back([this, &answered, sent = world_.seal(partner_, question)] {
      if (world_.ask(sent->request()).has_value()) ++answered;
    });
  }
  for (auto& each : seven) each.join();
  EXPECT_EQ(answered, 7);
  EXPECT_EQ(world_.exchange->counters().batches, 2U);
}

TEST_F(BundleTest, ARepetitionIsFoundWhicheverRequestItCameIn) {
  const auto asked = questions(3);
  const auto first = ask(asked);
  const auto again = ask(asked);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    ASSERT_TRUE(again.at(i).answer.has_value()) << i;
    EXPECT_TRUE(again[i].answer.value().answered_before);
    EXPECT_EQ(again[i].answer.value().log_index, first.at(i).answer.value().log_index);
  }
  const auto alone = world_.ask(world_.seal(partner_, asked[1])->request());
  ASSERT_TRUE(alone.has_value()) << alone.error().text();
  EXPECT_EQ(alone.value().log_index, first[1].answer.value().log_index);
}

TEST_F(BundleTest, AConflictIsThatOfItsSlotAlone) {
  auto asked = questions(3);
  ASSERT_TRUE(world_.ask(world_.seal(partner_, asked[1])->request()).has_value());
  asked[1].token = citizen(domain::Colour::red);
  const auto answers = ask(asked);
  ASSERT_EQ(answers.size(), 3U);
  ASSERT_TRUE(answers[1].answer.has_error());
  EXPECT_EQ(answers[1].answer.error().code, Errc::replay_conflict);
  EXPECT_EQ(answers[1].request_id, asked[1].request_id);
  EXPECT_EQ(answers[0].answer.value().outcome, Outcome::allow);
  EXPECT_EQ(answers[2].answer.value().outcome, Outcome::allow);
}

TEST_F(BundleTest, ThePartnersQuotaEndsInTheMiddleOfABundle) {
  const auto grab = world_.add_partner("grab", 5);
  std::vector<Question> asked;
  for (int i = 0; i < 8; ++i) asked.push_back(world_.status_of(domain::LinkToken{crypto::random_bytes<28>()}));
  const auto answers = world_.ask_bundle(grab, asked);
  ASSERT_TRUE(answers.has_value()) << answers.error().text();
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto& answer = answers.value().at(i).answer;
    EXPECT_EQ(answer.has_error() ? answer.error().code : Errc::conflict, i < 5 ? Errc::conflict : Errc::quota) << i;
  }
}

TEST_F(BundleTest, ACutPartnerGetsNoBundle) {
  const auto asked = questions(2);
  auto opened = world_.door->admit_bundle(world_.seal(partner_, asked)->request());
  ASSERT_TRUE(opened.has_value()) << opened.error().text();
  ASSERT_TRUE(move_partner(*world_.platform, partner_.partner, domain::PartnerAction::cut).has_value());
  // One that was admitted before the cut is refused under the head of the log.
  EXPECT_EQ(world_.answer_bundle(std::move(opened).value().questions).error().code, Errc::partner_cut);
  EXPECT_EQ(world_.ask_bundle(partner_, asked).error().code, Errc::partner_cut);
  EXPECT_EQ(world_.exchange->counters().answers, (service::ExchangeCounters{}.answers)) << "nothing was answered";
}

TEST_F(BundleTest, WhatIsNoBundleIsMalformed) {
  const auto asked = questions(2);
  const std::vector<domain::QuestionBytes> slots{domain::encode(asked[0]), domain::encode(asked[1])};
  const auto good = domain::encode_bundle(slots, 16);
  ASSERT_EQ(refused(good), Errc::conflict) << "it is not refused";
  const auto with = [&](std::size_t at, std::uint8_t value) {
    auto changed = good;
    changed.at(at) = value;
    return changed;
  };
  EXPECT_EQ(refused(with(0, 2)), Errc::malformed) << "version";
  EXPECT_EQ(refused(with(1, 0)), Errc::malformed) << "no question";
  EXPECT_EQ(refused(with(1, 17)), Errc::malformed) << "more than slots";
  EXPECT_EQ(refused(with(1, 1)), Errc::malformed) << "an unused slot that is used";
  EXPECT_EQ(refused(with(1, 3)), Errc::malformed) << "an empty slot";
  EXPECT_EQ(refused(with(7, 1)), Errc::malformed) << "a reserved byte";
  EXPECT_EQ(refused(with(good.size() - 1, 1)), Errc::malformed) << "the last byte of an unused slot";
  EXPECT_EQ(refused(with(domain::bundle_size(1) + 1, 4)), Errc::malformed) << "an operation of a slot";
  EXPECT_EQ(refused({good.begin(), good.end() - 1}), Errc::malformed) << "length";
  EXPECT_EQ(refused({}), Errc::malformed);
  const std::vector<domain::QuestionBytes> twice{slots[0], slots[0]};
  EXPECT_EQ(refused(domain::encode_bundle(twice, 16)), Errc::malformed) << "a request id twice";
}

TEST_F(BundleTest, ABundleAndAQuestionAreNeverTakenForOneAnother) {
  const auto asked = questions(1);
  const auto bundle = world_.seal(partner_, std::span{asked});
  EXPECT_EQ(world_.door->admit(bundle->request()).error().code, Errc::malformed);
  const auto one = world_.seal(partner_, asked.front());
  EXPECT_EQ(world_.door->admit_bundle(one->request()).error().code, Errc::malformed);
  // Signed as a bundle, sent as one, and with another tag in its signature.
  auto fields = bundle->sealed().fields;
  for (auto& [name, value] : fields) {
    if (name == "Signature-Input") value.replace(value.find("lindung-bundle"), 14, "lindung-reques");
  }
  gateway::SealedBundle spoiled = bundle->sealed();
  spoiled.fields = fields;
  const test::SentBundle sent{spoiled, gateway::bundle_profile, test::World::authority};
  EXPECT_EQ(world_.door->admit_bundle(sent.request()).error().code, Errc::bad_signature);
}

TEST_F(BundleTest, AnAnswerOfABundleCanBeProvenLater) {
  const auto answers = ask(questions(3));
  const auto& answer = answers.at(2).answer.value();
  const auto proven = gateway::prove_answer(*world_.platform, answer.log_index);
  ASSERT_TRUE(proven.has_value()) << proven.error().text();
  EXPECT_EQ(proven.value().answer.outcome, Outcome::allow);
  EXPECT_EQ(proven.value().answer.evidence, answer.evidence);
}

}  // namespace
}  // namespace lindung::service
