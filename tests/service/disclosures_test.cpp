// The disclosure inbox over a real store: receipts, what the server cannot read, escalation on a clock that the test
// moves.
#include "service/disclosures.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/hpke.h"
#include "domain/disclosure.h"
#include "log/entry.h"
#include "service/address_limit.h"
#include "service/hands_world.h"
#include "store/database.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service {
namespace {

using std::chrono::days;
using std::chrono::hours;

class DisclosuresTest : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    world_ = std::make_unique<test::World>(moment_of(testing::noon), GetParam());
  }
  [[nodiscard]] const Platform& platform() const { return *world_->platform; }

  NewDisclosure send(const std::string& text = "planted-weakness: the door is open") const {
    const auto sealed = domain::seal_disclosure(team_.public_key(), text);
    EXPECT_TRUE(sealed.has_value());
    auto taken = take_disclosure(platform(), sealed.value());
    EXPECT_TRUE(taken.has_value()) << taken.error().text();
    return taken.has_value() ? taken.value() : NewDisclosure{};
  }
  // Who was told of what is due now, and at which level.
  std::vector<std::pair<std::string, std::size_t>> escalate() const {
    std::vector<std::pair<std::string, std::size_t>> told;
    const auto done = escalate_disclosures(platform(), options_, [&](const DisclosureEscalation& each) -> Result<void> {
      told.emplace_back(each.to, each.level);
      return ok();
    });
    EXPECT_TRUE(done.has_value()) << done.error().text();
    return told;
  }

  std::unique_ptr<test::World> world_;
  crypto::X25519PrivateKey team_ = crypto::X25519PrivateKey::generate();
  DisclosureOptions options_{.team_key = team_.public_key(),
                             .url = "https://gateway.example",
                             .contact = "mailto:security@gateway.example",
                             .policy = {},
                             .chain = {"team", "head", "ministry"}};
};

TEST_P(DisclosuresTest, AReceiptIsGivenForWhatIsInTheLogAndOnlyItsHolderCanShowThat) {
  const auto sealed = domain::seal_disclosure(team_.public_key(), "x").value();
  const auto taken = take_disclosure(platform(), sealed);
  ASSERT_TRUE(taken.has_value()) << taken.error().text();
  const auto entries = world_->log_entries();
  const auto* entry = std::get_if<log::OfficerEntry>(&entries.at(taken.value().status.log_index));
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->action, "disclosure.received");
  const auto body = crypto::sha256(sealed);
  EXPECT_EQ(entry->case_digest, crypto::sha256({BytesView{taken.value().receipt}, BytesView{body}}));

  const auto status = find_disclosure(platform(), taken.value().receipt);
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status.value().state, DisclosureState::unread);
  auto other = taken.value().receipt;
  other[0] ^= 1U;
  const auto none = find_disclosure(platform(), other);
  ASSERT_TRUE(none.has_error());
  EXPECT_EQ(none.error().code, Errc::not_found);
}

TEST_P(DisclosuresTest, TheTeamReadsAnswersAndClosesAndTheSenderSeesIt) {
  const auto sent = send();
  const auto listed = list_disclosures(platform());
  ASSERT_TRUE(listed.has_value());
  ASSERT_EQ(listed.value().size(), 1U);
  const auto id = listed.value().front().id;
  EXPECT_EQ(id, crypto::sha256(sent.receipt)) << "the list does not hold receipts";

  const auto sealed = read_disclosure(platform(), id);
  ASSERT_TRUE(sealed.has_value());
  EXPECT_EQ(domain::open_disclosure(team_, sealed.value()).value(), "planted-weakness: the door is open");
  const auto stranger = domain::open_disclosure(crypto::X25519PrivateKey::generate(), sealed.value());
  ASSERT_TRUE(stranger.has_error());
  EXPECT_EQ(stranger.error().code, Errc::malformed);
  EXPECT_EQ(find_disclosure(platform(), sent.receipt).value().state, DisclosureState::read);

  ASSERT_TRUE(answer_disclosure(platform(), id, "Fixed in 0.3").has_value());
  EXPECT_EQ(find_disclosure(platform(), sent.receipt).value().answer, "Fixed in 0.3");
  EXPECT_EQ(answer_disclosure(platform(), id, "").error().code, Errc::invalid_argument);
  ASSERT_TRUE(close_disclosure(platform(), id).has_value());
  const auto closed = find_disclosure(platform(), sent.receipt);
  ASSERT_TRUE(closed.has_value());
  EXPECT_EQ(closed.value().state, DisclosureState::closed);
  EXPECT_EQ(closed.value().answer, "Fixed in 0.3") << "the answer stays for who holds the receipt";
  EXPECT_EQ(read_disclosure(platform(), id).error().code, Errc::conflict) << "the message is gone";
  EXPECT_EQ(answer_disclosure(platform(), id, "late").error().code, Errc::conflict);
}

TEST_P(DisclosuresTest, WhatNobodyReadsGoesUpTheChainByItselfEachLevelOnce) {
  static_cast<void>(send());
  EXPECT_TRUE(escalate().empty());
  world_->clock.advance(hours{23});
  EXPECT_TRUE(escalate().empty());
  world_->clock.advance(hours{1});
  using Told = std::vector<std::pair<std::string, std::size_t>>;
  EXPECT_EQ(escalate(), (Told{{"team", 1}}));
  EXPECT_TRUE(escalate().empty()) << "once";
  world_->clock.advance(days{6});
  EXPECT_EQ(escalate(), (Told{{"head", 2}, {"ministry", 3}})) << "what was missed is made up for";
  world_->clock.advance(days{60});
  EXPECT_TRUE(escalate().empty());
  std::size_t logged = 0;
  for (const auto& entry : world_->log_entries()) {
    const auto* officer = std::get_if<log::OfficerEntry>(&entry);
    if (officer != nullptr && officer->action == "disclosure.escalated") ++logged;
  }
  EXPECT_EQ(logged, 3U);
}

