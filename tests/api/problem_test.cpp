#include "api/problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <set>
#include <string>
#include <tuple>

#include "api/problem_help.h"
#include "base/error.h"
#include "codec/json.h"
#include "http/message.h"

namespace lindung::api {
namespace {

using Told = std::tuple<std::string, unsigned, std::string>;  // type, status, title

constexpr auto last_code = Errc::unsupported;

Told told(const http::Response& response) {
  const auto body = codec::parse_json(response.body);
  EXPECT_TRUE(body.has_value());
  const auto& object = body.value().as_object();
  EXPECT_EQ(object.at("status").as_int64(), static_cast<std::int64_t>(response.status));
  return {std::string{object.at("type").as_string()}, response.status, std::string{object.at("title").as_string()}};
}

TEST(Problems, EveryOneThatCanBeSentHasACauseAndAMendAndNoneIsListedForNothing) {
  std::set<Told> sent;
  for (int code = 0; code <= static_cast<int>(last_code); ++code) {
    const Error error{.code = static_cast<Errc>(code)};
    sent.insert(told(problem(error)));
    sent.insert(told(issuer_problem(error)));
    sent.insert(told(portal_problem(error)));
  }
  std::set<Told> listed;
  for (const auto& help : problem_help()) {
    EXPECT_FALSE(help.cause.empty() || help.mend.empty()) << help.title;
    listed.emplace("urn:lindung:problem:" + std::string{name_of(help)}, help.status, help.title);
  }
  EXPECT_EQ(listed.size(), problem_help().size());
  EXPECT_EQ(sent, listed);
}

TEST(Problems, WhoIsNotSignedInIsToldSoAndAReasonIsNamedToPagesOnly) {
  const auto signed_out = portal_problem({.code = Errc::bad_signature, .detail = "inside"});
  EXPECT_EQ(signed_out.status, 401U);
  EXPECT_NE(signed_out.body.find("urn:lindung:problem:signed-out"), std::string::npos);
  EXPECT_EQ(signed_out.body.find("inside"), std::string::npos);
  const auto denied = portal_problem({.code = Errc::denied, .detail = "code"});
  EXPECT_EQ(denied.status, 403U);
  EXPECT_NE(denied.body.find("\"detail\":\"code\""), std::string::npos);
  EXPECT_EQ(portal_problem({.code = Errc::io, .detail = "/path"}).body.find("/path"), std::string::npos);
}

TEST(Problems, AreFoundByNameAndStatus) {
  const auto* body = find_help("too-large", 413);
  const auto* head = find_help("too-large", 431);
  ASSERT_TRUE(body != nullptr && head != nullptr);
  EXPECT_EQ(body->code, Errc::too_large);
  EXPECT_EQ(head->code, Errc::headers_too_large);
  EXPECT_EQ(find_help("too-large", 400), nullptr);
}

TEST(Problems, WhatIsNoneOfThePublicNamesIsUnavailable) {
  for (const auto code : {Errc::denied, Errc::conflict, Errc::corrupt, Errc::io, Errc::database, Errc::unsupported}) {
    const auto response = problem({.code = code, .detail = "inside"});
    EXPECT_EQ(response.status, 503U);
    EXPECT_EQ(response.body.find("inside"), std::string::npos);
    EXPECT_EQ(std::get<0>(told(response)), "urn:lindung:problem:unavailable");
  }
}

}  // namespace
}  // namespace lindung::api
