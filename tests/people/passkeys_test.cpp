// Passkeys and approvals with an authenticator of our own: what is right is taken, and each thing that is wrong is
// refused by its name.
#include "people/passkeys.h"

#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "people/accounts.h"
#include "people/approval.h"
#include "people/caller.h"
#include "people/portal_world.h"
#include "people/soft_passkey.h"
#include "service/notices.h"

namespace lindung::people {
namespace {

namespace json = boost::json;

template <class T>
void expect_denied(const Result<T>& result, std::string_view detail) {
  ASSERT_TRUE(result.has_error()) << detail;
  EXPECT_EQ(result.error().code, Errc::denied);
  EXPECT_EQ(result.error().detail, detail);
}

class PasskeysTest : public ::testing::Test {
 protected:
  json::object creation() { return start_passkey(portal_.ground(), account_, "session", "citizen").value(); }
  Result<PasskeyId> add(const json::object& credential) {
    return finish_passkey(portal_.ground(), account_, "session", credential, "Ponsel Siti");
  }
  json::object request() { return start_passkey_login(portal_.ground()).value(); }
  Result<SignedIn> login(const json::object& credential) {
    return finish_passkey_login(portal_.ground(), Role::citizen, credential, "Chrome");
  }
  void add_passkey() { ASSERT_FALSE(add(passkey_.create(creation())).has_error()); }
  Result<void> approve(const json::object& body, const Hash& digest) {
    return finish_approval(portal_.ground(), caller_, "consent.approve", digest, body);
  }

