// Incidents from an alarm to their lesson, over real databases of both engines.
#include "service/incidents.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/alarm.h"
#include "domain/colour.h"
#include "domain/incident.h"
#include "domain/incident_draft.h"
#include "domain/link_token.h"
#include "log/entry.h"
#include "service/alarm_board.h"
#include "service/canaries.h"
#include "service/incident_drafts.h"
#include "service/incident_messages.h"
#include "service/incident_persons.h"
#include "service/incident_rows.h"
#include "service/incident_settings.h"
#include "service/links.h"
#include "service/notices.h"
#include "service/partners.h"
#include "service/platform.h"
#include "store/database.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service {
namespace {

using domain::AlarmKind;
using domain::IncidentState;
using std::chrono::hours;

constexpr Moment noon{seconds{1'795'262'400}};  // 2026-11-21T12:00:00Z

domain::IncidentTexts only(std::string domain::IncidentTexts::* field, std::string text) {
  domain::IncidentTexts texts;
  texts.*field = std::move(text);
  return texts;
}

class Carrier final : public MessageCarrier {
 public:
  bool is_full{};
  std::vector<std::string> carried;
  Result<void> carry(const IncidentMessage& message) override {
    if (is_full) return fail(Errc::io, "full");
    carried.push_back(message.recipient);
    return ok();
  }
};

class Postbox final : public Notifier {
 public:
  std::vector<Notice> notices;
  Result<void> deliver(const Notice& notice) override {
    notices.push_back(notice);
    return ok();
  }
};

class IncidentsTest : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    world_ = std::make_unique<test::World>(noon, GetParam());
    static_cast<void>(world_->add_partner("gojek"));
  }
  [[nodiscard]] const Platform& platform() const { return *world_->platform; }

  domain::IncidentId open(bool is_drill = false) {
    const auto opened = open_incident(platform(), {.kind = is_drill ? AlarmKind::canary_asked : AlarmKind::by_hand,
                                                   .subject = {.kind = domain::SubjectKind::partner, .id = "gojek"},
                                                   .texts = only(&domain::IncidentTexts::title, "Berkas bocor"),
                                                   .is_drill = is_drill});
    EXPECT_TRUE(opened.has_value()) << opened.error().text();
    return opened.value();
  }
  IncidentView view(const domain::IncidentId& id) { return find_incident(platform(), codec::hex(id.bytes())).value(); }
  std::vector<IncidentView> all() { return list_incidents(platform(), false).value(); }
  std::vector<MessageListing> messages(const domain::IncidentId& id) { return list_messages(platform(), id).value(); }
  // The actions of officers' entries, in their order.
  std::vector<std::string> logged() {
    std::vector<std::string> actions;
    for (const auto& entry : world_->log_entries()) {
      const auto* officer = std::get_if<log::OfficerEntry>(&entry);
      if (officer != nullptr) actions.push_back(officer->action);
    }
    return actions;
  }
  void raise(std::uint64_t count) {
    board_.raise({.kind = AlarmKind::junk_tokens,
                  .subject = {.kind = domain::SubjectKind::partner, .id = "gojek"},
                  .at = world_->clock.now(),
                  .count = count,
                  .usual = 3});
    ASSERT_TRUE(take_alarms(platform(), board_).has_value());
  }
  std::vector<CitizenRef> link_people(int count) {
    std::vector<CitizenRef> people;
    for (int i = 0; i < count; ++i) {
      people.push_back(world_->add_citizen(domain::Colour::green, true));
      tokens_.push_back(world_->link(gojek_, people.back()));
    }
    return people;
  }
  void work() {
    for (;;) {
      const auto more = work_persons(platform());
      ASSERT_TRUE(more.has_value()) << more.error().text();
      if (!more.value()) return;
    }
  }
  void report_to_all(const domain::IncidentId& id) {
    ASSERT_TRUE(queue_all_messages(platform(), id, {}).has_value());
    ASSERT_TRUE(deliver_messages(platform(), carrier_).has_value());
  }

  std::unique_ptr<test::World> world_;
  const PartnerId gojek_{"gojek"};
  AlarmBoard board_;
  Carrier carrier_;
  std::vector<domain::LinkToken> tokens_;
};

INSTANTIATE_TEST_SUITE_P(Engines, IncidentsTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& engine) {
                           return engine.param == store::Engine::sqlite ? "Sqlite" : "Postgres";
                         });

