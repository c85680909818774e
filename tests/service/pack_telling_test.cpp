// Who is told that answers about them were opened, when, and what everybody may count of it.
#include "service/pack_telling.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/rule_set.h"
#include "service/hands_world.h"
#include "service/logged_unit.h"
#include "service/notices.h"
#include "store/database.h"

namespace lindung::service {
namespace {

using std::chrono::days;

class PackTellingTest : public testing::HandsTest {
 protected:
  [[nodiscard]] PackTelling at_once() const {
    return {.basis = "court-order", .told_on = {}, .because = {}, .persons = {citizen_}};
  }
  [[nodiscard]] PackTelling later() const {
    auto telling = at_once();
    telling.told_on = now() + days{30};
    telling.because = "penyidikan";
    return telling;
  }
  void make(const PackTelling& telling, std::uint8_t number = 1) {
    ASSERT_TRUE(check_telling(telling, now()).has_value());
    const auto done = write_logged(*world_->database, world_->clock, [&](LoggedUnit& unit) {
      return begin_telling(unit, platform(), telling, Hash{number});
    });
    ASSERT_TRUE(done.has_value()) << done.error().text();
  }
  [[nodiscard]] domain::Text text_of_first() const {
    const auto listed = list_notices(platform(), citizen_);
    EXPECT_TRUE(listed.has_value());
    return listed.has_value() && !listed.value().empty() ? listed.value().front().notice.text : domain::Text{};
  }
  [[nodiscard]] std::optional<PackCount> counted() const {
    const auto counts = pack_figures(platform());
    EXPECT_TRUE(counts.has_value());
    if (!counts || counts.value().size() != 1) return std::nullopt;
    return counts.value().front();
  }
};

TEST_P(PackTellingTest, APersonWhoseAnswersAreOpenedIsToldAtOnce) {
  make(at_once());
  EXPECT_EQ(notices(), std::vector<std::string>{"legal-request"});
  EXPECT_NE(text_of_first().en.find("opened in an evidence pack"), std::string::npos);
  EXPECT_NE(text_of_first().id.find("pengadilan"), std::string::npos);
}

TEST_P(PackTellingTest, WhereTheLawDelaysItTheyAreToldOnTheDayAndOnce) {
  make(later());
  EXPECT_TRUE(notices().empty());
  world_->clock.advance(days{29});
  ASSERT_TRUE(tell_of_due_packs(platform()).has_value());
  EXPECT_TRUE(notices().empty());
  world_->clock.advance(days{2});
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(tell_of_due_packs(platform()).has_value());
    EXPECT_EQ(notices().size(), 1U);
  }
}

TEST_P(PackTellingTest, SomebodyWhoIsNotThereAnyMoreStopsNobodyElsesNotice) {
  auto telling = at_once();
  telling.persons.insert(telling.persons.begin(), CitizenRef{ByteArray<16>{1}});
  make(telling);
  EXPECT_EQ(notices().size(), 1U);
}

TEST_P(PackTellingTest, EverybodyMayCountButNotToFour) {
  for (std::uint8_t number = 1; number <= 4; ++number) make(at_once(), number);
  auto count = counted();
  ASSERT_TRUE(count.has_value());
  EXPECT_EQ(count->basis, "court-order");
  EXPECT_EQ(count->made, std::nullopt);
  EXPECT_EQ(count->told, std::nullopt);
  make(later(), 5);
  count = counted();
  ASSERT_TRUE(count.has_value());
  EXPECT_EQ(count->made, 5U);
  EXPECT_EQ(count->told, std::nullopt) << "four";
}

TEST_P(PackTellingTest, NoBasisNoReasonOrNoDayAheadIsRefused) {
  auto telling = later();
  telling.basis = "because";
  EXPECT_EQ(check_telling(telling, now()).error().code, Errc::invalid_argument);
  telling = later();
  telling.because.clear();
  EXPECT_EQ(check_telling(telling, now()).error().code, Errc::invalid_argument);
  telling = later();
  telling.told_on = now();
  EXPECT_EQ(check_telling(telling, now()).error().code, Errc::invalid_argument);
  telling.told_on = now() + days{731};
  EXPECT_EQ(check_telling(telling, now()).error().code, Errc::invalid_argument);
}

INSTANTIATE_TEST_SUITE_P(Engines, PackTellingTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         testing::engine_name);

}  // namespace
}  // namespace lindung::service