  PortalWorld portal_;
  SignedIn signed_in_{portal_.register_siti()};
  AccountId account_{signed_in_.account.id};
  Caller caller_{portal_.sessions.find(signed_in_.session.token.view()).value()};
  SoftPasskey passkey_;
  const Hash digest_{crypto::sha256(as_bytes("what is approved"))};
};

TEST_F(PasskeysTest, APasskeySignsInWithoutANumber) {
  add_passkey();
  const auto done = login(passkey_.get(request()));
  ASSERT_FALSE(done.has_error()) << done.error().text();
  const auto caller = portal_.sessions.find(done.value().session.token.view()).value();
  EXPECT_EQ(caller.account, account_);
  EXPECT_TRUE(caller.by_passkey);
}

TEST_F(PasskeysTest, Ed25519SignsInToo) {
  SoftPasskey eddsa{true};
  ASSERT_FALSE(add(eddsa.create(creation())).has_error());
  EXPECT_FALSE(login(eddsa.get(request())).has_error());
}

TEST_F(PasskeysTest, TheCitizenIsToldOfANewPasskey) {
  const auto before = service::list_notices(*portal_.world.platform, *caller_.citizen).value().size();
  add_passkey();
  EXPECT_EQ(service::list_notices(*portal_.world.platform, *caller_.citizen).value().size(), before + 1);
}

TEST_F(PasskeysTest, EachWrongThingOfARegistrationIsRefusedByName) {
  struct Case {
    Said said;
    std::string_view name;
  };
  const std::vector<Case> cases{
      {.said = {.origin = "https://lindung.example.evil.example"}, .name = "origin"},
      {.said = {.origin = "https://lindung.example:8443"}, .name = "origin"},
      {.said = {.extra = ",\"crossOrigin\":true"}, .name = "origin"},
      {.said = {.extra = ",\"crossOrigin\":false,\"topOrigin\":\"https://evil.example\""}, .name = "origin"},
      {.said = {.extra = ",\"origin\":\"https://evil.example\""}, .name = "form"},
      {.said = {.type = "webauthn.get"}, .name = "type"},
      {.said = {.challenge = "AAAA"}, .name = "challenge"},
      {.said = {.challenge = std::string(43, 'A')}, .name = "challenge"},
      {.said = {.relying_party = "evil.example"}, .name = "relying party"},
      {.said = {.flags = 0x01}, .name = "user verification"},
      {.said = {.flags = 0x04}, .name = "user presence"}};
  for (const auto& each : cases) {
    expect_denied(add(SoftPasskey{}.create(creation(), each.said)), "passkey: " + std::string{each.name});
  }
}

TEST_F(PasskeysTest, EachWrongThingOfALoginIsRefusedByName) {
  add_passkey();
  struct Case {
    Said said;
    std::string_view name;
  };
  const std::vector<Case> cases{{.said = {.origin = "http://lindung.example"}, .name = "origin"},
                                {.said = {.extra = ",\"crossOrigin\":true"}, .name = "origin"},
                                {.said = {.type = "webauthn.create"}, .name = "type"},
                                {.said = {.challenge = std::string(43, 'A')}, .name = "challenge"},
                                {.said = {.relying_party = "evil.example"}, .name = "relying party"},
                                {.said = {.flags = 0x01}, .name = "user verification"},
                                {.said = {.flags = 0x04}, .name = "user presence"},
                                {.said = {.spoil_signature = true}, .name = "signature"},
                                {.said = {.spoil_client_data = true}, .name = "signature"},
                                {.said = {.counter = 0}, .name = "ok"}};
  for (const auto& each : cases) {
    const auto result = login(passkey_.get(request(), each.said));
    if (each.name == "ok") {
      EXPECT_FALSE(result.has_error());  // an authenticator that counts nothing says 0, as long as it always does
    } else {
      expect_denied(result, "passkey: " + std::string{each.name});
    }
  }
}

TEST_F(PasskeysTest, AReplayedLoginIsRefused) {
  add_passkey();
  const auto credential = passkey_.get(request(), {.counter = 0});
  ASSERT_FALSE(login(credential).has_error());
  expect_denied(login(credential), "passkey: challenge");
}

TEST_F(PasskeysTest, AReplayedRegistrationIsRefused) {
  const auto options = creation();
  ASSERT_FALSE(add(passkey_.create(options)).has_error());
  expect_denied(add(SoftPasskey{}.create(options)), "passkey: challenge");
}

TEST_F(PasskeysTest, AChallengeIsOverAfterFiveMinutes) {
  add_passkey();
  const auto options = request();
  portal_.world.clock.advance(ceremony_time);
  expect_denied(login(passkey_.get(options)), "passkey: challenge");
}

TEST_F(PasskeysTest, AChallengeOfAnotherSessionOrPurposeIsRefused) {
  const auto others = start_passkey(portal_.ground(), account_, "another session", "citizen").value();
  expect_denied(add(passkey_.create(others)), "passkey: challenge");
  auto for_login = creation();
  for_login.at("publicKey").as_object()["challenge"] = request().at("publicKey").at("challenge");
  expect_denied(add(passkey_.create(for_login)), "passkey: challenge");
}

TEST_F(PasskeysTest, ACounterThatGoesBackIsRefusedAndTold) {
  add_passkey();
  ASSERT_FALSE(login(passkey_.get(request(), {.counter = 9})).has_error());
  const auto before = service::list_notices(*portal_.world.platform, *caller_.citizen).value().size();
  expect_denied(login(passkey_.get(request(), {.counter = 9})), "passkey: counter");
  expect_denied(login(passkey_.get(request(), {.counter = 0})), "passkey: counter");
  EXPECT_EQ(service::list_notices(*portal_.world.platform, *caller_.citizen).value().size(), before + 2);
  EXPECT_FALSE(login(passkey_.get(request(), {.counter = 10})).has_error());
}

TEST_F(PasskeysTest, AnUnknownPasskeyIsRefusedAndSoIsOneThatWasRemoved) {
  static_cast<void>(passkey_.create(creation()));
  expect_denied(login(passkey_.get(request())), "passkey: unknown");
  const auto id = add(passkey_.create(creation()));
  ASSERT_FALSE(id.has_error());
  EXPECT_TRUE(remove_passkey(portal_.ground(), account_, id.value()).value());
  expect_denied(login(passkey_.get(request())), "passkey: unknown");
}

TEST_F(PasskeysTest, ACitizensPasskeyOpensNoOfficersSession) {
  add_passkey();
  expect_denied(finish_passkey_login(portal_.ground(), Role::officer, passkey_.get(request()), ""), "passkey: unknown");
}

TEST_F(PasskeysTest, OnePasskeyIsOfOneAccount) {
  add_passkey();
  expect_denied(add(passkey_.create(creation())), "passkey: registered");
}

TEST_F(PasskeysTest, WhatIsNoCredentialIsRefused) {
  add_passkey();
  const auto honest = passkey_.get(request());
  for (const std::string_view name : {"type", "rawId", "response"}) {
    auto without = honest;
    without.erase(name);
    expect_denied(login(without), "passkey: form");
  }
  for (const std::string_view name : {"clientDataJSON", "authenticatorData", "signature"}) {
    auto without = honest;
    without.at("response").as_object().erase(name);
    expect_denied(login(without), "passkey: form");
    auto cut = honest;
    cut.at("response").as_object()[name] = "AA";
    EXPECT_EQ(login(cut).error().code, Errc::denied) << name;
  }
  auto made = SoftPasskey{}.create(creation());
  made.at("response").as_object()["attestationObject"] = codec::base64url(as_bytes("no CBOR"));
  expect_denied(add(made), "passkey: form");
}

TEST_F(PasskeysTest, AnApprovalByPasskeyIsOverExactlyThis) {
  add_passkey();
  const auto options = start_approval(portal_.ground(), caller_, "consent.approve", digest_).value();
  EXPECT_EQ(options.at("by").as_string(), "passkey");
  const json::object body{
      {"assertion", json::object{{"nonce", options.at("nonce")}, {"credential", passkey_.get(options)}}}};
  expect_denied(approve(body, crypto::sha256(as_bytes("something else"))), "approval: nonce");
  expect_denied(finish_approval(portal_.ground(), caller_, "officer.cut", digest_, body), "approval: nonce");
  portal_.world.clock.advance(seconds{60});
  EXPECT_FALSE(approve(body, digest_).has_error());
  EXPECT_EQ(portal_.sessions.find(signed_in_.session.token.view()).value().proved_at, portal_.world.clock.now());
  EXPECT_EQ(approve(body, digest_).error().code, Errc::denied);
}

TEST_F(PasskeysTest, AnApprovalIsOfItsOwnSession) {
  add_passkey();
  const auto options = start_approval(portal_.ground(), caller_, "consent.approve", digest_).value();
  const json::object body{
      {"assertion", json::object{{"nonce", options.at("nonce")}, {"credential", passkey_.get(options)}}}};
  auto other = caller_;
  other.session = SessionId{ByteArray<16>{}};
  expect_denied(finish_approval(portal_.ground(), other, "consent.approve", digest_, body), "approval: nonce");
}

TEST_F(PasskeysTest, AChallengeThatIsNotOfWhatIsApprovedIsRefused) {
  add_passkey();
  const auto options = start_approval(portal_.ground(), caller_, "consent.approve", digest_).value();
  const json::object body{
      {"assertion", json::object{{"nonce", options.at("nonce")}, {"credential", passkey_.get(request())}}}};
  expect_denied(approve(body, digest_), "approval: challenge");
}

TEST_F(PasskeysTest, WithoutAPasskeyACodeApproves) {
  const auto options = start_approval(portal_.ground(), caller_, "consent.approve", digest_).value();
  EXPECT_EQ(options.at("by").as_string(), "code");
  const auto code = portal_.take_code();
  const json::object body{{"code", json::object{{"nonce", options.at("nonce")}, {"code", code}}}};
  expect_denied(approve(body, crypto::sha256(as_bytes("something else"))), "approval: nonce");
  EXPECT_FALSE(approve(body, digest_).has_error());
  expect_denied(approve(body, digest_), "approval: code");
}

TEST_F(PasskeysTest, WhoHasAPasskeyApprovesByNothingLess) {
  const auto options = start_approval(portal_.ground(), caller_, "consent.approve", digest_).value();
  const auto code = portal_.take_code();
  add_passkey();
  expect_denied(approve({{"code", json::object{{"nonce", options.at("nonce")}, {"code", code}}}}, digest_),
                "approval: code");
}

TEST_F(PasskeysTest, WithoutAnyProofNothingIsApproved) { expect_denied(approve({}, digest_), "approval: missing"); }

TEST_F(PasskeysTest, AnOldProofHasToBeRenewed) {
  EXPECT_FALSE(need_fresh_proof(portal_.ground(), caller_).has_error());
  portal_.world.clock.advance(fresh_proof + seconds{1});
  expect_denied(need_fresh_proof(portal_.ground(), caller_), "approval: stale");
}

}  // namespace
}  // namespace lindung::people
