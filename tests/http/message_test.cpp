#include "http/message.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace lindung::http {
namespace {

Request request_for(std::string_view target) {
  Request request;
  request.target = target;
  return request;
}

TEST(Message, NamesAreTheSameWhateverTheirCase) {
  EXPECT_TRUE(same_name("Content-Type", "content-TYPE"));
  EXPECT_FALSE(same_name("Content-Type", "Content-Typ"));
  EXPECT_FALSE(same_name("@host", "`host"));
}

TEST(Message, PathAndQueryOfAnOriginFormTarget) {
  EXPECT_EQ(request_for("/v1/x").path(), "/v1/x");
  EXPECT_EQ(request_for("/v1/x").query(), "");
  EXPECT_EQ(request_for("/v1/x?a=1?b").path(), "/v1/x");
  EXPECT_EQ(request_for("/v1/x?a=1?b").query(), "a=1?b");
  EXPECT_EQ(request_for("/go?u=http://h/p").path(), "/go");
}

TEST(Message, PathOfAnAbsoluteFormTargetIsWithoutSchemeAndAuthority) {
  EXPECT_EQ(request_for("http://h.example:8080/v1/x?q").path(), "/v1/x");
  EXPECT_EQ(request_for("HTTPS://h/v1/x").path(), "/v1/x");
  EXPECT_EQ(request_for("http://h").path(), "/");
  EXPECT_EQ(request_for("http://h?q").path(), "/");
  EXPECT_EQ(request_for("http://h?q").query(), "q");
}

TEST(Message, OtherFormsOfTargetHaveNoPathOfATable) {
  EXPECT_EQ(request_for("*").path(), "*");
  EXPECT_EQ(request_for("h.example:443").path(), "h.example:443");
  EXPECT_EQ(request_for("ftp://h/v1/x").path(), "ftp://h/v1/x");
}

TEST(Message, OnlyIsForAFieldThatStandsOnce) {
  const std::array<Field, 3> fields{{{"A", "1"}, {"B", "2"}, {"a", "3"}}};
  Request request;
  request.fields = fields;
  EXPECT_EQ(request.only("b"), std::pair(true, std::string_view{"2"}));
  EXPECT_EQ(request.only("a"), std::pair(false, std::string_view{}));
  EXPECT_EQ(request.only("c"), std::pair(false, std::string_view{}));
}

TEST(Message, AResponderAnswersOnce) {
  int answers = 0;
  Responder responder{[&](Response&& response) { answers += static_cast<int>(response.status); }};
  auto copy = responder;
  responder({.status = 200});
  responder({.status = 200});
  copy({.status = 200});
  EXPECT_EQ(answers, 200);
}

}  // namespace
}  // namespace lindung::http
