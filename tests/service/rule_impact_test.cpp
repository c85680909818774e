// What new rules would change, counted over made-up people and compared with the plain computation.
#include "service/rule_impact.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/derive.h"
#include "domain/import.h"
#include "domain/people.h"
#include "domain/record.h"
#include "domain/rule_impact.h"
#include "domain/rule_set.h"
#include "embedded/rules_id_2021_json.h"
#include "service/person_finder.h"
#include "service/person_rows.h"
#include "service/rule_activation.h"
#include "service/rule_sets.h"
#include "service/timeline_sweep.h"
#include "service/timeline_writer.h"
#include "store/database.h"
#include "support/world.h"

namespace lindung::service {
namespace {

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z
constexpr std::size_t people = 1'200;
constexpr std::uint64_t ahead = 30;

// Without contacts, a positive test counts for one day only: many people change, on different days.
std::string stricter() {
  std::string document{embedded::rules_id_2021_json};
  const auto put = [&](std::string_view from, std::string_view to) {
    const auto at = document.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    document.replace(at, from.size(), to);
  };
  put(R"("version": "1.0.0")", R"("version": "2.0.0")");
  put(R"({"var": "derived.series_complete"})",
      R"({"and": [{"var": "derived.series_complete"}, {"!": [{"var": "derived.recovered"}]}]})");
  put(R"([{"var": "current.at"}, 14, "day"])", R"([{"var": "current.at"}, 20, "day"])");
  document.erase(document.find(R"("cases": [)"));
  return document + R"("cases": []})";
}

class RuleImpactTest : public ::testing::Test {
 protected:
  test::World world_{moment_of(noon)};
  RuleImpacts impacts_;
  std::vector<domain::MadeUpPerson> people_;

