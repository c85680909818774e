// A world with one citizen who is red by the rules, a partner that asks about them, and what officers see and do there.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/colour.h"
#include "domain/link_token.h"
#include "domain/record.h"
#include "gateway/partner_client.h"
#include "log/entry.h"
#include "service/hand_rows.h"
#include "service/install.h"
#include "service/notices.h"
#include "service/overrides.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/timeline_writer.h"
#include "store/database.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service::testing {

inline constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z

class HandsTest : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    world_ = std::make_unique<test::World>(moment_of(noon), GetParam());
    partner_ = std::make_unique<gateway::PartnerIdentity>(world_->add_partner("gojek"));
    citizen_ = world_->add_citizen(domain::Colour::red, false);
    token_ = world_->link(partner_->partner, citizen_);
  }
  [[nodiscard]] const Platform& platform() const { return *world_->platform; }
  [[nodiscard]] Moment now() const { return world_->clock.now(); }

  // By the gateway's key of the day, which a running server would have made.
  domain::Answer answer() {
    EXPECT_TRUE(rotate_exchange_keys(*world_->database, *world_->ring, world_->clock).has_value());
    EXPECT_TRUE(world_->exchange_keys.load(*world_->ring).has_value());
    auto answer = world_->ask_status(*partner_, token_);
    EXPECT_TRUE(answer.has_value()) << answer.error().text();
    return answer.has_value() ? answer.value() : domain::Answer{};
  }
  domain::Colour colour() { return answer().colour; }

  [[nodiscard]] NewOverride green_for(seconds duration) const {
    return {.citizen = citizen_,
            .colour = domain::Colour::green,
            .basis = "court-order",
            .until = now() + duration,
            .reason = "Putusan 12/G/2026 tentang X"};
  }
  // The actions of officers' entries, in the order of the log.
  [[nodiscard]] std::vector<std::string> actions() const {
    std::vector<std::string> actions;
    for (const auto& entry : world_->log_entries()) {
      if (const auto* officer = std::get_if<log::OfficerEntry>(&entry)) actions.push_back(officer->action);
    }
    return actions;
  }
  [[nodiscard]] std::vector<std::string> notices() const {
    std::vector<std::string> kinds;
    const auto listed = list_notices(platform(), citizen_);
    EXPECT_TRUE(listed.has_value()) << listed.error().text();
    for (const auto& kept : listed.value()) kinds.emplace_back(name_of(kept.notice.kind));
    std::ranges::sort(kinds);
    return kinds;
  }
  // A record comes in, as an import writes it.
  void add_record(domain::Fact fact) {
    const domain::Record record{.id = domain::RecordId{crypto::random_bytes<16>()},
                                .issuer = IssuerId{"klinik"},
                                .batch = {},
                                .entered_at = now(),
                                .fact = std::move(fact)};
    TimelineWriter timelines{*world_->ring};
    const auto added = world_->database->write([&](store::Transaction& transaction) -> Result<void> {
      TRYV(timelines.begin(transaction));
      TRY(person, lock_person(transaction, *world_->ring, citizen_));
      TRYV(put_record(transaction, person, record, timelines.position()));
      return timelines.write(transaction, person, now());
    });
    ASSERT_TRUE(added.has_value()) << added.error().text();
  }
  void run(store::Sql sql) {
    const auto done = world_->database->write([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(sql, {}));
      return ok();
    });
    ASSERT_TRUE(done.has_value()) << done.error().text();
  }
  std::int64_t count(store::Sql sql) {
    std::int64_t counted = -1;
    EXPECT_TRUE(world_->database
                    ->read([&](store::Transaction& transaction) -> Result<void> {
                      TRYV(transaction.run(sql, {}, [&](const store::Row& row) { counted = row.integer(0); }));
                      return ok();
                    })
                    .has_value());
    return counted;
  }

  std::unique_ptr<test::World> world_;
  std::unique_ptr<gateway::PartnerIdentity> partner_;
  CitizenRef citizen_;
  domain::LinkToken token_{};
};

inline std::string engine_name(const ::testing::TestParamInfo<store::Engine>& engine) {
  return engine.param == store::Engine::sqlite ? "sqlite" : "postgresql";
}

}  // namespace lindung::service::testing
