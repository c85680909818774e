// Reports that leave for other machines, against real sockets: signed posts and mails with the PDF.
#include "server/incident_post.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "domain/incident.h"
#include "domain/incident_draft.h"
#include "http/message.h"
#include "http/router.h"
#include "http/server.h"
#include "server/config.h"
#include "server/incident_outbox.h"
#include "service/incident_messages.h"
#include "service/incident_settings.h"
#include "support/mailbox.h"
#include "support/test_store.h"

namespace lindung::server {
namespace {

using testing::HasSubstr;

constexpr Moment noon{seconds{1'795'262'400}};

service::IncidentMessage message_to(const std::string& recipient, bool is_drill = false) {
  return {.incident = domain::IncidentId{ByteArray<16>{0xAB}},
          .id = service::MessageId{ByteArray<16>{0xCD}},
          .recipient = recipient,
          .form = domain::DraftForm::bssn,
          .is_drill = is_drill,
          .files = {.json = R"({"lindung-incident-1": true})", .text = "Laporan.", .pdf = {'%', 'P', 'D', 'F'}}};
}

struct Posted {
  std::map<std::string, std::string> fields;
  std::string body;
};

class IncidentPostTest : public testing::Test {
 protected:
  IncidentPostTest() {
    http::Route route{.method = "POST",
                      .path = "/incidents",
                      .access = http::Access::anyone,
                      .body_limit = 10'000,
                      .deadline = std::chrono::seconds{20},
                      .runs_on = http::RunsOn::worker,
                      .handler = [this](const http::Request& request, http::Responder responder) {
                        Posted posted{.fields = {}, .body = std::string{as_text(request.body)}};
                        for (const auto& each : request.fields) {
                          posted.fields.emplace(std::string{each.name}, std::string{each.value});
                        }
                        posted_.push_back(std::move(posted));
                        http::Response response;
                        response.status = status_;
                        responder(std::move(response));
                      }};
    std::vector<http::Route> routes;
    routes.push_back(std::move(route));
    auto router =
        std::make_shared<const http::Router>(std::move(routes), [](const Error&) { return http::Response{}; });
    auto server = http::Server::start({.address = "127.0.0.1"}, std::move(router));
    EXPECT_TRUE(server.has_value());
    if (server.has_value()) server_ = std::move(server).value();
    settings_.recipients = {{.name = "csirt",
                             .clock = domain::IncidentClock::authorities_24h,
                             .form = domain::DraftForm::bssn,
                             .hook = "http://127.0.0.1:" + std::to_string(server_->port()) + "/incidents"},
                            {.name = "bssn",
                             .clock = domain::IncidentClock::authorities_24h,
                             .form = domain::DraftForm::bssn,
                             .mail = "bantuan@bssn.example"}};
  }

  [[nodiscard]] IncidentPost post(const std::string& user = {}) const {
    IncidentPostTerms terms;
    terms.mail.url = mailbox_.url();
    terms.mail.user = user;
    terms.mail_from = "lindung@dinkes.example";
    terms.mail_password_file = folder_.file("password");
    return IncidentPost{terms, clock_, [this]() -> Result<crypto::Ed25519PrivateKey> { return key_; }};
  }

  const store::testing::TempFolder folder_;
  ManualClock clock_{noon};
  crypto::Ed25519PrivateKey key_{crypto::Ed25519PrivateKey::generate()};
  test::Mailbox mailbox_;
  unsigned status_{204};
  std::vector<Posted> posted_;  // read behind the answer only
  service::IncidentSettings settings_;
  std::unique_ptr<http::Server> server_;
};

TEST_F(IncidentPostTest, AHookGetsTheJsonSignedWithTheDirectoryKey) {
  const auto sender = post();
  IncidentOutbox outbox{folder_.file("out"), folder_.file("drills"), settings_, &sender};
  const auto message = message_to("csirt");
  const auto carried = outbox.carry(message);
  ASSERT_TRUE(carried.has_value()) << carried.error().text();
  ASSERT_EQ(posted_.size(), 1U);
  const auto& posted = posted_.front();
  EXPECT_EQ(posted.body, message.files.json);
  EXPECT_EQ(posted.fields.at("Lindung-Message"), "cd000000000000000000000000000000");
  EXPECT_EQ(posted.fields.at("Lindung-Created"), "1795262400");
  const auto signature = codec::from_base64url(posted.fields.at("Lindung-Signature"));
  ASSERT_TRUE(signature.has_value());
  const auto signed_bytes = hook_signed_bytes(noon, message.id, posted.body);
  EXPECT_TRUE(key_.public_key().verifies(signed_bytes, take<64>(signature.value())));
  EXPECT_FALSE(
      key_.public_key().verifies(hook_signed_bytes(noon, message.id, posted.body + " "), take<64>(signature.value())));
  EXPECT_FALSE(std::filesystem::exists(folder_.file("out"))) << "no folder beside the hook";
  EXPECT_EQ(outbox.delivered(), 1U);
}

TEST_F(IncidentPostTest, AHookThatRefusesHasNotTakenIt) {
  const auto sender = post();
  IncidentOutbox outbox{folder_.file("out"), folder_.file("drills"), settings_, &sender};
  for (const unsigned status : {302U, 401U, 500U}) {
    status_ = status;
    const auto carried = outbox.carry(message_to("csirt"));
    ASSERT_FALSE(carried.has_value());
    EXPECT_EQ(carried.error().code, Errc::unavailable);
  }
  EXPECT_EQ(outbox.failed(), 3U);
  status_ = 202;
  EXPECT_TRUE(outbox.carry(message_to("csirt")).has_value());
}

TEST_F(IncidentPostTest, AMailCarriesThePdfAndTheJsonUnderTheIdOfTheMessage) {
  const auto sender = post();
  IncidentOutbox outbox{folder_.file("out"), folder_.file("drills"), settings_, &sender};
  const auto carried = outbox.carry(message_to("bssn"));
  ASSERT_TRUE(carried.has_value()) << carried.error().text();
  const auto mails = mailbox_.mails();
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].to, std::vector<std::string>{"<bantuan@bssn.example>"});
  EXPECT_THAT(mails[0].data, HasSubstr("Subject: Laporan insiden / Incident report ab00000000000000-bssn\r\n"));
  EXPECT_THAT(mails[0].data, HasSubstr("Message-ID: <cd000000000000000000000000000000@dinkes.example>\r\n"));
  EXPECT_THAT(mails[0].data, HasSubstr("filename=\"ab00000000000000-bssn.pdf\""));
  EXPECT_THAT(mails[0].data, HasSubstr(codec::base64(as_bytes("%PDF"))));
  EXPECT_THAT(mails[0].data, HasSubstr("filename=\"ab00000000000000-bssn.json\""));
}

TEST_F(IncidentPostTest, AMailThatIsRefusedIsTriedAgainAndWithoutAPasswordNoneGoes) {
  const auto sender = post();
  IncidentOutbox outbox{folder_.file("out"), folder_.file("drills"), settings_, &sender};
  mailbox_.answer("RCPT", "550 unknown");
  const auto refused = outbox.carry(message_to("bssn"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::denied);
  mailbox_.answer("RCPT", "");
  EXPECT_TRUE(outbox.carry(message_to("bssn")).has_value());
  const auto with_user = post("lindung");
  const auto without = with_user.by_mail("bantuan@bssn.example", message_to("bssn"));
  ASSERT_FALSE(without.has_value());
  EXPECT_EQ(without.error().code, Errc::io);
  EXPECT_EQ(mailbox_.mails().size(), 1U);
}

TEST_F(IncidentPostTest, ADrillGoesToItsFolderWhateverTheWayAndAStoppingServerSendsNothing) {
  auto sender = post();
  IncidentOutbox outbox{folder_.file("out"), folder_.file("drills"), settings_, &sender};
  ASSERT_TRUE(outbox.carry(message_to("csirt", true)).has_value());
  ASSERT_TRUE(outbox.carry(message_to("bssn", true)).has_value());
  EXPECT_TRUE(std::filesystem::exists(folder_.file("drills/csirt")));
  EXPECT_TRUE(std::filesystem::exists(folder_.file("drills/bssn")));
  sender.stop();
  EXPECT_EQ(outbox.carry(message_to("csirt")).error().code, Errc::unavailable);
  EXPECT_EQ(outbox.carry(message_to("bssn")).error().code, Errc::unavailable);
  EXPECT_TRUE(posted_.empty());
  EXPECT_TRUE(mailbox_.mails().empty());
}

std::string config_with(const std::string& recipient, const std::string& section) {
  return "[server]\ndata = \"/srv/lindung\"\n[incidents]\n" + section +
         "\n[[incidents.recipients]]\nname = \"csirt\"\nclock = \"24h\"\nform = \"bssn\"\n" + recipient + "\n";
}

TEST(IncidentPostConfig, NamesOneWayForEachRecipientAndAServerForMails) {
  const std::string server = "mail_server = \"smtps://mail.example\"\nmail_from = \"lindung@dinkes.example\"";
  const auto good = parse_config(config_with("mail = \"bantuan@bssn.example\"", server));
  ASSERT_TRUE(std::holds_alternative<Config>(good)) << std::get<ConfigProblems>(good).front();
  EXPECT_EQ(std::get<Config>(good).node.incidents.recipients.front().mail, "bantuan@bssn.example");
  EXPECT_EQ(std::get<Config>(good).node.incident_post.mail.url, "smtps://mail.example");
  const auto hook = parse_config(config_with("hook = \"https://csirt.example/in\"", ""));
  ASSERT_TRUE(std::holds_alternative<Config>(hook));
  EXPECT_EQ(std::get<Config>(hook).node.incidents.recipients.front().hook, "https://csirt.example/in");
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"mail = \"bantuan@bssn.example\"", ""},
      {"mail = \"bantuan\"", server},
      {"hook = \"http://csirt.example/in\"", ""},
      {"hook = \"https://csirt.example/in\"\nfolder = \"/srv/csirt\"", ""},
      {"folder = \"/srv/csirt\"", "mail_server = \"https://mail.example\""},
      {"folder = \"/srv/csirt\"", "mail_user = \"lindung\""}};
  for (const auto& [recipient, section] : wrong) {
    EXPECT_TRUE(std::holds_alternative<ConfigProblems>(parse_config(config_with(recipient, section))))
        << recipient << section;
  }
}

}  // namespace
}  // namespace lindung::server
