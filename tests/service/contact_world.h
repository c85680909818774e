// An installation with people at venues, for the tests of contacts: stays are made by questions at the door or written
// as rows of any past day.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/link_token.h"
#include "domain/question.h"
#include "domain/record.h"
#include "domain/rule_set.h"
#include "gateway/partner_client.h"
#include "service/contact_cases.h"
#include "service/person_rows.h"
#include "service/visit.h"
#include "service/visit_index.h"
#include "store/database.h"
#include "store/exchange_rows.h"
#include "store/ring_ratchet.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service {

inline constexpr std::uint64_t contact_noon = 1'795'262'400;  // 2026-11-21T12:00:00Z

class ContactWorld {
 public:
  explicit ContactWorld(store::Engine engine = store::Engine::sqlite) : world{moment_of(contact_noon), engine} {}

  struct Person {
    CitizenRef citizen;
    domain::LinkToken token;
  };
  Person person() {
    const auto citizen = world.add_citizen(domain::Colour::green, true);
    return {.citizen = citizen, .token = world.link(partner.partner, citizen)};
  }
  domain::Answer ask(const Person& person, domain::Operation operation, const Bytes& code) {
    const domain::Question question{.operation = operation,
                                    .request_id = RequestId{crypto::random_bytes<16>()},
                                    .token = person.token,
                                    .client_time = world.clock.now(),
                                    .venue_code = code};
    const auto sent = world.seal(partner, question);
    const auto answer = world.ask(sent->request());
    EXPECT_TRUE(answer.has_value()) << answer.error().text();
    return answer.has_value() ? answer.value() : domain::Answer{};
  }
  void in(const Person& person, const Bytes& code) {
    EXPECT_EQ(ask(person, domain::Operation::check_in, code).outcome, domain::Outcome::allow);
  }
  void out(const Person& person, const Bytes& code) {
    EXPECT_EQ(ask(person, domain::Operation::check_out, code).outcome, domain::Outcome::allow);
  }
  domain::Colour colour(const Person& person) {
    const auto answer = world.ask_status(partner, person.token);
    EXPECT_TRUE(answer.has_value()) << answer.error().text();
    return answer.has_value() ? answer.value().colour : domain::Colour::none;
  }

  // Rows of a past stay, as a scan writes them; without an end there is no check-out.
  void stayed(const CitizenRef& citizen, const VenueId& venue, Moment from, std::optional<Moment> until) {
    const auto day = day_of(from);
    const auto key = world.ring->period_key(store::Ratchet::visit_day, day.number);
    ASSERT_TRUE(key.has_value()) << key.error().text();
    std::vector<store::ExchangeRows::NewVisitEvent> rows;
    const auto add = [&](VisitPart part, std::optional<Moment> end) {
      const auto index = next_index++;
      rows.push_back({.day = day,
                      .log_index = index,
                      .part = static_cast<std::uint8_t>(part),
                      .tag = visit_tag(key.value(), citizen),
                      .sealed = seal_visit_event(key.value(), day, index, part,
                                                 {.citizen = citizen, .venue = venue, .in_at = from, .out_at = end})});
    };
    add(VisitPart::check_in, std::nullopt);
    if (until) add(VisitPart::check_out, until);
    const auto written = world.database->write(
        [&](store::Transaction& transaction) { return store::ExchangeRows{transaction}.put_visit_events(rows); });
    ASSERT_TRUE(written.has_value()) << written.error().text();
  }

  TraceId start(const CitizenRef& citizen, Moment at, const std::string& number = "JKT-1") {
    const auto id = start_trace(*world.platform, {.citizen = citizen, .at = at, .case_number = number, .command = {}});
    EXPECT_TRUE(id.has_value()) << id.error().text();
    return id.has_value() ? id.value() : TraceId{};
  }
  Result<void> work(const IndexShape& shape = {}) { return work(*world.platform, shape); }
  Result<void> work(const Platform& platform, const IndexShape& shape) {
    return work_traces(
        platform,
        [this](store::Transaction&, const CitizenRef& citizen, const domain::Text& notice, Moment) -> Result<void> {
          told.emplace_back(citizen, notice.en);
          return ok();
        },
        shape);
  }
  // Starts a trace and works it off; its listing.
  TraceListing trace(const CitizenRef& citizen, Moment at, const std::string& number = "JKT-1") {
    const auto id = start(citizen, at, number);
    const auto done = work();
    EXPECT_TRUE(done.has_value()) << done.error().text();
    return listing(id);
  }
  TraceListing listing(const TraceId& id) {
    const auto all = list_traces(*world.platform);
    EXPECT_TRUE(all.has_value()) << all.error().text();
    if (all.has_value()) {
      for (const auto& each : all.value()) {
        if (each.id == id) return each;
      }
    }
    ADD_FAILURE() << "the trace is not listed";
    return {};
  }
  std::vector<domain::Record> records(const CitizenRef& citizen) {
    std::vector<domain::Record> found;
    const auto read = world.database->read([&](store::Transaction& transaction) -> Result<void> {
      TRY(person, open_person(transaction, *world.ring, citizen));
      TRY(records, read_records(transaction, person));
      found = std::move(records);
      return ok();
    });
    EXPECT_TRUE(read.has_value()) << read.error().text();
    return found;
  }
  // The moments of the contact facts of a citizen.
  std::vector<Moment> contacts(const CitizenRef& citizen) {
    std::vector<Moment> moments;
    for (const auto& record : records(citizen)) {
      if (domain::kind_of(record.fact) == domain::RecordKind::contact)
        moments.push_back(domain::moment_of(record.fact));
    }
    return moments;
  }

  test::World world;
  gateway::PartnerIdentity partner = world.add_partner("gojek");
  std::vector<std::pair<CitizenRef, std::string>> told;
  std::uint64_t next_index{1'000'000};  // far behind what the log gave
};

}  // namespace lindung::service
