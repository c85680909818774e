// A proposal's timelines are derived part by part; killed in between, it goes on where it stood, and old colours serve
// until the switch.
#include "service/derivation.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/colour.h"
#include "domain/rule_set.h"
#include "embedded/rules_id_2021_json.h"
#include "service/rule_activation.h"
#include "service/rule_sets.h"
#include "store/database.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service {
namespace {

using store::Engine;

constexpr std::size_t citizens = 25;
constexpr std::size_t part = 10;

std::string version(const std::string& number) {
  std::string document{embedded::rules_id_2021_json};
  const std::string_view written{"\"version\": \"1.0.0\""};
  return document.replace(document.find(written), written.size(), "\"version\": \"" + number + "\"");
}

class DerivationTest : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == Engine::postgresql);
    world_.emplace(Moment{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}}, GetParam());
    for (std::size_t i = 0; i < citizens; ++i) static_cast<void>(world_->add_citizen(domain::Colour::red, false));
  }
  [[nodiscard]] const Platform& platform() const { return *world_->platform; }
  [[nodiscard]] DerivationProgress progress() const { return *derivation_progress(platform()).value(); }
  [[nodiscard]] std::int64_t timelines(std::int64_t generation) const {
    std::int64_t count = 0;
    EXPECT_TRUE(world_->database->read([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(store::Sql{"SELECT count(*) FROM timeline WHERE generation = $1"}, {generation},
                           [&](const store::Row& row) { count = row.integer(0); }));
      return ok();
    }));
    return count;
  }
  std::optional<test::World> world_;
};

TEST_P(DerivationTest, HasNothingToDoWhileNothingIsProposed) {
  EXPECT_FALSE(go_on_deriving(platform(), part).value());
  EXPECT_FALSE(derivation_progress(platform()).value().has_value());
}

TEST_P(DerivationTest, GoesOnAfterAKillWhereItStood) {
  ASSERT_TRUE(propose_rule_set(platform(), version("2.0.0")).has_value());
  EXPECT_EQ(progress().citizens, 0U);
  ASSERT_TRUE(go_on_deriving(platform(), part).value());
  EXPECT_EQ(progress().of, citizens);
  EXPECT_GE(progress().citizens, part - 1);  // the dummy person may be among them, and is no citizen
  EXPECT_FALSE(progress().is_complete);
  EXPECT_EQ(timelines(2), static_cast<std::int64_t>(part));
  EXPECT_EQ(activate_rule_set(platform(), "id-2021@2.0.0").error().code, Errc::conflict);

  // All that another program knows is what stands in the database; SQLite's has one owner at a time.
  const auto other = GetParam() == Engine::postgresql ? world_->open_database() : nullptr;
  const Platform restarted{.database = other ? *other : *world_->database,
                           .ring = platform().ring,
                           .clock = platform().clock,
                           .directory = platform().directory,
                           .venues = platform().venues,
                           .in_flight = platform().in_flight,
                           .canaries = platform().canaries,
                           .hands = platform().hands};
  ASSERT_TRUE(go_on_deriving(restarted, part).value());
  EXPECT_EQ(timelines(2), static_cast<std::int64_t>(2 * part));
  ASSERT_TRUE(go_on_deriving(restarted, part).value());
  EXPECT_TRUE(progress().is_complete);
  EXPECT_EQ(progress().citizens, citizens);
  EXPECT_FALSE(go_on_deriving(restarted, part).value());
  EXPECT_TRUE(activate_rule_set(platform(), "id-2021@2.0.0").has_value());
}

TEST_P(DerivationTest, BeginsAgainForAnotherProposal) {
  ASSERT_TRUE(propose_rule_set(platform(), version("2.0.0")).has_value());
  while (go_on_deriving(platform(), part).value()) continue;
  ASSERT_TRUE(progress().is_complete);
  ASSERT_TRUE(propose_rule_set(platform(), version("3.0.0")).has_value());
  EXPECT_EQ(progress().citizens, 0U);
  EXPECT_FALSE(progress().is_complete);
  while (go_on_deriving(platform(), part).value()) continue;
  EXPECT_EQ(progress().citizens, citizens);
  EXPECT_TRUE(activate_rule_set(platform(), "id-2021@3.0.0").has_value());
}

INSTANTIATE_TEST_SUITE_P(Engines, DerivationTest, testing::Values(Engine::sqlite, Engine::postgresql),
                         [](const auto& engine) { return engine.param == Engine::sqlite ? "SQLite" : "PostgreSQL"; });

}  // namespace
}  // namespace lindung::service
