// One table runs the operator's commands for socket and browser: whose roles give them, how many officers stand behind
// them, and what a person finds who was looked at.
#include "api/command_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "api/admin.h"
#include "api/officer_powers.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "domain/colour.h"
#include "log/entry.h"
#include "service/log_publisher.h"
#include "service/looks.h"
#include "service/officer_purposes.h"
#include "service/officer_roles.h"
#include "service/officers.h"
#include "service/partners.h"
#include "service/rule_activation.h"
#include "service/rule_impact.h"
#include "service/trust_library.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::api {
namespace {

namespace json = boost::json;

constexpr Moment noon{seconds{1'795'262'400}};  // 2026-11-21T12:00:00Z

class CommandTableTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started =
        service::LogPublisher::start(*world_.database, crypto::Ed25519PrivateKey::generate(), world_.clock, world_.gate,
                                     {.log_folder = folder_.file("log"),
                                      .anchor_file = folder_.file("log-anchor"),
                                      .origin = "lindung.example/test",
                                      .interval = std::chrono::hours{1},
                                      .report = {}});
    ASSERT_TRUE(started.has_value()) << started.error().text();
    publisher_ = std::move(started).value();
    for (const auto* const name : {"siti", "budi"}) {
      keys_.push_back(crypto::Ed25519PrivateKey::generate());
      ASSERT_TRUE(service::add_officer(*world_.platform, OfficerId{name}, keys_.back().public_key(), {}).has_value());
    }
    citizen_ = world_.add_citizen(domain::Colour::green, true);
  }

  // What a command was called with, and under which digest.
  struct Ran {
    json::object arguments;
    service::CommandDigest command{};
  };
  AdminCommand noting(std::string name, int officers) {
    return {.name = std::move(name),
            .officers = officers,
            .run = [this](const AdminGround& at, const json::object& arguments) -> Result<json::value> {
              ran_.push_back({.arguments = arguments, .command = at.command});
              return json::object{{"done", true}};
            }};
  }
  [[nodiscard]] CommandCall call(const std::string& officer, const std::string& name, const json::object& arguments,
                                 CommandProof proof) const {
    service::SignedCommand given{.officer = OfficerId{officer},
                                 .name = name,
                                 .arguments = codec::to_text(arguments),
                                 .at = world_.clock.now(),
                                 .nonce = crypto::random_bytes<16>()};
    if (proof == CommandProof::signature) {
      given.signature = keys_[officer == "siti" ? 0 : 1].sign(service::command_message(given));
    }
    return {.arguments = arguments, .given = given, .proof = proof};
  }
  Result<json::value> run(const std::string& officer, const std::string& name, const json::object& arguments,
                          CommandProof proof) {
    return table_.run(ground(), *table_.find(name), call(officer, name, arguments, proof));
  }
  Result<json::value> approve(const std::string& officer, const std::string& id, CommandProof proof) {
    return table_.approve(ground(), call(officer, "approve", {{"approval", id}}, proof));
  }
  void give_role(const std::string& officer, service::OfficerRole role) {
    ASSERT_TRUE(service::set_officer_roles(*world_.platform, OfficerId{officer}, {role}).has_value());
  }
  [[nodiscard]] AdminGround ground() {
    return {.platform = *world_.platform,
            .publisher = *publisher_,
            .exchange = *world_.exchange,
            .gate = world_.gate,
            .rule_terms = rule_terms_,
            .impacts = impacts_,
            .trust = trust_};
  }

  store::testing::TempFolder folder_;
  test::World world_{noon};
  std::unique_ptr<service::LogPublisher> publisher_;
  service::RuleTerms rule_terms_;
  service::RuleImpacts impacts_;
  service::TrustLibrary trust_{folder_.file("trust")};
  std::vector<crypto::Ed25519PrivateKey> keys_;
  CitizenRef citizen_;
  std::vector<Ran> ran_;
  CommandTable table_{{noting("partner/cut", 1), noting("partner/resume", 2), noting("why", 1)}};
};

TEST(OfficerPowers, EachCommandStandsInTheTableOfPowers) {
  const auto commands = CommandTable::all_commands();
  EXPECT_GT(commands.size(), 100U);
  for (const auto& command : commands) EXPECT_TRUE(is_in_powers(command.name)) << command.name;
  EXPECT_FALSE(is_in_powers("nobody/knows"));
  EXPECT_FALSE(may_give({service::OfficerRole::operations}, "nobody/knows"));
}

TEST(OfficerPowers, ARoleGivesItsOwnCommandsOnly) {
  using service::OfficerRole;
  EXPECT_TRUE(may_give({OfficerRole::partners}, "partner/cut"));
  EXPECT_TRUE(may_give({OfficerRole::partners}, "partner/register")) << "of its group";
  EXPECT_FALSE(may_give({OfficerRole::security}, "partner/register"));
  EXPECT_TRUE(may_give({OfficerRole::security}, "partner/cut")) << "the name goes before the group";
  EXPECT_FALSE(may_give({OfficerRole::auditor}, "partner/cut"));
  EXPECT_FALSE(may_give({}, "status"));
  EXPECT_FALSE(is_for_browsers("import")) << "it reads files of the server";
}

TEST_F(CommandTableTest, RolesBindAnOfficerAtTheSocketToo) {
  const json::object partner{{"partner", "gojek"}};
  EXPECT_TRUE(run("siti", "partner/cut", partner, CommandProof::signature).has_value()) << "a key alone, as before";
  give_role("siti", service::OfficerRole::auditor);
  EXPECT_EQ(run("siti", "partner/cut", partner, CommandProof::signature).error().code, Errc::denied);
  give_role("siti", service::OfficerRole::partners);
  EXPECT_TRUE(run("siti", "partner/cut", partner, CommandProof::signature).has_value());
  EXPECT_EQ(ran_.size(), 2U);
}

TEST_F(CommandTableTest, AnOfficerWithoutARoleGivesNothingInABrowser) {
  const auto result = run("siti", "partner/cut", {}, CommandProof::passkey);
  ASSERT_TRUE(result.has_error());
  EXPECT_EQ(result.error().code, Errc::denied);
  EXPECT_TRUE(ran_.empty());
}

TEST_F(CommandTableTest, ASignatureThatDoesNotHoldRunsNothingWhateverElseIsThere) {
  auto forged = call("siti", "partner/cut", {}, CommandProof::signature);
  forged.given->signature = {};
  EXPECT_EQ(table_.run(ground(), *table_.find("partner/cut"), forged).error().code, Errc::denied);
  EXPECT_EQ(table_.run(ground(), *table_.find("partner/cut"), {.arguments = {}, .given = {}}).error().code,
            Errc::denied);
  EXPECT_TRUE(ran_.empty());
}

TEST_F(CommandTableTest, TwoOfficersStandBehindACommandByWhicheverWay) {
  give_role("siti", service::OfficerRole::partners);
  const auto asked = run("siti", "partner/resume", {{"partner", "gojek"}}, CommandProof::passkey);
  ASSERT_TRUE(asked.has_value()) << asked.error().text();
  const std::string id{asked.value().at("approval").as_string()};
  EXPECT_TRUE(ran_.empty());
  EXPECT_EQ(approve("siti", id, CommandProof::passkey).error().code, Errc::denied) << "who asked";
  give_role("budi", service::OfficerRole::border);
  EXPECT_EQ(approve("budi", id, CommandProof::signature).error().code, Errc::denied) << "a role that cannot give it";
  give_role("budi", service::OfficerRole::partners);
  const auto done = approve("budi", id, CommandProof::signature);
  ASSERT_TRUE(done.has_value()) << done.error().text();
  ASSERT_EQ(ran_.size(), 1U);
  EXPECT_EQ(ran_[0].arguments, (json::object{{"partner", "gojek"}}));
  EXPECT_EQ(approve("budi", id, CommandProof::signature).error().code, Errc::conflict) << "once";
}

TEST_F(CommandTableTest, ArgumentsDecideHowManyOfficersACommandTakes) {
  // As rules/activate does: small changes take fewer officers than large ones.
  auto weighed = noting("partner/resume", 2);
  weighed.needs = [](const AdminGround& /*at*/, const json::object& arguments) -> Result<NeededOfficers> {
    const auto* share = arguments.if_contains("share");
    if (share == nullptr) return fail(Errc::invalid_argument, "share");
    return NeededOfficers{.officers = share->to_number<int>() > 10 ? 2 : 1, .why = "the share"};
  };
  table_ = CommandTable{{std::move(weighed)}};
  const auto proof = CommandProof::signature;
  ASSERT_TRUE(run("siti", "partner/resume", {{"share", 5}}, proof).value().at("done").as_bool());
  EXPECT_EQ(ran_.size(), 1U) << "one is enough, although the table says two";
  const auto asked = run("siti", "partner/resume", {{"share", 50}}, proof);
  ASSERT_TRUE(asked.has_value());
  const std::string id{asked.value().at("approval").as_string()};
  EXPECT_EQ(ran_.size(), 1U);
  ASSERT_TRUE(approve("budi", id, proof).has_value());
  ASSERT_EQ(ran_.size(), 2U);
  EXPECT_EQ(ran_[1].arguments, (json::object{{"share", 50}}));
  EXPECT_EQ(run("siti", "partner/resume", {}, proof).error().code, Errc::invalid_argument);
  EXPECT_EQ(ran_.size(), 2U) << "what cannot be weighed is not run";
}

TEST_F(CommandTableTest, ACommandThatTakesOneOfficerTakesTwoWhereItsArgumentsSaySo) {
  auto weighed = noting("partner/cut", 1);
  weighed.needs = [](const AdminGround& /*at*/, const json::object& arguments) -> Result<NeededOfficers> {
    return NeededOfficers{.officers = arguments.contains("all") ? 2 : 1};
  };
  table_ = CommandTable{{std::move(weighed)}};
  give_role("siti", service::OfficerRole::partners);
  give_role("budi", service::OfficerRole::partners);
  ASSERT_TRUE(run("siti", "partner/cut", {{"partner", "gojek"}}, CommandProof::passkey).has_value());
  EXPECT_EQ(ran_.size(), 1U);
  const auto asked = run("siti", "partner/cut", {{"all", true}}, CommandProof::passkey);
  ASSERT_TRUE(asked.has_value()) << asked.error().text();
  EXPECT_EQ(ran_.size(), 1U) << "it waits";
  const std::string id{asked.value().at("approval").as_string()};
  EXPECT_EQ(approve("siti", id, CommandProof::passkey).error().code, Errc::denied);
  ASSERT_TRUE(approve("budi", id, CommandProof::passkey).has_value());
  EXPECT_EQ(ran_.size(), 2U);
}

TEST_F(CommandTableTest, WhoeverIsLookedUpFindsWhoWhatForAndWhere) {
  give_role("siti", service::OfficerRole::auditor);
  const json::object plain{{"citizen", codec::hex(citizen_.bytes())}};
  EXPECT_EQ(run("siti", "why", plain, CommandProof::passkey).error().code, Errc::invalid_argument) << "no purpose";
  auto stated = plain;
  stated["purpose"] = "curiosity";
  EXPECT_EQ(run("siti", "why", stated, CommandProof::passkey).error().code, Errc::invalid_argument);
  EXPECT_TRUE(ran_.empty());
  stated["purpose"] = "audit";
  ASSERT_TRUE(run("siti", "why", stated, CommandProof::passkey).has_value());
  ASSERT_TRUE(run("siti", "why", plain, CommandProof::signature).has_value());
  ASSERT_EQ(ran_.size(), 2U);
  EXPECT_EQ(ran_[0].arguments, plain) << "the command reads its own arguments";
  const auto looks = service::list_looks(*world_.platform, citizen_, service::to_the_end, 10).value().officers;
  ASSERT_EQ(looks.size(), 2U);
  EXPECT_EQ(looks[0].look.purpose, service::unstated_purpose) << "at the socket nobody has to say";
  EXPECT_EQ(looks[1].look.purpose, "audit");
  EXPECT_EQ(looks[1].look.officer, "auditor") << "what the officer is there for, and no name";
  const auto entries = world_.log_entries();
  const auto* entry = std::get_if<log::OfficerEntry>(&entries.at(looks[1].log_index));
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->action, "citizen.look");
  const auto officers = service::list_officers(*world_.platform).value();
  const auto siti = std::ranges::find(officers, OfficerId{"siti"}, &service::OfficerListing::id);
  ASSERT_NE(siti, officers.end());
  EXPECT_EQ(entry->officer_key_digest, siti->key_digest);
  EXPECT_EQ(entry->case_digest, service::look_digest(looks[1].opening, looks[1].look));
  const auto counts = service::count_purposes(*world_.platform, Day{0}).value();
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_EQ(counts[0].purpose, "audit");
  EXPECT_EQ(counts[0].views, 1U);
}

TEST_F(CommandTableTest, WhatNobodyWasShownByLeavesNoRow) {
  give_role("siti", service::OfficerRole::partners);
  ASSERT_TRUE(
      run("siti", "partner/cut", {{"citizen", codec::hex(citizen_.bytes())}}, CommandProof::passkey).has_value());
  EXPECT_TRUE(service::list_looks(*world_.platform, citizen_, service::to_the_end, 10).value().officers.empty());
  EXPECT_TRUE(service::count_purposes(*world_.platform, Day{0}).value().empty());
}

}  // namespace
}  // namespace lindung::api
