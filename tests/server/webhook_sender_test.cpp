// Webhooks over real sockets: what arrives can be verified, and nothing else counts as delivered.
#include "server/webhook_sender.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/problem.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/random.h"
#include "domain/consent.h"
#include "gateway/consent_client.h"
#include "http/message.h"
#include "http/router.h"
#include "http/server.h"
#include "service/consent_keys.h"
#include "service/partner_events.h"
#include "support/world.h"

namespace lindung::server {
namespace {

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z

// A partner's own server.
class Partner {
 public:
  explicit Partner(unsigned status) : status_{status} {
    std::vector<http::Route> routes;
    routes.push_back({.method = "POST",
                      .path = "/ended",
                      .access = http::Access::anyone,
                      .body_limit = 4096,
                      .deadline = std::chrono::seconds{5},
                      .runs_on = http::RunsOn::worker,
                      .handler = [this](const http::Request& request, http::Responder responder) {
                        {
                          const std::scoped_lock lock{mutex_};
                          fields_.clear();
                          for (const auto& field : request.fields) fields_.emplace_back(field.name, field.value);
                          body_ = as_text(request.body);
                          ++calls_;
                        }
                        http::Response response;
                        response.status = status_;
                        if (status_ == 302) response.fields.emplace_back("Location", "http://127.0.0.1:1/elsewhere");
                        responder(std::move(response));
                      }});
    server_ = http::Server::start({.address = "127.0.0.1", .port = 0, .io_threads = 1, .worker_threads = 1},
                                  std::make_shared<const http::Router>(std::move(routes), api::problem))
                  .value();
  }
  [[nodiscard]] std::string authority() const { return "127.0.0.1:" + std::to_string(server_->port()); }
  [[nodiscard]] std::string url() const { return "http://" + authority() + "/ended"; }
  [[nodiscard]] Result<gateway::WebhookEvent> verify(std::span<const gateway::ConsentVerifier> keys, Moment now) {
    const std::scoped_lock lock{mutex_};
    return gateway::verify_webhook(
        {.path = "/ended", .authority = authority(), .is_https = false, .fields = fields_, .body = body_}, keys, now);
  }
  [[nodiscard]] int calls() {
    const std::scoped_lock lock{mutex_};
    return calls_;
  }

 private:
  unsigned status_;
  std::mutex mutex_;
  std::vector<std::pair<std::string, std::string>> fields_;
  std::string body_;
  int calls_{};
  std::unique_ptr<http::Server> server_;  // goes first
};

class WebhookSenderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(service::keep_consent_keys(*world_.database, *world_.ring, world_.clock).has_value());
    const auto keys = service::public_consent_keys(*world_.ring).value();
    for (const auto& key : keys) {
      keys_.push_back({.id = key.id, .key = key.public_key});
    }
  }
  test::World world_{moment_of(noon)};
  WebhookSender sender_{*world_.ring, world_.clock, {}};
  std::vector<gateway::ConsentVerifier> keys_;
  service::PartnerEvent event_{.partner = PartnerId{"gojek"},
                               .id = service::PartnerEventId{crypto::random_bytes<16>()},
                               .consent = domain::ConsentId{crypto::random_bytes<16>()},
                               .reason = domain::ConsentEnd::expired,
                               .at = moment_of(noon),
                               .log_index = 12};
};

TEST_F(WebhookSenderTest, WhatArrivesIsSignedAndSaysWhichConsentEndedAndWhy) {
  Partner partner{204};
  const auto told = sender_.tell(event_, partner.url());
  ASSERT_TRUE(told.has_value()) << told.error().text();
  const auto received = partner.verify(keys_, world_.clock.now());
  ASSERT_TRUE(received.has_value()) << received.error().text();
  EXPECT_EQ(received.value().consent, codec::hex(event_.consent.bytes()));
  EXPECT_EQ(received.value().reason, "expired");
  EXPECT_EQ(received.value().log_index, 12U);
}

TEST_F(WebhookSenderTest, ARedirectIsNotFollowedAndNoOtherStatusIsADelivery) {
  for (const unsigned status : {302U, 404U, 500U}) {
    Partner partner{status};
    EXPECT_EQ(sender_.tell(event_, partner.url()).error().code, Errc::unavailable) << status;
    EXPECT_EQ(partner.calls(), 1) << status;
  }
}

TEST_F(WebhookSenderTest, NobodyListeningAndAPrivateNetworkAreErrors) {
  std::string gone;
  {
    const Partner partner{204};
    gone = partner.url();
  }
  EXPECT_EQ(sender_.tell(event_, gone).error().code, Errc::unavailable);
  EXPECT_EQ(sender_.tell(event_, "https://127.0.0.1:8443/ended").error().code, Errc::denied);
}

TEST_F(WebhookSenderTest, TheKeyOfTheNextYearIsMadeAMonthAheadAndOldOnesStay) {
  world_.clock.advance(std::chrono::days{340});
  ASSERT_TRUE(service::keep_consent_keys(*world_.database, *world_.ring, world_.clock).has_value());
  const auto keys = service::public_consent_keys(*world_.ring).value();
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(service::consent_signer(*world_.ring, world_.clock.now()).value().id, keys[0].id);
  world_.clock.advance(std::chrono::days{30});
  ASSERT_TRUE(service::keep_consent_keys(*world_.database, *world_.ring, world_.clock).has_value());
  EXPECT_EQ(service::public_consent_keys(*world_.ring).value().size(), 2U);
  EXPECT_EQ(service::consent_signer(*world_.ring, world_.clock.now()).value().id, keys[1].id);
}

}  // namespace
}  // namespace lindung::server