  void SetUp() override {
    domain::MadeUpPeople source{7, people, world_.clock.now()};
    while (auto person = source.next()) people_.push_back(std::move(*person));
    ASSERT_EQ(people_.size(), people);
    TimelineWriter writer{*world_.ring};
    const auto written = world_.database->write([&](store::Transaction& transaction) -> Result<void> {
      TRYV(writer.begin(transaction));
      for (const auto& person : people_) {
        domain::Identity identity;
        identity.nik = person.nik;
        identity.name = person.name;
        identity.local = domain::LocalId{crypto::random_bytes<16>()};
        TRY(open, find_or_add_person(transaction, *world_.ring, identity, world_.clock.now()));
        for (const auto& record : records_of(person)) {
          TRYV(put_record(transaction, open, record, 0));
        }
        TRYV(writer.write(transaction, open, world_.clock.now()));
      }
      return ok();
    });
    ASSERT_TRUE(written.has_value()) << written.error().text();
  }
  static std::vector<domain::Record> records_of(const domain::MadeUpPerson& person) {
    std::vector<domain::Record> records;
    for (const auto& fact : person.facts) {
      records.push_back({.id = domain::RecordId{{static_cast<std::uint8_t>(records.size())}},
                         .issuer = IssuerId{"klinik"},
                         .batch = {},
                         .entered_at = {},
                         .fact = fact});
    }
    return records;
  }
  std::optional<Impact> impact_of(std::string_view document, std::size_t* parts = nullptr) {
    const auto id = impacts_.begin(*world_.platform, document, ahead);
    EXPECT_TRUE(id.has_value()) << id.error().text();
    for (std::size_t i = 1; id.has_value(); ++i) {
      auto part = impacts_.go_on(*world_.platform, id.value());
      EXPECT_TRUE(part.has_value()) << part.error().text();
      if (part.has_error()) return std::nullopt;
      if (parts != nullptr) *parts = i;
      if (part.value().finished) return std::move(part.value().finished);
    }
    return std::nullopt;
  }
};

TEST_F(RuleImpactTest, TheCountsAreThoseOfThePlainComputationAndSmallOnesAreHidden) {
  std::size_t parts = 0;
  const auto impact = impact_of(stricter(), &parts);
  ASSERT_TRUE(impact);
  EXPECT_EQ(parts, 2U) << "1,200 people, 1,000 a part";
  EXPECT_EQ(impact->citizens, people);
  ASSERT_EQ(impact->days.size(), ahead + 1);
  const auto active = domain::RuleSet::built_in().value();
  const auto candidate = domain::RuleSet::parse(stricter()).value();
  domain::Assessor before{active};
  domain::Assessor after{candidate};
  std::uint64_t shown_changes = 0;
  std::uint64_t hidden = 0;
  for (std::size_t day = 0; day <= ahead; day += 10) {
    const auto at = world_.clock.now() + std::chrono::days{day};
    EXPECT_EQ(impact->days[day].at, at);
    domain::MoveCounts total{};
    std::vector<domain::MoveCounts> provinces(impact->provinces.size());
    std::array<domain::MoveCounts, domain::age_bands.size()> ages{};
    for (const auto& person : people_) {
      const auto payload = domain::to_json(records_of(person));
      before.load(payload);
      after.load(payload);
      const auto move = domain::place_of({.from = before.at(at).value().colour, .to = after.at(at).value().colour});
      ASSERT_TRUE(move);
      ++total[*move];
      const auto province = std::ranges::find(impact->provinces, person.nik.province_code());
      ++provinces[static_cast<std::size_t>(province - impact->provinces.begin())][*move];
      const domain::PartialDate birth{.year = static_cast<int>(person.birth.year()),
                                      .month = static_cast<unsigned>(person.birth.month()),
                                      .day = static_cast<unsigned>(person.birth.day())};
      ++ages[domain::age_band(birth, world_.clock.now())][*move];
    }
    const auto& told = impact->days[day];
    const auto check = [&](const domain::ShownCounts& shown, const domain::MoveCounts& counts) {
      for (std::size_t i = 0; i < domain::all_moves; ++i) {
        if (!shown[i]) {
          ++hidden;
          continue;
        }
        EXPECT_EQ(*shown[i], counts[i]);
        EXPECT_TRUE(counts[i] == 0 || counts[i] >= domain::least_shown);
        if (domain::move_at(i).from != domain::move_at(i).to) shown_changes += counts[i];
      }
    };
    check(told.by_province.total, total);
    for (std::size_t i = 0; i < provinces.size(); ++i) check(told.by_province.groups[i], provinces[i]);
    for (std::size_t i = 0; i < ages.size(); ++i) check(told.by_age.groups[i], ages[i]);
  }
  EXPECT_GT(shown_changes, 0U);
  EXPECT_GT(hidden, 0U);
}

TEST_F(RuleImpactTest, AnImpactIsToldOnceAndWritesNothing) {
  const auto entries = world_.log_entries().size();
  const auto id = impacts_.begin(*world_.platform, stricter(), 1);
  ASSERT_TRUE(id.has_value()) << id.error().text();
  while (true) {
    const auto part = impacts_.go_on(*world_.platform, id.value());
    ASSERT_TRUE(part.has_value()) << part.error().text();
    if (part.value().finished) break;
  }
  EXPECT_EQ(impacts_.go_on(*world_.platform, id.value()).error().code, Errc::not_found);
  EXPECT_EQ(world_.log_entries().size(), entries);
  EXPECT_EQ(list_rule_sets(*world_.platform).value().size(), 1U);
}

TEST_F(RuleImpactTest, TheOldestComputationMakesRoomAndTooManyDaysAreRefused) {
  EXPECT_EQ(impacts_.begin(*world_.platform, stricter(), RuleImpacts::most_days + 1).error().code,
            Errc::invalid_argument);
  EXPECT_EQ(impacts_.begin(*world_.platform, "{}", 1).error().code, Errc::malformed);
  std::vector<ByteArray<16>> ids;
  for (std::size_t i = 0; i <= RuleImpacts::most_runs; ++i) {
    ids.push_back(impacts_.begin(*world_.platform, stricter(), 1).value());
  }
  EXPECT_EQ(impacts_.go_on(*world_.platform, ids.front()).error().code, Errc::not_found);
  EXPECT_TRUE(impacts_.go_on(*world_.platform, ids.back()).has_value());
}

TEST_F(RuleImpactTest, WhenOtherRulesComeIntoForceMeanwhileItIsAskedAgain) {
  const auto id = impacts_.begin(*world_.platform, stricter(), 1);
  ASSERT_TRUE(id.has_value() && propose_rule_set(*world_.platform, stricter()).has_value());
  std::optional<CitizenRef> last;
  do {
    last = derive_proposed(*world_.platform, last).value().last;
  } while (last);
  ASSERT_TRUE(activate_rule_set(*world_.platform, "id-2021@2.0.0").has_value());
  EXPECT_EQ(impacts_.go_on(*world_.platform, id.value()).error().code, Errc::conflict);
}

}  // namespace
}  // namespace lindung::service
