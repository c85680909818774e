// Who acts for whom: made by the office or by consent, seen and ended by both, over at 18.
#include "people/delegations.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "people/citizens_world.h"
#include "people/delegation_rows.h"
#include "service/notices.h"
#include "store/database.h"
#include "support/test_store.h"

namespace lindung::people {
namespace {

using std::chrono::days;

class DelegationsTest : public CitizensTest {
 protected:
  [[nodiscard]] Result<Delegation> at_office(const CitizenRef& principal, const CitizenRef& agent,
                                             std::uint64_t length) {
    return delegate_at_office(platform(), {.principal = principal,
                                           .agent = agent,
                                           .relation = Relation::parent,
                                           .scope = {.see = true, .check_in = true, .consent = false},
                                           .days = length});
  }
};

TEST_P(DelegationsTest, BothSidesSeeADelegationAreToldOfItAndEitherEndsIt) {
  const auto made = at_office(siti_, other_, 90);
  ASSERT_TRUE(made.has_value()) << made.error().text();
  for (const auto& citizen : {siti_, other_}) {
    const auto seen = list_delegations(platform(), citizen).value();
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen.front().delegation.id, made.value().id);
    EXPECT_EQ(seen.front().delegation.side, citizen == siti_ ? Side::principal : Side::agent);
    EXPECT_EQ(seen.front().other_name, "Siti Rahayu");
    EXPECT_EQ(notices_of(citizen), std::vector{service::NoticeKind::delegation});
  }
  EXPECT_EQ(delegation_of(platform(), other_, made.value().id).value().other, siti_);
  EXPECT_EQ(delegation_of(platform(), siti_, made.value().id).error().code, Errc::not_found);
  EXPECT_EQ(at_office(siti_, other_, 90).error().code, Errc::conflict);
  ASSERT_TRUE(end_delegation(platform(), other_, made.value().id).has_value());
  EXPECT_EQ(list_delegations(platform(), siti_).value().size(), 0U);
  EXPECT_EQ(delegation_of(platform(), other_, made.value().id).error().code, Errc::not_found);
  EXPECT_EQ(notices_of(siti_).size(), 2U);
  EXPECT_EQ(end_delegation(platform(), siti_, made.value().id).error().code, Errc::not_found);
  EXPECT_EQ(clinic_->officer_actions(), (std::vector<std::string>{"delegation.made", "delegation.ended"}));
}

TEST_P(DelegationsTest, ACodeServesOnceWithinItsTimeAndNotForItsMaker) {
  const Scope scope{.see = false, .check_in = true, .consent = false};
  const auto made = invite(platform(), siti_, Relation::carer, scope, 30);
  ASSERT_TRUE(made.has_value()) << made.error().text();
  EXPECT_EQ(made.value().code.size(), 14U);
  EXPECT_EQ(accept(platform(), other_, "AAAA-AAAA-AAAA").error().code, Errc::not_found);
  EXPECT_EQ(accept(platform(), siti_, made.value().code).error().code, Errc::conflict);
  std::string as_typed;
  for (const char c : made.value().code) as_typed += c == '-' ? ' ' : static_cast<char>(c | (c >= 'A' ? 0x20 : 0));
  const auto taken = accept(platform(), other_, as_typed);
  ASSERT_TRUE(taken.has_value()) << taken.error().text();
  EXPECT_EQ(taken.value().other, siti_);
  EXPECT_EQ(taken.value().scope, scope);
  EXPECT_EQ(taken.value().until, world().clock.now() + days{30});
  EXPECT_EQ(accept(platform(), other_, made.value().code).error().code, Errc::not_found);
  EXPECT_EQ(list_delegations(platform(), siti_).value().size(), 1U);

  const auto late = invite(platform(), other_, Relation::carer, scope, 30).value();
  later(invitation_life);
  EXPECT_EQ(accept(platform(), siti_, late.code).error().code, Errc::not_found);
}

TEST_P(DelegationsTest, WhoeverIsAMinorIsActedForUntilTheyAre18) {
  const auto child = clinic_->citizen_of(child_nik).value();
  const auto made = at_office(child, siti_, longest_office_days);
  ASSERT_TRUE(made.has_value()) << made.error().text();
  EXPECT_EQ(made.value().until, domain::fhir::texts::at("2033-03-21T00:00:00Z"));
  world().clock.set(made.value().until);
  EXPECT_EQ(delegation_of(platform(), siti_, made.value().id).error().code, Errc::not_found);
  EXPECT_EQ(list_delegations(platform(), siti_).value().size(), 0U);
  EXPECT_EQ(at_office(siti_, siti_, 1).error().code, Errc::invalid_argument);
  EXPECT_EQ(at_office(siti_, other_, 0).error().code, Errc::invalid_argument);
  world().clock.advance(days{31});
  ASSERT_TRUE(forget_ended_delegations(platform()).has_value());
  EXPECT_EQ(clinic_->number({"SELECT count(*) FROM delegation"}), 0);
}

TEST_P(DelegationsTest, NobodyHasMoreThanTwentyOfThem) {
  for (std::size_t i = 0; i < most_delegations; ++i) {
    ASSERT_TRUE(invite(platform(), siti_, Relation::carer, {.see = true}, 1).has_value());
  }
  EXPECT_EQ(invite(platform(), siti_, Relation::carer, {.see = true}, 1).error().code, Errc::conflict);
}

INSTANTIATE_TEST_SUITE_P(Engines, DelegationsTest, testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& tried) {
                           return tried.param == store::Engine::sqlite ? "SQLite" : "PostgreSQL";
                         });

}  // namespace
}  // namespace lindung::people
