// Signatures that fail from new places: through a real door, and over made-up normal months, where nothing should be
// told.
#include "service/signature_watch.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/alarm.h"
#include "domain/colour.h"
#include "domain/link_token.h"
#include "gateway/door.h"
#include "gateway/partner_client.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "service/alarm_board.h"
#include "service/detectors.h"
#include "store/database.h"
#include "support/world.h"

namespace lindung::service {
namespace {

using domain::AlarmKind;
using domain::SubjectKind;

constexpr Moment noon{seconds{1'795'435'200}};  // Monday, 2026-11-23T12:00:00Z
constexpr std::uint32_t hours_a_day = 24;

using Kinds = std::vector<AlarmKind>;

class SignaturesTest : public ::testing::Test {
 protected:
  SignaturesTest() { EXPECT_TRUE(signatures_.load(*world_.ring).has_value()); }

  // A real request through a real door, good or signed by somebody else, from this address.
  void knock(const gateway::PartnerIdentity& partner, const std::string& peer, std::uint64_t times, bool is_good) {
    auto sender = partner;
    if (!is_good) sender.signing_key = crypto::Ed25519PrivateKey::generate();
    const auto sent = world_.seal(sender, world_.status_of(token_));
    http::Request request = sent->request();
    request.peer = peer;
    for (std::uint64_t i = 0; i < times; ++i) EXPECT_EQ(door_.admit(request).has_value(), is_good);
  }
  // Two days on which it asked from one network, each hour.
  void put_signed_past(const std::string& partner) {
    const auto hour = hour_of(noon).number;
    ASSERT_TRUE(
        world_.database
            ->write([&](store::Transaction& transaction) -> Result<void> {
              for (std::uint32_t before = 1; before <= 2 * hours_a_day; ++before) {
                TRYV(transaction.run(store::Sql{"INSERT INTO signature_hour (partner_id, hour, good, failed, strange) "
                                                "VALUES ($1, $2, 100, 1, 0)"},
                                     {std::string_view{partner}, std::int64_t{hour - before}}));
              }
              return ok();
            })
            .has_value());
  }
  void look_at_signatures() {
    ASSERT_TRUE(detectors_.write_signatures(signatures_).has_value());
    ASSERT_TRUE(detectors_.look_at_signatures().has_value());
  }

  std::vector<AlarmKind> raised() {
    std::vector<AlarmKind> kinds;
    for (const auto& alarm : board_.take()) kinds.push_back(alarm.kind);
    return kinds;
  }

  test::World world_{noon};
  AlarmBoard board_;
  Detectors detectors_{*world_.platform, board_};
  SignatureWatch signatures_;
  gateway::Door door_{world_.clock, world_.directory, world_.exchange_keys,
                      gateway::Authorities{.names = {test::World::authority}, .https = true}, &signatures_};
  gateway::PartnerIdentity partner_{world_.add_partner("gojek")};
  domain::LinkToken token_{world_.link(partner_.partner, world_.add_citizen(domain::Colour::green, true))};
};

TEST_F(SignaturesTest, SignaturesThatFailFromANewNetworkAreFoundOnceAnHour) {
  put_signed_past("gojek");
  knock(partner_, "203.0.113.7", 5, true);
  knock(partner_, "198.51.100.9", 19, false);
  look_at_signatures();
  EXPECT_EQ(raised(), Kinds{}) << "a partner that tries a new machine";
  knock(partner_, "198.51.100.77", 2, false);
  look_at_signatures();
  const auto alarms = board_.take();
  ASSERT_EQ(alarms.size(), 1U);
  EXPECT_EQ(alarms.front().kind, AlarmKind::signatures_failed);
  EXPECT_EQ(alarms.front().subject, (domain::Subject{.kind = SubjectKind::partner, .id = "gojek"}));
  EXPECT_EQ(alarms.front().count, 21U);
  knock(partner_, "2001:db8::1", 50, false);
  look_at_signatures();
  EXPECT_EQ(raised(), Kinds{}) << "the same hour";
}

TEST_F(SignaturesTest, FailuresFromWhereThePartnerIsKnownAreItsOwnMistakes) {
  put_signed_past("gojek");
  knock(partner_, "203.0.113.7", 1, true);
  look_at_signatures();
  knock(partner_, "203.0.113.200", 500, false);
  knock(partner_, "::ffff:203.0.113.9", 500, false);
  look_at_signatures();
  EXPECT_EQ(raised(), Kinds{});
}

TEST_F(SignaturesTest, APlaceIsKnownOfOnePartnerAlone) {
  put_signed_past("gojek");
  const auto other = world_.add_partner("grab");
  knock(other, "203.0.113.7", 30, true);
  knock(partner_, "203.0.113.7", 30, false);
  look_at_signatures();
  EXPECT_EQ(raised(), Kinds{AlarmKind::signatures_failed});
}

TEST_F(SignaturesTest, AKeyThatNobodyHasConcernsNoPartnerAndNoAddressIsKept) {
  auto nobody = partner_;
  nobody.key_id = KeyId{"gojek-9"};
  knock(nobody, "198.51.100.9", 100, false);
  knock(partner_, "198.51.100.9", 1, true);
  const auto counts = signatures_.take();
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts.begin()->first.partner, partner_.partner);
  EXPECT_EQ(counts.begin()->second.failed, 0U);
  const SignatureWatch::Place prefix{198, 51, 100};
  EXPECT_NE(counts.begin()->first.place, prefix);
}

TEST_F(SignaturesTest, AFloodFromMoreNetworksThanAreHeldIsCountedAllTheSame) {
  constexpr std::uint64_t beyond = 100;
  for (std::uint64_t i = 0; i < SignatureWatch::most_places + beyond; ++i) {
    const auto peer = "10." + std::to_string(i / 256) + "." + std::to_string(i % 256) + ".1";
    signatures_.look(partner_.partner, peer, false, noon);
  }
  const auto counts = signatures_.take();
  EXPECT_EQ(counts.size(), SignatureWatch::most_places + 1);
  std::uint64_t failed = 0;
  for (const auto& [where, count] : counts) failed += count.failed;
  EXPECT_EQ(failed, SignatureWatch::most_places + beyond);
}

// A partner with some networks, each of which may be new on any day: it begins with a few tries under a wrong key now
// and then, and once a month a known network signs wrongly for an hour.
TEST(SignaturesMonth, ANormalMonthOfSignaturesRaisesHardlyAnAlarm) {
  constexpr int months = 40;
  constexpr std::uint32_t month = (days_of_past + 30) * hours_a_day;
  std::mt19937_64 random{20'261'125};  // NOLINT: the same months each time
  std::poisson_distribution<int> new_networks{0.5 / hours_a_day};
  std::bernoulli_distribution begins_wrongly{0.3};
  std::geometric_distribution<std::uint64_t> tries{0.2};  // 4 on average
  std::uint64_t alarms = 0;
  std::uint64_t judged = 0;
  std::uint64_t strange = 0;
  for (int i = 0; i < months; ++i) {
    std::vector<SignatureHour> past;
    for (std::uint32_t hour = 0; hour < month; ++hour) {
      SignatureHour now{.hour = hour, .good = 100, .strange = 0};
      for (int left = new_networks(random); left > 0; --left) {
        if (begins_wrongly(random)) now.strange += 1 + tries(random);
      }
      if (hour >= days_of_past * hours_a_day) {
        double usual = 0;
        const std::vector<SignatureHour> weeks(past.end() - std::ptrdiff_t{days_of_past} * hours_a_day, past.end());
        ++judged;
        strange += now.strange;
        if (is_strange(weeks, now, usual)) ++alarms;
      }
      past.push_back(now);
    }
  }
  std::printf("signatures-failed: %llu alarms in %d partner-months, %llu failures from new networks\n",
              static_cast<unsigned long long>(alarms), months, static_cast<unsigned long long>(strange));
  EXPECT_LE(static_cast<double>(alarms) / months, 0.1);
  EXPECT_GT(strange, 200U);
  EXPECT_EQ(judged, 28'800U);
}

}  // namespace
}  // namespace lindung::service
