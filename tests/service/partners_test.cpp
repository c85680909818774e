// The life of a partner, each step tried from each state, and what its keys open.
#include "service/partners.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/colour.h"
#include "domain/link_token.h"
#include "domain/partner.h"
#include "gateway/partner_client.h"
#include "log/entry.h"
#include "service/settings.h"
#include "store/database.h"
#include "store/ring.h"
#include "support/world.h"

namespace lindung::service {
namespace {

using domain::PartnerAction;
using domain::PartnerState;

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z
constexpr std::array states{PartnerState::registered, PartnerState::pact_signed, PartnerState::active,
                            PartnerState::suspended,  PartnerState::cut,         PartnerState::shredded};
constexpr std::array actions{PartnerAction::sign_pact, PartnerAction::activate, PartnerAction::suspend,
                             PartnerAction::resume,    PartnerAction::cut,      PartnerAction::uncut,
                             PartnerAction::shred};

// The states behind the steps that there are; every other step is refused.
const std::map<std::pair<PartnerState, PartnerAction>, PartnerState> steps{
    {{PartnerState::registered, PartnerAction::sign_pact}, PartnerState::pact_signed},
    {{PartnerState::registered, PartnerAction::shred}, PartnerState::shredded},
    {{PartnerState::pact_signed, PartnerAction::sign_pact}, PartnerState::pact_signed},
    {{PartnerState::pact_signed, PartnerAction::activate}, PartnerState::active},
    {{PartnerState::pact_signed, PartnerAction::shred}, PartnerState::shredded},
    {{PartnerState::active, PartnerAction::sign_pact}, PartnerState::active},
    {{PartnerState::active, PartnerAction::suspend}, PartnerState::suspended},
    {{PartnerState::active, PartnerAction::cut}, PartnerState::cut},
    {{PartnerState::active, PartnerAction::shred}, PartnerState::shredded},
    {{PartnerState::suspended, PartnerAction::sign_pact}, PartnerState::suspended},
    {{PartnerState::suspended, PartnerAction::resume}, PartnerState::active},
    {{PartnerState::suspended, PartnerAction::cut}, PartnerState::cut},
    {{PartnerState::suspended, PartnerAction::shred}, PartnerState::shredded},
    {{PartnerState::cut, PartnerAction::uncut}, PartnerState::active},
    {{PartnerState::cut, PartnerAction::shred}, PartnerState::shredded}};

class PartnersTest : public ::testing::Test {
 protected:
  test::World world_{moment_of(noon)};
  crypto::Ed25519PrivateKey key_ = crypto::Ed25519PrivateKey::generate();