TEST_P(IncidentsTest, AnAlarmOpensOneIncidentHoweverOftenItComes) {
  raise(10);
  world_->clock.advance(hours{1});
  raise(5);
  ASSERT_EQ(all().size(), 1U);
  const auto found = all().front();
  EXPECT_EQ(found.row.kind, AlarmKind::junk_tokens);
  EXPECT_EQ(found.row.subject.id, "gojek");
  EXPECT_EQ(found.row.count, 15U);
  EXPECT_EQ(found.row.aware_at, noon) << "the clocks run from the first one";
  EXPECT_EQ(logged(), std::vector<std::string>{"incident.opened"});
}

TEST_P(IncidentsTest, BehindItsClosingTheSameAlarmOpensAnotherOne) {
  raise(10);
  ASSERT_TRUE(close_incident(platform(), all().front().row.id, "Diperbaiki", {}).has_value());
  raise(1);
  ASSERT_EQ(all().size(), 2U);
}

TEST_P(IncidentsTest, ACanaryThatWasAskedAboutOpensAnIncidentOnce) {
  ASSERT_TRUE(plant_canary(platform(), gojek_).has_value());
  ASSERT_TRUE(raise_canary_alarms(platform()).has_value());
  EXPECT_TRUE(all().empty());
  const auto marks = canary_marks(platform()).value();
  ASSERT_TRUE(count_found_canary(platform(), marks.front().citizen, 2).has_value());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(raise_canary_alarms(platform()).has_value());
  ASSERT_EQ(all().size(), 1U);
  EXPECT_EQ(all().front().row.kind, AlarmKind::canary_found);
  EXPECT_EQ(all().front().row.count, 2U);
}

TEST_P(IncidentsTest, AlarmsThatTheDatabaseDidNotTakeWaitOnTheBoard) {
  world_->clock.advance(hours{2});
  raise(1);
  world_->clock.set(noon);  // two hours behind the log: no unit is taken
  board_.raise({.kind = AlarmKind::log_forked, .subject = {}, .at = noon, .count = 1});
  EXPECT_EQ(take_alarms(platform(), board_).error().code, Errc::unavailable);
  EXPECT_EQ(board_.waiting(), 1U);
  world_->clock.advance(hours{3});
  ASSERT_TRUE(take_alarms(platform(), board_).has_value());
  EXPECT_EQ(board_.waiting(), 0U);
  EXPECT_EQ(all().size(), 2U);
}

