#include "service/in_flight.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "base/id.h"
#include "service/lease.h"

namespace lindung::service {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const PartnerId gojek{"gojek"};
const PartnerId grab{"grab"};

TEST(InFlight, ADrainWaitsForWhatWasTakenBeforeItAndForNothingElse) {
  InFlight in_flight;
  std::optional ticket{in_flight.enter(gojek)};
  const auto other = in_flight.enter(grab);
  const auto draining = in_flight.drain(gojek);
  const auto later = in_flight.enter(gojek);
  EXPECT_FALSE(draining.wait(milliseconds{1}));
  ticket.reset();
  EXPECT_TRUE(draining.wait(seconds{10}));
}

TEST(InFlight, ASecondDrainWaitsForWhatTheFirstOneStillWaitsFor) {
  InFlight in_flight;
  std::optional ticket{in_flight.enter(gojek)};
  const auto first = in_flight.drain(gojek);
  const auto second = in_flight.drain(gojek);
  EXPECT_FALSE(second.is_over());
  ticket.reset();
  EXPECT_TRUE(first.is_over());
  EXPECT_TRUE(second.is_over());
  EXPECT_TRUE(in_flight.drain(gojek).is_over());
}

TEST(InFlight, ADrainOfEverybodyWaitsForEachPartner) {
  InFlight in_flight;
  std::optional one{in_flight.enter(gojek)};
  std::optional other{in_flight.enter(grab)};
  const auto draining = in_flight.drain_all();
  one.reset();
  EXPECT_FALSE(draining.is_over());
  other.reset();
  EXPECT_TRUE(draining.is_over());
}

TEST(InFlight, ATicketMayLeaveUnderTheLeaseThatItWasTakenUnderOnly) {
  InFlight in_flight;
  const auto for_good = in_flight.enter(gojek);
  EXPECT_TRUE(for_good.may_leave(std::chrono::hours{24 * 365}));
  in_flight.lease().begin(seconds{10});
  EXPECT_FALSE(for_good.may_leave(seconds{1}));
  const auto ticket = in_flight.enter(gojek);
  EXPECT_TRUE(ticket.may_leave(seconds{9}));
  EXPECT_FALSE(ticket.may_leave(seconds{10}));
  in_flight.lease().prolong(seconds{20});
  EXPECT_TRUE(ticket.may_leave(seconds{19}));
  in_flight.lease().end();
  EXPECT_FALSE(ticket.may_leave(seconds{1}));
  in_flight.lease().begin(seconds{30});
  EXPECT_FALSE(ticket.may_leave(seconds{1}));
  EXPECT_FALSE(InFlight::Ticket{}.may_leave(seconds{1}));
}

}  // namespace
}  // namespace lindung::service
