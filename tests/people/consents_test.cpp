// Consents: pushed by a partner, decided by a citizen, redeemed once, ended at once.
#include "people/consents.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/colour.h"
#include "domain/consent.h"
#include "domain/partner.h"
#include "domain/redemption.h"
#include "gateway/consent_check.h"
#include "gateway/consent_client.h"
#include "gateway/partner_client.h"
#include "log/entry.h"
#include "people/consent_requests.h"
#include "service/install.h"
#include "service/links.h"
#include "service/logged_unit.h"
#include "service/looks.h"
#include "service/notices.h"
#include "service/partner_events.h"
#include "service/partner_web.h"
#include "service/partners.h"
#include "store/database.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::people {
namespace {

using domain::Outcome;
using domain::RedemptionOutcome;

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z
constexpr std::string_view issuer = "https://lindung.example";
const std::string redirect_uri = "https://app.gojek.example/linked";

class ConsentsTest : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    world_ = std::make_unique<test::World>(moment_of(noon), GetParam());
    gojek_ = std::make_unique<gateway::PartnerIdentity>(world_->add_partner("gojek"));
    grab_ = std::make_unique<gateway::PartnerIdentity>(world_->add_partner("grab"));
    citizen_ = world_->add_citizen(domain::Colour::green, true);
    ASSERT_TRUE(service::add_redirect(platform(), gojek_->partner, redirect_uri).has_value());
    pending_ = gateway::new_pending_link();
  }
  const service::Platform& platform() { return *world_->platform; }

  PushedRequest request() const {
    return {.purposes = {domain::Purpose::venue_entry},
            .profile = domain::Profile::colour,
            .period = std::chrono::days{30},
            .challenge = domain::challenge_of(pending_.verifier),
            .redirect_uri = redirect_uri,
            .state = pending_.state};
  }
  std::string push() { return push_request(platform(), gojek_->partner, request()).value().text; }
  ByteArray<32> approve(const std::string& reference) {
    const auto url = approve_request(platform(), citizen_, reference, issuer).value();
    return gateway::code_of(std::string_view{url}.substr(redirect_uri.size() + 1), pending_, issuer).value();
  }
  domain::Redemption redemption(const ByteArray<32>& code) const {
    return {.request_id = RequestId{crypto::random_bytes<16>()}, .code = code, .verifier = pending_.verifier};
  }
  domain::RedemptionAnswer redeem(const domain::Redemption& redemption) {
    return redeem_code(platform(), gojek_->partner, redemption).value();
  }
  domain::RedemptionAnswer link() { return redeem(redemption(approve(push()))); }
  Outcome ask(const domain::LinkToken& token) { return world_->ask_status(*gojek_, token).value().outcome; }
  void later(std::chrono::seconds by) {
    world_->clock.advance(by);
    ASSERT_TRUE(service::rotate_exchange_keys(*world_->database, *world_->ring, world_->clock).has_value());
    ASSERT_TRUE(world_->exchange_keys.load(*world_->ring).has_value());
  }
  std::vector<log::LinkEntry> link_entries() {
    std::vector<log::LinkEntry> entries;
    for (const auto& entry : world_->log_entries()) {
      if (const auto* link = std::get_if<log::LinkEntry>(&entry)) entries.push_back(*link);
    }
    return entries;
  }
  gateway::ConsentReport check() { return gateway::check_consents(platform(), world_->log_entries().size()).value(); }
  void run_sql(std::string_view sql) {
    ASSERT_TRUE(world_->database
                    ->write([&](store::Transaction& transaction) -> Result<void> {
                      TRYV(transaction.run(store::Sql{.text = sql, .once = true}, {}));
                      return ok();
                    })
                    .has_value());
  }

  std::unique_ptr<test::World> world_;
  std::unique_ptr<gateway::PartnerIdentity> gojek_;
  std::unique_ptr<gateway::PartnerIdentity> grab_;
  CitizenRef citizen_;
  gateway::PendingLink pending_;
};