TEST_P(IncidentsTest, AClockThatIsPutBackNeitherExtendsNorLosesADeadline) {
  const auto id = open();
  world_->clock.advance(hours{20});
  ASSERT_TRUE(add_to_incident(platform(), id, {.texts = {}, .note = "Diperiksa"}, {}).has_value());
  EXPECT_EQ(view(id).first.seconds_left, 4 * 3'600);
  world_->clock.set(noon - hours{1'000});
  EXPECT_EQ(view(id).first.seconds_left, 4 * 3'600);
  EXPECT_EQ(view(id).first.due, noon + hours{24});
  world_->clock.set(noon + hours{30});
  EXPECT_EQ(view(id).first.seconds_left, -6 * 3'600);
}

TEST_P(IncidentsTest, GoesFromOpenToClosedAndNoFurther) {
  const auto id = open();
  EXPECT_EQ(view(id).row.state, IncidentState::open);
  ASSERT_TRUE(contain_incident(platform(), id, {}).has_value());
  EXPECT_EQ(contain_incident(platform(), id, {}).error().code, Errc::conflict);
  EXPECT_EQ(close_incident(platform(), id, " ", {}).error().code, Errc::invalid_argument);
  ASSERT_TRUE(close_incident(platform(), id, "=Kunci diganti", {}).has_value());
  EXPECT_EQ(view(id).row.texts.lesson, "Kunci diganti");
  EXPECT_EQ(add_to_incident(platform(), id, {.texts = {}, .note = "x"}, {}).error().code, Errc::conflict);
  EXPECT_EQ(queue_message(platform(), id, "bssn", {}).error().code, Errc::conflict);
  EXPECT_EQ(tell_persons(platform(), id, {}).error().code, Errc::conflict);
  EXPECT_EQ(logged(), (std::vector<std::string>{"incident.opened", "incident.contained", "incident.closed"}));
}

TEST_P(IncidentsTest, IsFoundByItsFirstDigits) {
  const auto id = codec::hex(open().bytes());
  EXPECT_EQ(codec::hex(find_incident(platform(), id.substr(0, 8)).value().row.id.bytes()), id);
  EXPECT_EQ(find_incident(platform(), "abc").error().code, Errc::invalid_argument);
  EXPECT_EQ(find_incident(platform(), id + "0").error().code, Errc::not_found);
}

TEST_P(IncidentsTest, IsRefusedForWhatCannotBe) {
  const auto opening = [&](NewIncident incident) { return open_incident(platform(), incident).error().code; };
  EXPECT_EQ(opening({.subject = {.kind = domain::SubjectKind::partner, .id = "nobody"}}), Errc::not_found);
  EXPECT_EQ(opening({.aware_at = noon + hours{1}}), Errc::invalid_argument);
  EXPECT_EQ(opening({.texts = only(&domain::IncidentTexts::title, std::string(401, 'x'))}), Errc::invalid_argument);
  EXPECT_EQ(opening({.is_drill = true}), Errc::invalid_argument);
}

TEST_P(IncidentsTest, WhatItSaysStandsNowhereInTheDatabaseAsText) {
  const auto id = open();
  ASSERT_TRUE(
      add_to_incident(platform(), id, {.texts = only(&domain::IncidentTexts::impact, "RAHASIA"), .note = "RAHASIA"}, {})
          .has_value());
  std::uint64_t rows = 0;
  ASSERT_TRUE(world_->database
                  ->read([&](store::Transaction& transaction) -> Result<void> {
                    rows = 0;
                    const auto look = [&](const store::Row& row) {
                      ++rows;
                      EXPECT_EQ(as_text(row.bytes(0)).find("RAHASIA"), std::string_view::npos);
                      EXPECT_EQ(as_text(row.bytes(0)).find("gojek"), std::string_view::npos);
                    };
                    TRYV(transaction.run(store::Sql{"SELECT sealed FROM incident"}, {}, look));
                    TRYV(transaction.run(store::Sql{"SELECT sealed FROM incident_event"}, {}, look));
                    return ok();
                  })
                  .has_value());
  EXPECT_EQ(rows, 3U);
}

TEST_P(IncidentsTest, ReportsAreDeliveredAndTheFirstClockIsMet) {
  const auto id = open();
  carrier_.is_full = true;
  ASSERT_TRUE(queue_all_messages(platform(), id, {}).has_value());
  EXPECT_EQ(deliver_messages(platform(), carrier_).error().code, Errc::io);
  EXPECT_FALSE(view(id).first.met_at.has_value());
  carrier_.is_full = false;
  ASSERT_TRUE(deliver_messages(platform(), carrier_).has_value());
  EXPECT_TRUE(carrier_.carried.empty()) << "it is not due yet";
  world_->clock.advance(seconds{5});
  ASSERT_TRUE(deliver_messages(platform(), carrier_).has_value());
  EXPECT_EQ(carrier_.carried.size(), 3U);
  EXPECT_EQ(view(id).first.met_at, noon + seconds{5});
  EXPECT_FALSE(view(id).second.met_at.has_value()) << "the persons concerned were not told";
  for (const auto& message : messages(id)) {
    EXPECT_EQ(message.state, MessageState::delivered);
    EXPECT_EQ(message.attempts, 2U);
  }
  ASSERT_TRUE(deliver_messages(platform(), carrier_).has_value());
  EXPECT_EQ(carrier_.carried.size(), 3U) << "once each";
}

TEST_P(IncidentsTest, ARetryThatAClockSetFarAheadIsMadeAllTheSame) {
  const auto id = open();
  ASSERT_TRUE(queue_message(platform(), id, "bssn", {}).has_value());
  carrier_.is_full = true;
  world_->clock.advance(hours{1'000});
  EXPECT_TRUE(deliver_messages(platform(), carrier_).has_error());
  carrier_.is_full = false;
  world_->clock.set(noon + seconds{1});
  ASSERT_TRUE(deliver_messages(platform(), carrier_).has_value());
  EXPECT_EQ(carrier_.carried, std::vector<std::string>{"bssn"});
}

TEST_P(IncidentsTest, OnlyADeliveredReportIsAcknowledged) {
  const auto id = open();
  EXPECT_EQ(acknowledge_message(platform(), id, "bssn", "4711", {}).error().code, Errc::conflict);
  EXPECT_EQ(queue_message(platform(), id, "nobody", {}).error().code, Errc::not_found);
  report_to_all(id);
  ASSERT_TRUE(acknowledge_message(platform(), id, "bssn", "4711", {}).has_value());
  std::map<std::string, std::string> receipts;
  for (const auto& message : messages(id)) receipts[message.recipient] = message.receipt;
  EXPECT_EQ(receipts.at("bssn"), "4711");
  EXPECT_EQ(receipts.at("sector"), "");
}

TEST_P(IncidentsTest, EveryPersonOfAPartnerInTheTimeIsToldOnceAndNobodyElse) {
  const auto early = link_people(3);
  world_->clock.advance(hours{10});
  const auto gone = link_people(2);
  ASSERT_TRUE(withdraw_links(platform(), gojek_, early.front()).has_value());
  const auto grab = world_->add_partner("grab");
  static_cast<void>(world_->link(grab.partner, world_->add_citizen(domain::Colour::red, false)));
  ASSERT_TRUE(plant_canary(platform(), gojek_).has_value());
  world_->clock.advance(hours{10});
  const auto late = link_people(2);
  const auto id = open();
  // From behind the withdrawal until before the last two.
  ASSERT_TRUE(look_for_partners_people(platform(), id, gojek_, noon + hours{11}, noon + hours{15}).has_value());
  ASSERT_TRUE(look_for_partners_people(platform(), id, gojek_, noon + hours{11}, noon + hours{15}).has_value());
  ASSERT_TRUE(tell_persons(platform(), id, {}).has_value());
  EXPECT_EQ(tell_persons(platform(), id, {}).error().code, Errc::conflict);
  work();
  Postbox postbox;
  ASSERT_TRUE(deliver_notices(platform(), postbox).has_value());
  std::set<CitizenRef> told;
  for (const auto& notice : postbox.notices) {
    EXPECT_EQ(notice.kind, NoticeKind::incident);
    EXPECT_NE(notice.text.id.find("Data pribadi yang terungkap"), std::string::npos);
    EXPECT_TRUE(told.insert(notice.citizen).second) << "twice";
  }
  EXPECT_EQ(told, (std::set<CitizenRef>{early[1], early[2], gone[0], gone[1]}));
  const auto progress = persons_progress(platform(), id).value();
  EXPECT_EQ(progress.found, 4U);
  EXPECT_EQ(progress.told, 4U);
  EXPECT_EQ(progress.delivered, 4U);
  EXPECT_FALSE(progress.looks || progress.tells);
  EXPECT_EQ(late.size(), 2U);
}

TEST_P(IncidentsTest, TheSecondClockIsMetByTheAuthorityAndThePersonsTogether) {
  const auto people = link_people(1);
  const auto id = open();
  ASSERT_EQ(add_people(platform(), id, people).value(), 1U);
  ASSERT_EQ(add_people(platform(), id, people).value(), 0U) << "known already";
  report_to_all(id);
  ASSERT_TRUE(tell_persons(platform(), id, {}).has_value());
  work();
  EXPECT_TRUE(view(id).second.met_at.has_value());
  EXPECT_EQ(view(id).row.state, IncidentState::open);
  ASSERT_TRUE(contain_incident(platform(), id, {}).has_value());
  EXPECT_EQ(view(id).row.state, IncidentState::notified);
}

TEST_P(IncidentsTest, WhoIsFoundLaterIsToldAsWell) {
  const auto first = link_people(1);
  const auto second = link_people(1);
  const auto id = open();
  ASSERT_EQ(add_people(platform(), id, first).value(), 1U);
  ASSERT_TRUE(tell_persons(platform(), id, {}).has_value());
  work();
  ASSERT_EQ(add_people(platform(), id, second).value(), 1U);
  work();
  EXPECT_EQ(persons_progress(platform(), id).value().told, 2U);
  Postbox postbox;
  ASSERT_TRUE(deliver_notices(platform(), postbox).has_value());
  EXPECT_EQ(postbox.notices.size(), 2U);
}

TEST_P(IncidentsTest, ThePersonsBehindLeakedTokensAreFound) {
  const auto people = link_people(2);
  const auto id = open();
  tokens_.push_back(domain::LinkToken{});  // leads nowhere
  EXPECT_EQ(add_people_of_tokens(platform(), id, tokens_).value(), 2U);
  EXPECT_EQ(persons_progress(platform(), id).value().found, people.size());
}

TEST_P(IncidentsTest, ADrillReachesCanariesOnlyAndNoNotice) {
  link_people(2);
  ASSERT_TRUE(plant_canary(platform(), gojek_).has_value());
  const auto id = open(true);
  ASSERT_TRUE(look_for_partners_people(platform(), id, gojek_, noon - hours{1}, noon + hours{1}).has_value());
  ASSERT_TRUE(tell_persons(platform(), id, {}).has_value());
  work();
  EXPECT_EQ(persons_progress(platform(), id).value().found, 1U);
  EXPECT_EQ(persons_progress(platform(), id).value().told, 1U);
  Postbox postbox;
  ASSERT_TRUE(deliver_notices(platform(), postbox).has_value());
  EXPECT_TRUE(postbox.notices.empty());
  ASSERT_TRUE(deliver_messages(platform(), carrier_).has_value());
  EXPECT_EQ(carrier_.carried, std::vector<std::string>{"persons"});
  EXPECT_TRUE(all().empty());
  ASSERT_TRUE(show_running(platform(), board_).has_value());
  EXPECT_TRUE(board_.running().empty());
  for (const auto& action : logged()) EXPECT_TRUE(action.starts_with("drill.")) << action;
}

TEST_P(IncidentsTest, ADraftHasTheLogsChronologyAndEachFile) {
  const auto id = open();
  ASSERT_TRUE(cut_partner(platform(), gojek_).has_value());
  const auto files = draft_incident(platform(), id, domain::DraftForm::bssn);
  ASSERT_TRUE(files.has_value()) << files.error().text();
  EXPECT_TRUE(as_text(files.value().pdf).starts_with("%PDF"));
  EXPECT_NE(files.value().text.find("Partner gojek: cut."), std::string::npos);
  EXPECT_NE(files.value().text.find("Mitra gojek: diputus."), std::string::npos);
  EXPECT_NE(files.value().json.find("\"lindung-incident-1\""), std::string::npos);
}

TEST_P(IncidentsTest, TheSettingsOfTheStartAreThoseOfEveryCommand) {
  IncidentSettings settings;
  settings.reporter = {.organisation = "Dinkes", .name = "Siti", .phone = "021", .email = "siti@example.org"};
  settings.recipients = {{.name = "csirt",
                          .clock = domain::IncidentClock::authorities_24h,
                          .form = domain::DraftForm::bssn,
                          .folder = "/srv/csirt"}};
  ASSERT_TRUE(keep_incident_settings(*world_->database, *world_->ring, settings).has_value());
  const auto id = open();
  EXPECT_EQ(queue_message(platform(), id, "bssn", {}).error().code, Errc::not_found);
  report_to_all(id);
  EXPECT_EQ(carrier_.carried, std::vector<std::string>{"csirt"});
  EXPECT_NE(draft_incident(platform(), id, domain::DraftForm::bssn).value().text.find("Dinkes"), std::string::npos);
}

}  // namespace
}  // namespace lindung::service