TEST_P(DisclosuresTest, WhatWasReadGoesNoFurtherAndWhatCouldNotBeToldIsToldLater) {
  static_cast<void>(send());
  world_->clock.advance(days{1});
  const auto failed = escalate_disclosures(platform(), options_,
                                           [](const DisclosureEscalation&) -> Result<void> { return fail(Errc::io); });
  ASSERT_TRUE(failed.has_error());
  EXPECT_EQ(escalate().size(), 1U) << "the outbox was full";
  const auto listed = list_disclosures(platform());
  ASSERT_TRUE(read_disclosure(platform(), listed.value().front().id).has_value());
  world_->clock.advance(days{30});
  EXPECT_TRUE(escalate().empty());
}

TEST_P(DisclosuresTest, EverybodyCanSeeHowManyWaitAndHowLong) {
  EXPECT_EQ(disclosure_figures(platform()).value().open, 0U);
  static_cast<void>(send());
  world_->clock.advance(hours{5});
  static_cast<void>(send());
  auto figures = disclosure_figures(platform()).value();
  EXPECT_EQ(figures.received, 2U);
  EXPECT_EQ(figures.open, 2U);
  EXPECT_EQ(figures.unread, 2U);
  EXPECT_EQ(figures.oldest_open, moment_of(testing::noon));
  const auto first = list_disclosures(platform()).value().front().id;
  ASSERT_TRUE(read_disclosure(platform(), first).has_value());
  figures = disclosure_figures(platform()).value();
  EXPECT_EQ(figures.unread, 1U);
  EXPECT_EQ(figures.open, 2U) << "reading answers nobody";
  ASSERT_TRUE(close_disclosure(platform(), first).has_value());
  figures = disclosure_figures(platform()).value();
  EXPECT_EQ(figures.open, 1U);
  EXPECT_EQ(figures.oldest_open, moment_of(testing::noon) + hours{5});
}

TEST_P(DisclosuresTest, SizesTellLittleAndWhatCannotBeSealedIsRefused) {
  const auto size = [&](std::size_t text) {
    return domain::seal_disclosure(team_.public_key(), std::string(text, 'a')).value().size();
  };
  EXPECT_EQ(size(1), size(4'000));
  EXPECT_NE(size(1), size(5'000));
  EXPECT_EQ(domain::seal_disclosure(team_.public_key(), "").error().code, Errc::invalid_argument);
  EXPECT_EQ(domain::seal_disclosure(team_.public_key(), std::string(domain::longest_disclosure + 1, 'a')).error().code,
            Errc::too_large);
  EXPECT_EQ(take_disclosure(platform(), Bytes(100)).error().code, Errc::malformed);
  EXPECT_EQ(take_disclosure(platform(), Bytes(200'000)).error().code, Errc::too_large);
}

TEST(SecurityTxt, IsAlwaysFreshForLessThanAYear) {
  const DisclosureOptions options{.team_key = crypto::X25519PublicKey{},
                                  .url = "https://gateway.example",
                                  .contact = "mailto:security@gateway.example",
                                  .policy = "https://gateway.example/policy",
                                  .chain = {}};
  EXPECT_EQ(security_txt(options, moment_of(testing::noon)),
            "Contact: mailto:security@gateway.example\nContact: https://gateway.example/disclosure\n"
            "Expires: 2027-05-22T00:00:00Z\nEncryption: https://gateway.example/v1/disclosure/key\n"
            "Preferred-Languages: id, en\nCanonical: https://gateway.example/.well-known/security.txt\n"
            "Policy: https://gateway.example/policy\n");
}

TEST(AddressLimit, CountsNeighboursAsOneAndEverybodyTogether) {
  ManualClock clock{moment_of(testing::noon)};
  AddressLimit limit{clock, {.of_one = 2, .of_all = 5}};
  EXPECT_TRUE(limit.take("203.0.113.7").has_value());
  EXPECT_TRUE(limit.take("203.0.113.200").has_value());
  const auto third = limit.take("203.0.113.9");
  ASSERT_TRUE(third.has_error());
  EXPECT_EQ(third.error().code, Errc::quota);
  EXPECT_EQ(third.error().number, 3600U);
  EXPECT_TRUE(limit.take("203.0.114.7").has_value());
  EXPECT_TRUE(limit.take("2001:db8:1:ffff::1").has_value());
  EXPECT_TRUE(limit.take("2001:db8:1::2").has_value());
  EXPECT_EQ(limit.take("198.51.100.1").error().code, Errc::quota) << "all together";
  clock.advance(seconds{3600});
  EXPECT_TRUE(limit.take("203.0.113.7").has_value());
}

TEST(AddressLimit, KnowsAnAddressByItsPrefixOnly) {
  EXPECT_EQ(address_prefix("203.0.113.7"), (Bytes{203, 0, 113}));
  EXPECT_EQ(address_prefix("2001:db8:1:2::5"), (Bytes{0x20, 0x01, 0x0d, 0xb8, 0, 1}));
  EXPECT_EQ(address_prefix("::ffff:203.0.113.7"), (Bytes{203, 0, 113}));
  EXPECT_EQ(address_prefix(""), Bytes{});
}

INSTANTIATE_TEST_SUITE_P(Engines, DisclosuresTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         testing::engine_name);

}  // namespace
}  // namespace lindung::service