TEST_P(ConsentsTest, AnApprovedRequestIsRedeemedOnceAndItsTokenIsAnswered) {
  const auto code = approve(push());
  const auto first = redeem(redemption(code));
  ASSERT_EQ(first.outcome, RedemptionOutcome::granted);
  EXPECT_EQ(first.until, moment_of(noon) + std::chrono::days{30});
  EXPECT_EQ(ask(first.token), Outcome::allow);
  EXPECT_EQ(redeem(redemption(code)).outcome, RedemptionOutcome::used_code);
  EXPECT_EQ(link_entries().size(), 1U);
  const auto consents = list_consents(platform(), citizen_).value();
  ASSERT_EQ(consents.size(), 1U);
  EXPECT_EQ(consents.front().kept->consent.id, first.consent);
  const auto notices = service::list_notices(platform(), citizen_).value();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices.front().notice.kind, service::NoticeKind::consent);
}

TEST_P(ConsentsTest, ALostReplyIsAskedForAgainAndGivesTheSameToken) {
  const auto asked = redemption(approve(push()));
  const auto first = redeem(asked);
  const auto again = redeem(asked);
  ASSERT_EQ(again.outcome, RedemptionOutcome::granted);
  EXPECT_EQ(again.token, first.token);
  EXPECT_EQ(again.consent, first.consent);
  EXPECT_EQ(link_entries().size(), 1U);
}

TEST_P(ConsentsTest, EachWrongRedemptionIsRefusedByItsNameAndGrantsNothing) {
  const auto code = approve(push());
  EXPECT_EQ(redeem_code(platform(), grab_->partner, redemption(code)).value().outcome, RedemptionOutcome::unknown_code);
  auto wrong = redemption(code);
  wrong.verifier.back() = wrong.verifier.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(redeem(wrong).outcome, RedemptionOutcome::wrong_verifier);
  EXPECT_EQ(redeem(redemption(crypto::random_bytes<32>())).outcome, RedemptionOutcome::unknown_code);
  world_->clock.advance(consent_code_life);
  EXPECT_EQ(redeem(redemption(code)).outcome, RedemptionOutcome::late_code);
  EXPECT_TRUE(link_entries().empty());
}

TEST_P(ConsentsTest, ARequestIsDecidedOnceAndDiesAfterTenMinutes) {
  const auto reference = push();
  EXPECT_EQ(read_request(platform(), reference).value().partner, gojek_->partner);
  EXPECT_NE(refuse_request(platform(), reference, issuer).value().find("error=access_denied"), std::string::npos);
  EXPECT_EQ(read_request(platform(), reference).error().code, Errc::not_found);
  EXPECT_EQ(approve_request(platform(), citizen_, reference, issuer).error().code, Errc::not_found);
  const auto late = push();
  world_->clock.advance(consent_request_life);
  EXPECT_EQ(read_request(platform(), late).error().code, Errc::not_found);
  EXPECT_EQ(approve_request(platform(), citizen_, late, issuer).error().code, Errc::not_found);
  EXPECT_EQ(read_request(platform(), "short").error().code, Errc::not_found);
  world_->clock.advance(consent_request_life + std::chrono::seconds{1});
  ASSERT_TRUE(forget_old_requests(platform()).has_value());
  const auto left = world_->database->read([&](store::Transaction& transaction) -> Result<void> {
    TRY(rows, transaction.run(store::Sql{"SELECT state FROM consent_request"}, {}));
    return rows == 0 ? ok() : Result<void>{fail(Errc::conflict)};
  });
  EXPECT_TRUE(left.has_value());
}

TEST_P(ConsentsTest, WhatAPartnerMayNotAskForIsRefusedByItsField) {
  const auto refused = [&](const PushedRequest& wrong) {
    const auto pushed = push_request(platform(), gojek_->partner, wrong);
    return pushed.has_error() ? pushed.error() : Error{.code = Errc::unsupported};
  };
  auto wrong = request();
  wrong.redirect_uri += "/other";
  EXPECT_EQ(refused(wrong).detail, "redirect_uri: not registered");
  wrong = request();
  wrong.profile = domain::Profile::decision_only;
  EXPECT_EQ(refused(wrong).detail, "profile: not the partner's own");
  wrong = request();
  wrong.purposes.clear();
  EXPECT_EQ(refused(wrong).code, Errc::malformed);
  wrong = request();
  wrong.period = std::chrono::days{367};
  EXPECT_EQ(refused(wrong).detail, "days: 1 to 366");
  wrong = request();
  wrong.state.clear();
  EXPECT_EQ(refused(wrong).code, Errc::malformed);
  ASSERT_TRUE(service::move_partner(platform(), gojek_->partner, domain::PartnerAction::suspend).has_value());
  EXPECT_EQ(refused(request()).code, Errc::partner_suspended);
}