  NewPartnerKey new_key(const PartnerId& partner, const std::string& key_id, const crypto::Ed25519PrivateKey& key) {
    return {.partner = partner,
            .id = KeyId{key_id},
            .public_key = key.public_key(),
            .not_before = world_.clock.now() - std::chrono::hours{1},
            .not_after = world_.clock.now() + std::chrono::days{366}};
  }
  PartnerId registered(const std::string& name) {
    const PartnerId partner{name};
    EXPECT_TRUE(register_partner(*world_.platform, {.id = partner}).has_value());
    EXPECT_TRUE(add_partner_key(*world_.platform, new_key(partner, name + ".1", key_)).has_value());
    return partner;
  }
  Result<void> sign(const PartnerId& partner, const Hash& pact) {
    return sign_pact(*world_.platform, partner, pact, key_.sign(pact_message(pact)));
  }
  Result<void> act(const PartnerId& partner, PartnerAction action) {
    switch (action) {
      case PartnerAction::sign_pact: return sign(partner, world_.directory.get()->pacts.current);
      case PartnerAction::cut: {
        TRYV(cut_partner(*world_.platform, partner));
        return ok();
      }
      case PartnerAction::shred: {
        TRYV(shred_partner(*world_.platform, partner));
        return ok();
      }
      default: {
        TRYV(move_partner(*world_.platform, partner, action));
        return ok();
      }
    }
  }
  // A new partner, brought to this state by the shortest way.
  PartnerId partner_in(PartnerState state, const std::string& name) {
    const auto partner = registered(name);
    std::vector<PartnerAction> way;
    if (state != PartnerState::registered) way.push_back(PartnerAction::sign_pact);
    if (state != PartnerState::registered && state != PartnerState::pact_signed) way.push_back(PartnerAction::activate);
    if (state == PartnerState::suspended) way.push_back(PartnerAction::suspend);
    if (state == PartnerState::cut) way.push_back(PartnerAction::cut);
    if (state == PartnerState::shredded) way.push_back(PartnerAction::shred);
    for (const auto action : way) EXPECT_TRUE(act(partner, action).has_value());
    EXPECT_EQ(listing(partner).state, state);
    return partner;
  }
  PartnerListing listing(const PartnerId& partner) {
    const auto rows = list_partners(*world_.platform).value();
    for (const auto& row : rows) {
      if (row.id == partner) return row;
    }
    ADD_FAILURE() << partner.value() << " is not listed";
    return {};
  }
  Errc code_of_key(store::KeyClass cls, const PartnerId& partner, std::uint64_t epoch) {
    const auto key = world_.ring->key({.cls = cls, .scope = partner.value(), .epoch = epoch});
    EXPECT_TRUE(key.has_error());
    return key.has_error() ? key.error().code : Errc::unsupported;
  }
  Result<domain::Answer> ask(const gateway::PartnerIdentity& partner, const domain::LinkToken& token) {
    return world_.ask_status(partner, token);
  }
  std::vector<log::PartnerEntry> partner_entries(const PartnerId& partner) {
    std::vector<log::PartnerEntry> entries;
    const auto all = world_.log_entries();
    for (const auto& entry : all) {
      const auto* about = std::get_if<log::PartnerEntry>(&entry);
      if (about != nullptr && about->partner == partner) entries.push_back(*about);
    }
    return entries;
  }
};

TEST_F(PartnersTest, EveryStepThatThereIsLeadsToItsStateAndIsLogged) {
  std::size_t tried = 0;
  for (const auto& [step, state] : steps) {
    const auto partner = partner_in(step.first, "p" + std::to_string(tried++));
    const auto entries = world_.log_entries().size();
    const auto done = act(partner, step.second);
    ASSERT_TRUE(done.has_value()) << domain::name_of(step.first) << ": " << done.error().text();
    EXPECT_EQ(listing(partner).state, state);
    EXPECT_EQ(world_.directory.get()->find_partner(partner)->state, state);
    ASSERT_EQ(world_.log_entries().size(), entries + 1);
    EXPECT_EQ(std::get<log::PartnerEntry>(world_.log_entries().back()).partner, partner);
  }
  EXPECT_EQ(tried, steps.size());
}

TEST_F(PartnersTest, EveryOtherStepIsAConflictAndChangesNothing) {
  std::size_t tried = 0;
  for (const auto state : states) {
    for (const auto action : actions) {
      if (steps.contains({state, action})) continue;
      if (state == PartnerState::cut && action == PartnerAction::cut) continue;  // a question, see below
      const auto partner = partner_in(state, "p" + std::to_string(tried++));
      const auto entries = world_.log_entries().size();
      const auto done = act(partner, action);
      ASSERT_TRUE(done.has_error()) << domain::name_of(state) << ", action " << static_cast<int>(action);
      EXPECT_EQ(done.error().code, Errc::conflict) << domain::name_of(state) << ", action " << static_cast<int>(action);
      EXPECT_EQ(listing(partner).state, state);
      EXPECT_EQ(world_.log_entries().size(), entries);
    }
  }
  EXPECT_EQ(tried, states.size() * actions.size() - steps.size() - 1);
}

TEST_F(PartnersTest, ARepeatedCutSaysWhetherItIsEffectiveAndLogsNothing) {
  const auto partner = partner_in(PartnerState::active, "gojek");
  const auto first = cut_partner(*world_.platform, partner);
  ASSERT_TRUE(first.has_value()) << first.error().text();
  EXPECT_FALSE(first.value().was_cut_before);
  const auto entries = world_.log_entries().size();
  const auto again = cut_partner(*world_.platform, partner);
  ASSERT_TRUE(again.has_value()) << again.error().text();
  EXPECT_TRUE(again.value().was_cut_before);
  EXPECT_TRUE(again.value().until_effective.has_value());
  EXPECT_EQ(again.value().log_index, first.value().log_index);
  EXPECT_EQ(world_.log_entries().size(), entries);
}

TEST_F(PartnersTest, NoWayLeadsToActiveWithoutASignedPact) {
  const auto partner = registered("gojek");
  const auto pact = world_.directory.get()->pacts.current;
  const auto foreign = crypto::Ed25519PrivateKey::generate().sign(pact_message(pact));
  EXPECT_EQ(sign_pact(*world_.platform, partner, pact, foreign).error().code, Errc::bad_signature);
  EXPECT_EQ(sign(partner, crypto::random_bytes<32>()).error().code, Errc::pact_outdated);
  for (const auto action : {PartnerAction::activate, PartnerAction::resume, PartnerAction::uncut}) {
    EXPECT_EQ(act(partner, action).error().code, Errc::conflict);
  }
  EXPECT_EQ(listing(partner).state, PartnerState::registered);
  // Nor are there keys of an epoch that never began.
  EXPECT_EQ(code_of_key(store::KeyClass::partner_index, partner, 1), Errc::not_found);
}

TEST_F(PartnersTest, APactSignedByARevokedKeyOrByAnotherPartnersKeyIsNotSigned) {
  const auto partner = registered("gojek");
  ASSERT_TRUE(register_partner(*world_.platform, {.id = PartnerId{"grab"}}).has_value());
  EXPECT_EQ(sign(PartnerId{"grab"}, world_.directory.get()->pacts.current).error().code, Errc::bad_signature);
  ASSERT_TRUE(revoke_partner_key(*world_.platform, partner, KeyId{"gojek.1"}).has_value());
  EXPECT_EQ(sign(partner, world_.directory.get()->pacts.current).error().code, Errc::bad_signature);
}

TEST_F(PartnersTest, APartnerCanSignTheNextPactBeforeItIsRequired) {
  const auto partner = partner_in(PartnerState::active, "gojek");
  const auto next = crypto::random_bytes<32>();
  const auto value = Message{}.raw(next).be(unix_seconds(world_.clock.now() + std::chrono::days{30})).take();
  ASSERT_TRUE(world_.database
                  ->write([&](store::Transaction& transaction) {
                    return write_setting(transaction, setting::next_pact, value);
                  })
                  .has_value());
  ASSERT_TRUE(world_.platform->refresh_directory().has_value());
  ASSERT_TRUE(sign(partner, next).has_value());
  EXPECT_EQ(listing(partner).state, PartnerState::active);
  EXPECT_EQ(partner_entries(partner).back().signed_digest, next);
}

TEST_F(PartnersTest, AnUnknownPartnerIsNotFoundWhateverIsDone) {
  const PartnerId nobody{"nobody"};
  for (const auto action : actions) {
    const auto done = act(nobody, action);
    ASSERT_TRUE(done.has_error());
    EXPECT_EQ(done.error().code, Errc::not_found) << static_cast<int>(action);
  }
  EXPECT_EQ(add_partner_key(*world_.platform, new_key(nobody, "nobody.1", key_)).error().code, Errc::not_found);
  EXPECT_EQ(revoke_partner_key(*world_.platform, nobody, KeyId{"nobody.1"}).error().code, Errc::not_found);
  EXPECT_EQ(code_of_key(store::KeyClass::partner_index, nobody, 1), Errc::not_found);
}

TEST_F(PartnersTest, AnIdIsRegisteredOnceAndOnlyInItsAlphabet) {
  registered("gojek");
  EXPECT_EQ(register_partner(*world_.platform, {.id = PartnerId{"gojek"}}).error().code, Errc::conflict);
  for (const auto* const id : {"", "Gojek", "go jek", "go.jek", "abcdefghijklmnopqrstuvwxyz1234567"}) {
    EXPECT_EQ(register_partner(*world_.platform, {.id = PartnerId{id}}).error().code, Errc::invalid_argument) << id;
  }
  EXPECT_EQ(list_partners(*world_.platform).value().size(), 1U);
}

TEST_F(PartnersTest, AKeyIdIsGivenOnceToAPartnerThatIsNotShredded) {
  const auto partner = registered("gojek");
  EXPECT_EQ(add_partner_key(*world_.platform, new_key(partner, "gojek.1", key_)).error().code, Errc::conflict);
  EXPECT_EQ(add_partner_key(*world_.platform, new_key(partner, "Gojek_2", key_)).error().code, Errc::invalid_argument);
  auto backwards = new_key(partner, "gojek.2", key_);
  std::swap(backwards.not_before, backwards.not_after);
  EXPECT_EQ(add_partner_key(*world_.platform, backwards).error().code, Errc::invalid_argument);
  ASSERT_TRUE(act(partner, PartnerAction::shred).has_value());
  EXPECT_EQ(add_partner_key(*world_.platform, new_key(partner, "gojek.2", key_)).error().code, Errc::conflict);
}

TEST_F(PartnersTest, TwoKeysOverlapUntilOneIsRevoked) {
  auto first = world_.add_partner("gojek");
  const auto token = world_.link(first.partner, world_.add_citizen(domain::Colour::green, true));
  auto second = first;
  second.key_id = KeyId{"gojek.2"};
  second.signing_key = crypto::Ed25519PrivateKey::generate();
  ASSERT_TRUE(add_partner_key(*world_.platform, new_key(first.partner, "gojek.2", second.signing_key)).has_value());
  EXPECT_EQ(listing(first.partner).keys, 2U);
  EXPECT_EQ(ask(first, token).value().outcome, domain::Outcome::allow);
  EXPECT_EQ(ask(second, token).value().outcome, domain::Outcome::allow);

  ASSERT_TRUE(revoke_partner_key(*world_.platform, first.partner, first.key_id).has_value());
  EXPECT_EQ(ask(first, token).error().code, Errc::bad_signature);
  EXPECT_EQ(ask(second, token).value().outcome, domain::Outcome::allow);
  EXPECT_EQ(revoke_partner_key(*world_.platform, first.partner, first.key_id).error().code, Errc::not_found);
  const auto revoked = std::get<log::KeyEntry>(world_.log_entries().at(world_.log_entries().size() - 2));
  EXPECT_EQ(revoked.key_id, "gojek.1");
  EXPECT_FALSE(revoked.added);
}

TEST_F(PartnersTest, AKeyThatHasNotBegunSignsNothing) {
  auto partner = world_.add_partner("gojek");
  const auto token = world_.link(partner.partner, world_.add_citizen(domain::Colour::green, true));
  partner.key_id = KeyId{"gojek.2"};
  partner.signing_key = crypto::Ed25519PrivateKey::generate();
  auto later = new_key(partner.partner, "gojek.2", partner.signing_key);
  later.not_before = world_.clock.now() + std::chrono::hours{1};
  ASSERT_TRUE(add_partner_key(*world_.platform, later).has_value());
  EXPECT_EQ(ask(partner, token).error().code, Errc::bad_signature);
  world_.clock.advance(std::chrono::hours{1});
  EXPECT_EQ(ask(partner, token).value().outcome, domain::Outcome::allow);
}

TEST_F(PartnersTest, ACutIsReportedByItsPlaceInTheLogAndCanBeUndone) {
  const auto partner = world_.add_partner("gojek");
  const auto token = world_.link(partner.partner, world_.add_citizen(domain::Colour::green, true));
  const auto report = cut_partner(*world_.platform, partner.partner).value();
  EXPECT_EQ(report.log_index, world_.log_entries().size() - 1);
  EXPECT_TRUE(report.until_effective.has_value());
  EXPECT_EQ(listing(partner.partner).cut_index, report.log_index);
  const auto refused = ask(partner, token);
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::partner_cut);
  EXPECT_EQ(refused.error().number, report.log_index);
  ASSERT_TRUE(act(partner.partner, PartnerAction::uncut).has_value());
  EXPECT_EQ(ask(partner, token).value().outcome, domain::Outcome::allow);
}

TEST_F(PartnersTest, ASuspendedPartnerIsNotAnsweredUntilItIsResumed) {
  const auto partner = world_.add_partner("gojek");
  const auto token = world_.link(partner.partner, world_.add_citizen(domain::Colour::green, true));
  ASSERT_TRUE(act(partner.partner, PartnerAction::suspend).has_value());
  EXPECT_EQ(ask(partner, token).error().code, Errc::partner_suspended);
  ASSERT_TRUE(act(partner.partner, PartnerAction::resume).has_value());
  EXPECT_EQ(ask(partner, token).value().outcome, domain::Outcome::allow);
}

TEST_F(PartnersTest, ShreddingDestroysTheKeysOfTheEpochSoThatNoTokenLeadsToAnybody) {
  const auto partner = world_.add_partner("gojek");
  const auto token = world_.link(partner.partner, world_.add_citizen(domain::Colour::green, true));
  ASSERT_EQ(ask(partner, token).value().outcome, domain::Outcome::allow);
  ASSERT_TRUE(act(partner.partner, PartnerAction::shred).has_value());
  EXPECT_EQ(code_of_key(store::KeyClass::partner_index, partner.partner, 1), Errc::denied);
  EXPECT_EQ(code_of_key(store::KeyClass::partner_rotation, partner.partner, 1), Errc::denied);
  // For attribution of what leaks later.
  EXPECT_TRUE(world_.ring->key({.cls = store::KeyClass::partner_trace, .scope = "gojek", .epoch = 0}).has_value());
  EXPECT_EQ(ask(partner, token).error().code, Errc::partner_cut);
}

TEST_F(PartnersTest, AShreddingInterruptedBetweenLogAndKeysIsFinishedByRepeatingIt) {
  const auto partner = world_.add_partner("gojek").partner;
  world_.ring->seal();
  EXPECT_EQ(shred_partner(*world_.platform, partner).error().code, Errc::sealed);
  ASSERT_TRUE(world_.ring->unseal(as_bytes("test")).has_value());
  ASSERT_EQ(listing(partner).state, PartnerState::shredded);
  ASSERT_TRUE(world_.ring->key({.cls = store::KeyClass::partner_index, .scope = "gojek", .epoch = 1}).has_value());

  const auto index = shred_partner(*world_.platform, partner);
  ASSERT_TRUE(index.has_value()) << index.error().text();
  EXPECT_EQ(index.value(), world_.log_entries().size() - 1);
  EXPECT_EQ(code_of_key(store::KeyClass::partner_index, partner, 1), Errc::denied);
  EXPECT_EQ(std::ranges::count(partner_entries(partner), log::PartnerChange::shredded, &log::PartnerEntry::state), 1);
  EXPECT_EQ(shred_partner(*world_.platform, partner).error().code, Errc::conflict);
}

}  // namespace
}  // namespace lindung::service
