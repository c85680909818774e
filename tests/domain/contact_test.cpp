// Contacts: what overlaps, for how long, and when a case was infectious.
#include "domain/contact.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "domain/contact_notice.h"
#include "domain/record.h"

namespace lindung::domain {
namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z
constexpr Moment specimen = lindung::moment_of(noon);
constexpr Moment opening = lindung::moment_of(noon - 86'400);

const ContactPolicy& policy() { return built_in_contact_policy(); }
Span infectious() { return infectious_time(policy(), specimen); }
// A stay from so many minutes behind `opening` on.
Span stay(int from, int until) { return {.from = opening + minutes{from}, .until = opening + minutes{until}}; }
std::optional<Moment> between(const Span& a, const Span& b) { return contact_between(policy(), infectious(), a, b); }

TEST(Contact, TheBuiltInPolicySaysWhatItsSourceSays) {
  EXPECT_EQ(policy().name, "contact-policy@1");
  EXPECT_EQ(policy().before, days{2});
  EXPECT_EQ(policy().after, days{10});
  EXPECT_EQ(policy().minimum_overlap, minutes{15});
}

TEST(Contact, StaysThatTouchDoNotOverlap) {
  EXPECT_TRUE(overlap(stay(0, 30), stay(30, 60)).is_empty());
  EXPECT_FALSE(overlap(stay(0, 31), stay(30, 60)).is_empty());
  EXPECT_FALSE(between(stay(0, 30), stay(30, 60)));
}

TEST(Contact, TheMinimumCountsToTheSecond) {
  EXPECT_EQ(between(stay(0, 30), stay(15, 60)), opening + minutes{30});
  auto later = stay(15, 60);
  later.from += seconds{1};
  EXPECT_FALSE(between(stay(0, 30), later));
}

TEST(Contact, ItsLastMomentIsTheEndOfTheOverlapWhoeverLeavesFirst) {
  EXPECT_EQ(between(stay(0, 60), stay(10, 40)), opening + minutes{40});
  EXPECT_EQ(between(stay(10, 40), stay(0, 60)), opening + minutes{40});
  EXPECT_EQ(between(stay(0, 40), stay(10, 60)), opening + minutes{40});
}

TEST(Contact, OnlyTheTimeWithinTheInfectiousOneCounts) {
  const auto begin = infectious().from;
  EXPECT_EQ(begin, specimen - days{2});
  EXPECT_EQ(infectious().until, specimen + days{10});
  const Span before{.from = begin - minutes{60}, .until = begin + minutes{14}};
  EXPECT_FALSE(between(before, before));
  const Span across{.from = begin - minutes{60}, .until = begin + minutes{15}};
  EXPECT_EQ(between(across, across), across.until);
  const auto end = infectious().until;
  const Span late{.from = end - minutes{15}, .until = end + minutes{60}};
  EXPECT_EQ(between(late, late), end);
  const Span after{.from = end, .until = end + minutes{60}};
  EXPECT_FALSE(between(after, after));
}

TEST(Contact, AnEmptyStayMeetsNobody) { EXPECT_FALSE(between(stay(10, 10), stay(0, 60))); }

TEST(Contact, APositiveNaatConfirmsACaseAndNothingElseDoes) {
  EXPECT_TRUE(confirms_case(domain::Test{.at = specimen, .kind = TestKind::naat, .result = TestResult::positive}));
  EXPECT_FALSE(confirms_case(domain::Test{.at = specimen, .kind = TestKind::naat, .result = TestResult::negative}));
  EXPECT_FALSE(confirms_case(domain::Test{.at = specimen, .kind = TestKind::antigen, .result = TestResult::positive}));
  EXPECT_FALSE(confirms_case(Contact{.at = specimen}));
}

TEST(Contact, ADocumentOfAnotherShapeIsRefused) {
  const auto with = [](std::string_view minutes_member) {
    return R"({"id": "p", "version": "1", "source": "s", "days_before": 2, "days_after": 10, )" +
           std::string{minutes_member} + "}";
  };
  EXPECT_TRUE(parse_contact_policy(with(R"("minimum_overlap_minutes": 1)")).has_value());
  const auto refused = [](const std::string& document) { return parse_contact_policy(document).error().code; };
  EXPECT_EQ(refused("[]"), Errc::malformed);
  EXPECT_EQ(refused(with(R"("minimum_overlap_minutes": "15")")), Errc::malformed);
  EXPECT_EQ(refused(with(R"("minimum_overlap": 15)")), Errc::malformed);
  EXPECT_EQ(refused(with(R"("minimum_overlap_minutes": 0)")), Errc::invalid_argument);
  EXPECT_EQ(refused(with(R"("minimum_overlap_minutes": 1441)")), Errc::invalid_argument);
}

TEST(Contact, TheNoticeTellsTheDayInJakartaInBothLanguages) {
  const auto notice = contact_notice(lindung::moment_of(noon + (5 * 3600)));  // 17:00Z: the next day in Jakarta
  EXPECT_TRUE(notice.id.starts_with("Pada 2026-11-22 (WIB)")) << notice.id;
  EXPECT_TRUE(notice.en.starts_with("On 2026-11-22 (WIB)")) << notice.en;
}

}  // namespace
}  // namespace lindung::domain
