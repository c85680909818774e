#include "service/sandbox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/id.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "service/install.h"
#include "store/database.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service {
namespace {

using domain::Colour;
using domain::Outcome;

const Moment start = moment_of(1'795'262'400);

class Sandbox : public testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override { LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql); }
};

// What a question without a venue about each test citizen is answered.
std::map<std::string, std::pair<Outcome, Colour>, std::less<>> answers(test::World& world,
                                                                       const gateway::PartnerIdentity& partner) {
  std::map<std::string, std::pair<Outcome, Colour>, std::less<>> out;
  const auto links = sandbox_links(*world.platform, partner.partner);
  EXPECT_TRUE(links.has_value()) << links.error().text();
  for (const auto& link : links.value()) {
    const auto answer = world.ask_status(partner, link.token);
    if (answer.has_error()) {
      ADD_FAILURE() << link.name << ": " << answer.error().text();
      continue;
    }
    out[std::string{link.name}] = {answer.value().outcome, answer.value().colour};
  }
  return out;
}

TEST_P(Sandbox, HasSomebodyOfEachColourAndStaysSoForMonths) {
  test::World world{start, GetParam()};
  ASSERT_TRUE(check_sandbox(*world.database, true).has_value());
  ASSERT_TRUE(fill_sandbox(*world.platform).has_value());
  const auto partner = world.add_partner("gojek");
  const std::map<std::string, std::pair<Outcome, Colour>, std::less<>> expected{
      {"green", {Outcome::allow, Colour::green}},
      {"yellow", {Outcome::deny, Colour::yellow}},
      {"red", {Outcome::deny, Colour::red}},
      {"black", {Outcome::deny, Colour::black}},
      {"second green", {Outcome::allow, Colour::green}},
      {"withdrawn", {Outcome::unlinked, Colour::none}},
      {"unknown", {Outcome::unlinked, Colour::none}}};
  for (const int days : {0, 1, 6, 13, 20}) {
    world.clock.advance(std::chrono::days{days});
    ASSERT_TRUE(rotate_exchange_keys(*world.database, *world.ring, world.clock).has_value());
    ASSERT_TRUE(world.exchange_keys.load(*world.ring).has_value());
    ASSERT_TRUE(fill_sandbox(*world.platform).has_value()) << days;
    EXPECT_EQ(answers(world, partner), expected) << days;
  }
}

TEST_P(Sandbox, GivesAPartnerTheSameTokensEachTimeAndAnotherPartnerOthers) {
  test::World world{start, GetParam()};
  ASSERT_TRUE(fill_sandbox(*world.platform).has_value());
  const auto gojek = world.add_partner("gojek").partner;
  const auto grab = world.add_partner("grab").partner;
  const auto first = sandbox_links(*world.platform, gojek).value();
  const auto again = sandbox_links(*world.platform, gojek).value();
  const auto other = sandbox_links(*world.platform, grab).value();
  ASSERT_EQ(first.size(), again.size());
  ASSERT_EQ(first.size(), other.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].token.bytes, again[i].token.bytes);
    EXPECT_NE(first[i].token.bytes, other[i].token.bytes);
  }
  EXPECT_EQ(sandbox_links(*world.platform, PartnerId{"nobody"}).error().code, Errc::not_found);
}

TEST_P(Sandbox, IsNeitherSwitchedOnOverAnInstallationThatIsUsedNorOffOverASandbox) {
  test::World world{start, GetParam()};
  EXPECT_TRUE(check_sandbox(*world.database, false).has_value()) << "nothing happens to an everyday installation";
  static_cast<void>(world.add_partner("gojek"));
  EXPECT_EQ(check_sandbox(*world.database, true).error().code, Errc::conflict);

  test::World venue{start, GetParam()};
  static_cast<void>(venue.add_venue(domain::Category::mall, 0));
  EXPECT_EQ(check_sandbox(*venue.database, true).error().code, Errc::conflict);

  test::World citizen{start, GetParam()};
  static_cast<void>(citizen.add_citizen(Colour::green, true));
  EXPECT_EQ(check_sandbox(*citizen.database, true).error().code, Errc::conflict);

  test::World sandbox{start, GetParam()};
  ASSERT_TRUE(check_sandbox(*sandbox.database, true).has_value());
  ASSERT_TRUE(fill_sandbox(*sandbox.platform).has_value());
  EXPECT_TRUE(check_sandbox(*sandbox.database, true).has_value()) << "started again";
  EXPECT_EQ(check_sandbox(*sandbox.database, false).error().code, Errc::conflict);
}

INSTANTIATE_TEST_SUITE_P(Engines, Sandbox, testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& engine) {
                           return engine.param == store::Engine::sqlite ? "SQLite" : "PostgreSQL";
                         });

}  // namespace
}  // namespace lindung::service
