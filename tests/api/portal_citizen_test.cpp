// On whose behalf a request of the portal is: what a delegation covers, and what it never does.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "api/portal_acting.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "http/message.h"
#include "people/caller.h"
#include "people/citizens_world.h"
#include "people/delegations.h"
#include "store/database.h"

namespace lindung::api {
namespace {

class PortalCitizenTest : public people::CitizensTest {
 protected:
  void SetUp() override {
    people::CitizensTest::SetUp();
    const auto made = people::delegate_at_office(
        platform(),
        {.principal = siti_, .agent = other_, .relation = people::Relation::carer, .scope = {.see = true}, .days = 30});
    ASSERT_TRUE(made.has_value()) << made.error().text();
    delegation_ = codec::hex(made.value().id.bytes());
  }
  [[nodiscard]] Result<CitizenRef> acts(std::string_view method, std::string_view target, std::string_view delegation) {
    people::Caller caller;
    caller.role = people::Role::citizen;
    caller.person = other_;
    caller.citizen = other_;
    return acting_for(platform(), caller, delegation,
                      {.method = method,
                       .target = target,
                       .fields = {},
                       .body = {},
                       .framed_by_content_length = true,
                       .client_certificate_subject = {}});
  }
  std::string delegation_;
};

TEST_P(PortalCitizenTest, WhatADelegationCoversIsDoneForTheOther) {
  EXPECT_EQ(acts("GET", "/v1/portal/status", delegation_).value(), siti_);
  EXPECT_EQ(acts("HEAD", "/v1/portal/status?x=1", delegation_).value(), siti_);
  EXPECT_EQ(acts("GET", "/v1/portal/certificates/ab.pdf", delegation_).value(), siti_);
}

TEST_P(PortalCitizenTest, WhatADelegationDoesNotCoverIsDoneForNobody) {
  for (const auto* path : {"/v1/portal/check-in", "/v1/portal/check-out", "/v1/portal/erase", "/v1/portal/export",
                           "/v1/portal/restrict", "/v1/portal/lift", "/v1/portal/delegations", "/v1/portal/disputes",
                           "/v1/portal/passkeys", "/v1/portal/status"}) {
    EXPECT_EQ(acts("POST", path, delegation_).error().code, Errc::not_found) << path;
  }
  for (const auto* path : {"/v1/portal/pass", "/v1/portal/rights", "/v1/portal/devices", "/v1/portal/consents",
                           "/v1/portal/statuses", "/v1/portal/delegations"}) {
    EXPECT_EQ(acts("GET", path, delegation_).error().code, Errc::not_found) << path;
  }
  EXPECT_EQ(acts("GET", "/v1/portal/status", std::string(32, '0')).error().code, Errc::not_found);
  EXPECT_EQ(acts("GET", "/v1/portal/status", "x").error().code, Errc::not_found);
}

INSTANTIATE_TEST_SUITE_P(Engines, PortalCitizenTest, testing::Values(store::Engine::sqlite),
                         [](const auto&) { return "SQLite"; });

}  // namespace
}  // namespace lindung::api