TEST_P(ConsentsTest, APartnerHasSoManyPushesAMinute) {
  ASSERT_FALSE(push().empty());
  run_sql("UPDATE partner_push SET used = " + std::to_string(pushes_a_minute - 1));
  ASSERT_FALSE(push().empty());
  EXPECT_EQ(push_request(platform(), gojek_->partner, request()).error().code, Errc::quota);
  world_->clock.advance(std::chrono::minutes{1});
  EXPECT_FALSE(push().empty());
}

TEST_P(ConsentsTest, AWithdrawnConsentIsUnlinkedAtOnceAndThePartnerIsToBeTold) {
  ASSERT_TRUE(service::set_webhook(platform(), gojek_->partner, "https://app.gojek.example/ended").has_value());
  const auto linked = link();
  ASSERT_EQ(ask(linked.token), Outcome::allow);
  const auto ended = withdraw_consent(platform(), citizen_, linked.consent).value();
  EXPECT_EQ(ended.end, domain::ConsentEnd::withdrawn);
  EXPECT_EQ(ask(linked.token), Outcome::unlinked);
  const auto entries = link_entries();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].commitment, entries[1].commitment);
  EXPECT_FALSE(entries[1].granted);
  EXPECT_EQ(withdraw_consent(platform(), citizen_, linked.consent).value().ended_index, ended.ended_index);
  EXPECT_EQ(link_entries().size(), 2U);
  EXPECT_EQ(service::list_notices(platform(), citizen_).value().size(), 2U);
  EXPECT_EQ(service::count_partner_events(platform()).value(), 1U);
  const auto other = world_->add_citizen(domain::Colour::green, true);
  EXPECT_EQ(withdraw_consent(platform(), other, linked.consent).error().code, Errc::not_found);
}

TEST_P(ConsentsTest, AConsentEndsWithItsPeriodToTheSecond) {
  const auto linked = link();
  later(std::chrono::days{30} - std::chrono::seconds{1});
  EXPECT_EQ(ask(linked.token), Outcome::allow);
  EXPECT_EQ(end_due_consents(platform()).value(), 0U);
  world_->clock.advance(std::chrono::seconds{1});
  EXPECT_EQ(ask(linked.token), Outcome::unlinked);  // before anybody has written the end down
  EXPECT_EQ(end_due_consents(platform()).value(), 1U);
  EXPECT_EQ(end_due_consents(platform()).value(), 0U);
  EXPECT_EQ(find_consent(platform(), citizen_, linked.consent).value().end, domain::ConsentEnd::expired);
  EXPECT_EQ(link_entries().size(), 2U);
  EXPECT_EQ(check().violations, 0U);
}

TEST_P(ConsentsTest, AnOfferedTokenDiesWithTheConsentToo) {
  auto wanted = request();
  wanted.period = std::chrono::days{31};
  const auto reference = push_request(platform(), gojek_->partner, wanted).value().text;
  const auto linked = redeem(redemption(approve(reference)));
  later(std::chrono::days{30});
  const auto rotated = world_->ask_status(*gojek_, linked.token).value();
  ASSERT_FALSE(all_zero(rotated.next_token));
  const domain::LinkToken next{rotated.next_token};
  EXPECT_EQ(ask(next), Outcome::allow);
  later(std::chrono::days{1});
  EXPECT_EQ(ask(next), Outcome::unlinked);
  EXPECT_EQ(ask(linked.token), Outcome::unlinked);
}

