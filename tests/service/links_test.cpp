// Links: granted once, withdrawn with every token that they ever had.
#include "service/links.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/colour.h"
#include "domain/link_token.h"
#include "domain/partner.h"
#include "gateway/partner_client.h"
#include "log/entry.h"
#include "service/canaries.h"
#include "service/install.h"
#include "service/partners.h"
#include "store/database.h"
#include "support/world.h"

namespace lindung::service {
namespace {

using domain::Outcome;

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z

class LinksTest : public ::testing::Test {
 protected:
  test::World world_{moment_of(noon)};
  gateway::PartnerIdentity gojek_ = world_.add_partner("gojek");
  gateway::PartnerIdentity grab_ = world_.add_partner("grab");
  CitizenRef citizen_ = world_.add_citizen(domain::Colour::green, true);

  Result<domain::Answer> ask(const gateway::PartnerIdentity& partner, const domain::LinkToken& token) {
    return world_.ask_status(partner, token);
  }
  void later(std::chrono::hours by) {
    world_.clock.advance(by);
    ASSERT_TRUE(rotate_exchange_keys(*world_.database, *world_.ring, world_.clock).has_value());
    ASSERT_TRUE(world_.exchange_keys.load(*world_.ring).has_value());
  }
  NewLink link_to(const PartnerId& partner) const {
    return {.partner = partner, .citizen = citizen_, .random = crypto::random_bytes<domain::link_token_random_size>()};
  }
  std::vector<log::LinkEntry> link_entries() const {
    std::vector<log::LinkEntry> entries;
    for (const auto& entry : world_.log_entries()) {
      if (const auto* link = std::get_if<log::LinkEntry>(&entry)) entries.push_back(*link);
    }
    return entries;
  }
  std::uint64_t count(const char* sql) {
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
};

TEST_F(LinksTest, GrantingTheSameLinkAgainGivesTheSameTokenAndChangesNothing) {
  const auto link = link_to(gojek_.partner);
  const auto first = grant_links(*world_.platform, {&link, 1}).value().front();
  const auto again = grant_links(*world_.platform, {&link, 1}).value().front();
  EXPECT_EQ(first, again);
  EXPECT_EQ(link_entries().size(), 1U);
  EXPECT_EQ(count("SELECT link_id FROM link"), 1U);
  EXPECT_EQ(ask(gojek_, first).value().outcome, Outcome::allow);
}

TEST_F(LinksTest, LinksOfOneCallAreGrantedAllOrNone) {
  const std::vector<NewLink> links{
      link_to(gojek_.partner),
      {.partner = gojek_.partner, .citizen = CitizenRef{crypto::random_bytes<16>()}, .random = {}}};
  EXPECT_EQ(grant_links(*world_.platform, links).error().code, Errc::not_found);
  EXPECT_EQ(link_entries().size(), 0U);
  EXPECT_EQ(count("SELECT token_index FROM token"), 0U);
}

TEST_F(LinksTest, ALinkNeedsAnActivePartner) {
  const auto unknown = link_to(PartnerId{"nobody"});
  EXPECT_EQ(grant_links(*world_.platform, {&unknown, 1}).error().code, Errc::not_found);
  ASSERT_TRUE(move_partner(*world_.platform, grab_.partner, domain::PartnerAction::suspend).has_value());
  const auto suspended = link_to(grab_.partner);
  EXPECT_EQ(grant_links(*world_.platform, {&suspended, 1}).error().code, Errc::conflict);
  EXPECT_EQ(link_entries().size(), 0U);
}

TEST_F(LinksTest, ATokenLeadsToNobodyForAnotherPartner) {
  const auto token = world_.link(gojek_.partner, citizen_);
  EXPECT_EQ(ask(grab_, token).value().outcome, Outcome::unlinked);
}

TEST_F(LinksTest, AWithdrawalEndsAllLinksOfTheCitizenAtThatPartnerAndNoOther) {
  const auto one = world_.link(gojek_.partner, citizen_);
  const auto two = world_.link(gojek_.partner, citizen_);
  const auto elsewhere = world_.link(grab_.partner, citizen_);
  const auto neighbour = world_.link(gojek_.partner, world_.add_citizen(domain::Colour::green, true));
  EXPECT_EQ(withdraw_links(*world_.platform, gojek_.partner, citizen_).value(), 2U);
  EXPECT_EQ(ask(gojek_, one).value().outcome, Outcome::unlinked);
  EXPECT_EQ(ask(gojek_, two).value().outcome, Outcome::unlinked);
  EXPECT_EQ(ask(grab_, elsewhere).value().outcome, Outcome::allow);
  EXPECT_EQ(ask(gojek_, neighbour).value().outcome, Outcome::allow);
  EXPECT_EQ(withdraw_links(*world_.platform, gojek_.partner, citizen_).value(), 0U);
}

TEST_F(LinksTest, AWithdrawalEndsTheTokensThatRotationMade) {
  const auto token = world_.link(gojek_.partner, citizen_);
  later(std::chrono::days{31});
  const domain::LinkToken next{ask(gojek_, token).value().next_token};
  ASSERT_EQ(ask(gojek_, next).value().outcome, Outcome::allow);
  later(std::chrono::days{31});
  const domain::LinkToken offered{ask(gojek_, next).value().next_token};
  ASSERT_FALSE(offered == next);

  EXPECT_EQ(withdraw_links(*world_.platform, gojek_.partner, citizen_).value(), 1U);
  EXPECT_EQ(ask(gojek_, next).value().outcome, Outcome::unlinked);
  EXPECT_EQ(ask(gojek_, offered).value().outcome, Outcome::unlinked);
  EXPECT_EQ(count("SELECT token_index FROM token WHERE state <> 4"), 0U);
  EXPECT_EQ(count("SELECT token_index FROM token"), 3U);
}

TEST_F(LinksTest, AWithdrawalIsLoggedWithTheCommitmentOfItsGrant) {
  static_cast<void>(world_.link(gojek_.partner, citizen_));
  ASSERT_TRUE(withdraw_links(*world_.platform, gojek_.partner, citizen_).has_value());
  const auto entries = link_entries();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_TRUE(entries[0].granted);
  EXPECT_FALSE(entries[1].granted);
  EXPECT_EQ(entries[0].commitment, entries[1].commitment);
}

TEST_F(LinksTest, ACitizenCanLinkAgainAfterAWithdrawal) {
  static_cast<void>(world_.link(gojek_.partner, citizen_));
  ASSERT_TRUE(withdraw_links(*world_.platform, gojek_.partner, citizen_).has_value());
  EXPECT_EQ(ask(gojek_, world_.link(gojek_.partner, citizen_)).value().outcome, Outcome::allow);
}

TEST_F(LinksTest, ACanaryIsNeverLinkedToASecondPartner) {
  ASSERT_TRUE(plant_canary(*world_.platform, gojek_.partner).has_value());
  CitizenRef canary;
  ASSERT_TRUE(world_.database
                  ->read([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run(store::Sql{"SELECT citizen_ref FROM canary"}, {},
                                         [&](const store::Row& row) { canary = CitizenRef{take<16>(row.bytes(0))}; }));
                    return ok();
                  })
                  .has_value());
  auto link = link_to(grab_.partner);
  link.citizen = canary;
  EXPECT_EQ(grant_links(*world_.platform, {&link, 1}).error().code, Errc::conflict);
}

}  // namespace
}  // namespace lindung::service
