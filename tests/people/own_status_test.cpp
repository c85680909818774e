// A citizen's own look: colour, reason, times, place and past visits; and the portal's questions.
#include "people/own_status.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/partner.h"
#include "domain/question.h"
#include "domain/venue_code.h"
#include "gateway/partner_client.h"
#include "people/caller.h"
#include "people/citizens_world.h"
#include "people/erasure.h"
#include "people/own_visits.h"
#include "people/portal_partner.h"
#include "people/reason_book.h"
#include "people/restriction.h"
#include "service/partners.h"
#include "store/database.h"
#include "support/test_store.h"

namespace lindung::people {
namespace {

using domain::Outcome;
using std::chrono::hours;
using std::chrono::minutes;

class OwnStatusTest : public CitizensTest {
 protected:
  [[nodiscard]] static Caller caller(const CitizenRef& citizen) {
    Caller out;
    out.role = Role::citizen;
    out.person = citizen;
    out.citizen = citizen;
    return out;
  }
  [[nodiscard]] OwnStatus status(const CitizenRef& citizen) {
    auto read = own_status(platform(), reasons_.emplace(platform()), citizen);
    EXPECT_TRUE(read.has_value()) << read.error().text();
    return std::move(read).value();
  }
  // As the portal asks: through the door and the exchange.
  [[nodiscard]] Result<domain::Answer> ask(PortalPartner& portal, const CitizenRef& citizen, const OwnWish& wish) {
    TRY(own, portal.question(caller(citizen), wish));
    const gateway::PartnerIdentity identity{.partner = own.signer.partner,
                                            .epoch = own.signer.epoch,
                                            .key_id = own.signer.key,
                                            .signing_key = std::move(own.signer.signing_key),
                                            .pact_digest = own.signer.pact_digest};
    return world().ask(world().seal(identity, own.question)->request());
  }
  [[nodiscard]] OwnWish check_in(const Bytes& code) {
    return {.operation = domain::Operation::check_in,
            .venue_code = code,
            .request = RequestId{crypto::random_bytes<16>()},
            .at = world().clock.now()};
  }
  std::optional<ReasonBook> reasons_;
};

TEST_P(OwnStatusTest, TellsColourReasonAndWhenItChangesByItself) {
  const auto own = status(siti_);
  EXPECT_EQ(own.name, "Siti Rahayu");
  EXPECT_EQ(own.colour, domain::Colour::green);
  EXPECT_FALSE(own.rule.empty());
  EXPECT_FALSE(own.reason.id.empty());
  EXPECT_FALSE(own.reason.en.empty());
  EXPECT_FALSE(own.inside.has_value());
  EXPECT_FALSE(own.is_restricted);
  if (own.next) {
    EXPECT_NE(own.next->colour, own.colour);
    EXPECT_GT(own.next->from, own.at);
  }
  EXPECT_EQ(own_status(platform(), *reasons_, CitizenRef{ByteArray<16>{9}}).error().code, Errc::not_found);
}

TEST_P(OwnStatusTest, ACheckInByThePortalIsAVisitLikeAnyOther) {
  PortalPartner portal{platform()};
  const auto code = world().add_venue(domain::Category::mall, 1);
  const auto venue = domain::parse_venue_code(code).value().venue;
  const auto wish = check_in(code);
  const auto allowed = ask(portal, siti_, wish);
  ASSERT_TRUE(allowed.has_value()) << allowed.error().text();
  EXPECT_EQ(allowed.value().outcome, Outcome::allow);
  EXPECT_FALSE(allowed.value().answered_before);
  const auto again = ask(portal, siti_, wish);
  ASSERT_TRUE(again.has_value()) << again.error().text();
  EXPECT_TRUE(again.value().answered_before);
  EXPECT_EQ(again.value().log_index, allowed.value().log_index);
  EXPECT_EQ(ask(portal, other_, check_in(code)).value().outcome, Outcome::venue_full);

  const auto inside = status(siti_).inside;
  ASSERT_TRUE(inside.has_value());
  EXPECT_EQ(inside->venue.id, venue);
  EXPECT_EQ(inside->venue.name, "A venue");
  EXPECT_EQ(count_inside(platform(), venue).value(), 1U);
  later(minutes{30});
  auto out = check_in(code);
  out.operation = domain::Operation::check_out;
  EXPECT_EQ(ask(portal, siti_, out).value().outcome, Outcome::allow);
  EXPECT_FALSE(status(siti_).inside.has_value());
  EXPECT_EQ(count_inside(platform(), venue).value(), 0U);

  const auto kept = own_visits(platform(), siti_).value();
  ASSERT_EQ(kept.visits.size(), 1U);
  EXPECT_EQ(kept.visits.front().venue.id, venue);
  EXPECT_EQ(kept.visits.front().out.value() - kept.visits.front().in, minutes{30});
  EXPECT_EQ(own_visits(platform(), other_).value().visits.size(), 0U);
}

TEST_P(OwnStatusTest, ThePortalRegistersItselfOnceAndIsStoppedAsAnyPartnerIs) {
  PortalPartner portal{platform()};
  PortalPartner another_node{platform()};
  const auto code = world().add_venue(domain::Category::mall, 0);
  EXPECT_EQ(service::list_partners(platform()).value().size(), 0U);
  ASSERT_TRUE(ask(portal, siti_, check_in(code)).has_value());
  ASSERT_TRUE(ask(another_node, siti_, check_in(code)).has_value());
  ASSERT_TRUE(ask(another_node, other_, check_in(code)).has_value());
  const auto partners = service::list_partners(platform()).value();
  ASSERT_EQ(partners.size(), 1U);
  EXPECT_EQ(partners.front().id.value(), portal_partner_id);
  EXPECT_EQ(partners.front().live_links, 2U);
  EXPECT_EQ(partners.front().keys, 1U);
  ASSERT_TRUE(service::move_partner(platform(), partners.front().id, domain::PartnerAction::suspend).has_value());
  EXPECT_EQ(ask(portal, siti_, check_in(code)).error().code, Errc::partner_suspended);
  ASSERT_TRUE(service::cut_partner(platform(), partners.front().id).has_value());
  EXPECT_EQ(ask(portal, siti_, check_in(code)).error().code, Errc::partner_cut);
}

TEST_P(OwnStatusTest, ItsKeyIsFollowedByTheNextOneInTime) {
  PortalPartner portal{platform()};
  const auto code = world().add_venue(domain::Category::mall, 0);
  ASSERT_TRUE(ask(portal, siti_, check_in(code)).has_value());
  later(std::chrono::days{200});
  const auto fresh = world().add_venue(domain::Category::mall, 0);
  const auto answer = ask(portal, siti_, check_in(fresh));
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_EQ(service::list_partners(platform()).value().front().keys, 2U);
}

TEST_P(OwnStatusTest, WhoRestrictsOrIsErasedOrIsNoCitizenChecksInNowhere) {
  PortalPartner portal{platform()};
  const auto code = world().add_venue(domain::Category::mall, 0);
  ASSERT_TRUE(ask(portal, siti_, check_in(code)).has_value());
  ASSERT_TRUE(restrict_citizen(platform(), siti_).has_value());
  EXPECT_EQ(ask(portal, siti_, check_in(code)).error().code, Errc::conflict);
  EXPECT_TRUE(status(siti_).is_restricted);
  ASSERT_TRUE(restrict_citizen(platform(), other_).has_value());  // before the portal knew them
  EXPECT_EQ(ask(portal, other_, check_in(code)).error().code, Errc::conflict);
  ASSERT_TRUE(erase_citizen(platform(), siti_).has_value());
  EXPECT_EQ(ask(portal, siti_, check_in(code)).error().code, Errc::not_found);
  auto officer = caller(other_);
  officer.role = Role::officer;
  EXPECT_EQ(portal.question(officer, check_in(code)).error().code, Errc::denied);
}

INSTANTIATE_TEST_SUITE_P(Engines, OwnStatusTest, testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& tried) {
                           return tried.param == store::Engine::sqlite ? "SQLite" : "PostgreSQL";
                         });

}  // namespace
}  // namespace lindung::people