TEST_P(ConsentsTest, EveryAnswerOfAnHonestLogHasItsConsent) {
  const auto linked = link();
  const auto by_command = world_->link(gojek_->partner, world_->add_citizen(domain::Colour::red, false));
  EXPECT_EQ(ask(linked.token), Outcome::allow);
  EXPECT_EQ(ask(by_command), Outcome::deny);
  EXPECT_EQ(ask(domain::LinkToken{crypto::random_bytes<28>()}), Outcome::unlinked);
  ASSERT_TRUE(withdraw_consent(platform(), citizen_, linked.consent).has_value());
  EXPECT_EQ(ask(linked.token), Outcome::unlinked);
  const auto report = check();
  EXPECT_EQ(report.answers, 4U);
  EXPECT_EQ(report.consented, 2U);
  EXPECT_EQ(report.by_command, 1U);
  EXPECT_EQ(report.about_nobody, 2U);
  EXPECT_EQ(report.violations, 0U);
}

TEST_P(ConsentsTest, AnAnswerAfterAWithdrawalIsFoundThoughTheDataSayOtherwise) {
  const auto linked = link();
  ASSERT_TRUE(withdraw_consent(platform(), citizen_, linked.consent).has_value());
  run_sql("UPDATE token SET state = 1");
  run_sql("UPDATE link SET withdrawn_at = NULL");
  const auto index = world_->log_entries().size();
  ASSERT_EQ(ask(linked.token), Outcome::allow);
  const auto report = check();
  EXPECT_EQ(report.violations, 1U);
  EXPECT_EQ(report.first->index, index);
  EXPECT_EQ(report.first->why, "ended before");
}

TEST_P(ConsentsTest, AnAnswerWithoutAConsentIsFoundThoughTheDataHoldALink) {
  const auto linked = link();
  // The operator ties the token to somebody else, who never agreed.
  const auto other = world_->add_citizen(domain::Colour::green, true);
  ASSERT_TRUE(world_->database
                  ->write([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run(store::Sql{"UPDATE token SET citizen_ref = $1"}, {other.bytes()}));
                    TRYV(transaction.run(store::Sql{"UPDATE link SET citizen_ref = $1"}, {other.bytes()}));
                    return ok();
                  })
                  .has_value());
  const auto index = world_->log_entries().size();
  ASSERT_EQ(ask(linked.token), Outcome::allow);
  const auto report = check();
  EXPECT_EQ(report.violations, 1U);
  EXPECT_EQ(report.first->index, index);
  EXPECT_EQ(report.first->why, "not granted before");
}

TEST_P(ConsentsTest, AnAnswerWhoseEvidenceWasTakenAwayIsFound) {
  const auto linked = link();
  const auto index = world_->log_entries().size();
  ASSERT_EQ(ask(linked.token), Outcome::allow);
  run_sql("DELETE FROM evidence_" + std::to_string(day_of(world_->clock.now()).number));
  const auto report = check();
  EXPECT_EQ(report.violations, 1U);
  EXPECT_EQ(report.first->index, index);
}

