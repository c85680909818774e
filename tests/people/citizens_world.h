// An installation with people who came in by imports, a partner that asks about them, and doors.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/category.h"
#include "domain/fhir_texts.h"
#include "domain/link_token.h"
#include "gateway/partner_client.h"
#include "service/clinic.h"
#include "service/install.h"
#include "service/notices.h"
#include "service/platform.h"
#include "store/database.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::people {

using domain::fhir::texts::some_nik;                               // a woman of Jakarta, born 1990-03-21
inline constexpr std::string_view other_nik = "3174056103900002";  // born on the same day
inline constexpr std::string_view child_nik = "3174056103150003";  // born 2015-03-21

class CitizensTest : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    clinic_.emplace(GetParam());
    using namespace domain::fhir::texts;
    const auto came_in = clinic_->import(
        lines({patient("1"), immunization(), patient("2", identifier(service::nik_system, other_nik)),
               replaced(immunization("Patient/2"), "imm-1", "imm-2"),
               replaced(patient("3", identifier(service::nik_system, child_nik)), "1990-03-21", "2015-03-21"),
               replaced(observation(), "Patient/1", "Patient/3")}),
        "june");
    ASSERT_TRUE(came_in.has_value()) << came_in.error().text();
    siti_ = clinic_->citizen_of(some_nik).value();
    other_ = clinic_->citizen_of(other_nik).value();
  }

  [[nodiscard]] test::World& world() { return clinic_->world; }
  [[nodiscard]] const service::Platform& platform() const { return *clinic_->world.platform; }
  void later(seconds by) {
    world().clock.advance(by);
    ASSERT_TRUE(service::rotate_exchange_keys(*world().database, *world().ring, world().clock).has_value());
    ASSERT_TRUE(world().exchange_keys.load(*world().ring).has_value());
  }
  [[nodiscard]] domain::Outcome outcome(const gateway::PartnerIdentity& partner, const domain::LinkToken& token) {
    const auto answer = world().ask_status(partner, token);
    EXPECT_TRUE(answer.has_value()) << answer.error().text();
    return answer.has_value() ? answer.value().outcome : domain::Outcome::over_quota;
  }
  [[nodiscard]] std::vector<service::NoticeKind> notices_of(const CitizenRef& citizen) const {
    std::vector<service::NoticeKind> kinds;
    const auto all = service::list_notices(platform(), citizen);
    EXPECT_TRUE(all.has_value()) << all.error().text();
    for (const auto& each : all.value()) kinds.push_back(each.notice.kind);
    return kinds;
  }

  std::optional<service::Clinic> clinic_;
  CitizenRef siti_;
  CitizenRef other_;
};

}  // namespace lindung::people
