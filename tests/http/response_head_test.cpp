#include "http/response_head.h"

#include <gtest/gtest.h>

#include <string>

#include "http/message.h"
#include "http/support.h"

namespace lindung::http {
namespace {

std::string rendered(const Response& response, const Framing& framing) {
  std::string out;
  render_head(response, framing, out);
  return out;
}

TEST(ResponseHead, HasDateTypeLengthAndTheFieldsAsTheyStand) {
  auto response = test::text("hello");
  response.fields = {{"Cache-Control", "no-store"}, {"X-a", "1"}, {"X-a", "2"}};
  EXPECT_EQ(rendered(response, {.date = "D"}),
            "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nCache-Control: no-store\r\n"
            "X-a: 1\r\nX-a: 2\r\n\r\n");
}

TEST(ResponseHead, SaysWhenTheConnectionEnds) {
  EXPECT_TRUE(rendered(test::text("x"), {.date = "D", .keep_alive = false}).ends_with("\r\nConnection: close\r\n\r\n"));
  EXPECT_TRUE(
      rendered(test::text("x"), {.date = "D", .http_1_0 = true}).ends_with("\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(ResponseHead, AStatusWithoutABodyHasNoLength) {
  Response response;
  response.status = 204;
  EXPECT_FALSE(has_body(204));
  EXPECT_FALSE(has_body(304));
  EXPECT_TRUE(has_body(200));
  EXPECT_EQ(rendered(response, {.date = "D"}), "HTTP/1.1 204 No Content\r\nDate: D\r\n\r\n");
}

TEST(ResponseHead, AFieldThatCouldEndItsLineIsNotClean) {
  const auto clean = [](std::string name, std::string value) {
    Response response;
    response.fields = {{std::move(name), std::move(value)}};
    return fields_are_clean(response);
  };
  EXPECT_TRUE(clean("Location", "/a?b=c d\te"));
  EXPECT_FALSE(clean("Location", "/a\r\nSet-Cookie: x"));
  EXPECT_FALSE(clean("Location", std::string("/a\0b", 4)));
  EXPECT_FALSE(clean("Loca\ntion", "/a"));
  EXPECT_FALSE(clean("Location: b", "/a"));
  EXPECT_FALSE(clean("", "/a"));
}

TEST(ResponseHead, DateIsAnImfFixdate) {
  DateText date;
  const std::string text{date.now()};
  ASSERT_EQ(text.size(), std::string{"Sun, 06 Nov 1994 08:49:37 GMT"}.size());
  EXPECT_EQ(text.substr(3, 2), ", ");
  EXPECT_TRUE(text.ends_with(" GMT"));
}

}  // namespace
}  // namespace lindung::http