TEST_P(ConsentsTest, TheCitizenSeesEachAnswerAboutThemAndNobodyElseDoes) {
  const auto linked = link();
  const auto other = world_->add_citizen(domain::Colour::green, true);
  const auto others_token = world_->link(gojek_->partner, other);
  const auto first = world_->ask_status(*gojek_, linked.token).value().log_index;
  EXPECT_EQ(ask(others_token), Outcome::allow);
  EXPECT_EQ(ask(domain::LinkToken{crypto::random_bytes<28>()}), Outcome::unlinked);
  while (!service::index_looks(platform(), 3).value()) {
  }
  later(std::chrono::days{1});
  const auto second = world_->ask_status(*gojek_, linked.token).value().log_index;
  ASSERT_TRUE(service::index_looks(platform(), 1'000).value());
  ASSERT_TRUE(service::index_looks(platform(), 1'000).value());
  const auto looks = service::list_looks(platform(), citizen_, UINT64_MAX, 10).value();
  EXPECT_EQ(looks.answers, (std::vector<std::uint64_t>{second, first}));
  EXPECT_EQ(service::list_looks(platform(), citizen_, second, 10).value().answers, std::vector<std::uint64_t>{first});
  EXPECT_EQ(service::list_looks(platform(), citizen_, UINT64_MAX, 1).value().answers,
            std::vector<std::uint64_t>{second});
  EXPECT_EQ(service::list_looks(platform(), other, UINT64_MAX, 10).value().answers.size(), 1U);
}

TEST_P(ConsentsTest, WhatAnOfficerSawIsInTheLogAndTheCitizenCanOpenItsEntry) {
  const service::OfficerLook look{
      .citizen = citizen_, .officer = "sari", .officer_key_digest = {7}, .action = "why", .purpose = "dispute"};
  ASSERT_TRUE(service::record_look(platform(), look).has_value());
  const auto looks = service::list_looks(platform(), citizen_, UINT64_MAX, 10).value();
  ASSERT_EQ(looks.officers.size(), 1U);
  const auto& seen = looks.officers.front();
  EXPECT_EQ(seen.look.officer, "sari");
  const auto entries = world_->log_entries();
  const auto* entry = std::get_if<log::OfficerEntry>(&entries.at(seen.log_index));
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->action, "citizen.look");
  EXPECT_EQ(entry->case_digest, service::look_digest(seen.opening, seen.look));
  auto bad = look;
  bad.purpose = "two\nlines";
  EXPECT_EQ(service::record_look(platform(), bad).error().code, Errc::invalid_argument);
}

TEST_P(ConsentsTest, APartnerWhoIsDownLosesNoEventAndHoldsUpNobody) {
  for (const auto* partner : {gojek_.get(), grab_.get()}) {
    ASSERT_TRUE(service::set_webhook(platform(), partner->partner, "https://app.example/ended").has_value());
  }
  const auto add = [&](const PartnerId& partner) {
    ASSERT_TRUE(world_->database
                    ->write([&](store::Transaction& transaction) {
                      return service::queue_event(transaction, *world_->ring,
                                                  {.partner = partner,
                                                   .id = service::PartnerEventId{crypto::random_bytes<16>()},
                                                   .consent = {},
                                                   .reason = domain::ConsentEnd::withdrawn,
                                                   .at = world_->clock.now()});
                    })
                    .has_value());
  };
  add(gojek_->partner);
  add(gojek_->partner);
  add(grab_->partner);
  std::vector<PartnerId> tried;
  bool is_down = true;
  const service::TellPartner tell = [&](const service::PartnerEvent& event, const std::string&) -> Result<void> {
    tried.push_back(event.partner);
    if (is_down && event.partner == gojek_->partner) return fail(Errc::unavailable, "down");
    return ok();
  };
  EXPECT_EQ(service::deliver_partner_events(platform(), tell).error().code, Errc::unavailable);
  EXPECT_EQ(std::ranges::count(tried, gojek_->partner), 1);
  EXPECT_EQ(std::ranges::count(tried, grab_->partner), 1);
  EXPECT_EQ(service::count_partner_events(platform()).value(), 2U);
  ASSERT_TRUE(service::deliver_partner_events(platform(), tell).has_value());
  EXPECT_EQ(tried.size(), 2U);  // the wait is not over
  world_->clock.advance(service::first_retry);
  is_down = false;
  ASSERT_TRUE(service::deliver_partner_events(platform(), tell).has_value());
  EXPECT_EQ(service::count_partner_events(platform()).value(), 0U);
  add(gojek_->partner);
  world_->clock.advance(service::events_kept + std::chrono::seconds{1});
  tried.clear();
  ASSERT_TRUE(service::deliver_partner_events(platform(), tell).has_value());
  EXPECT_TRUE(tried.empty());
  EXPECT_EQ(service::count_partner_events(platform()).value(), 0U);
}

TEST_P(ConsentsTest, TheLinksOfWhoIsErasedEndInOneUnit) {
  const auto linked = link();
  static_cast<void>(world_->link(grab_->partner, citizen_));
  std::uint64_t ended = 0;
  ASSERT_TRUE(service::write_logged(*world_->database, world_->clock, [&](service::LoggedUnit& unit) -> Result<void> {
                TRY(count, service::end_all_links(unit, platform(), citizen_, domain::ConsentEnd::erased));
                ended = count;
                return ok();
              }).has_value());
  EXPECT_EQ(ended, 2U);
  EXPECT_EQ(ask(linked.token), Outcome::unlinked);
}

INSTANTIATE_TEST_SUITE_P(Engines, ConsentsTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& engine) {
                           return engine.param == store::Engine::sqlite ? "SQLite" : "PostgreSQL";
                         });

}  // namespace
}  // namespace lindung::people
