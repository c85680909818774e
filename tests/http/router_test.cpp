#include "http/router.h"

#include <gtest/gtest.h>

#include "http/support.h"

namespace lindung::http {
namespace {

Router table() {
  const Handler none;
  return {{test::route("GET", "/", none), test::route("POST", "/v1/a", none), test::route("GET", "/v1/a", none),
           test::route("GET", "/log/*", none), test::route("GET", "/log/tile/*", none),
           test::route("GET", "/log/checkpoint", none)},
          test::problem};
}

TEST(Router, FindsByMethodAndPath) {
  const auto router = table();
  ASSERT_NE(router.find("POST", "/v1/a").route, nullptr);
  EXPECT_EQ(router.find("POST", "/v1/a").route->method, "POST");
  ASSERT_NE(router.find("GET", "/").route, nullptr);
  EXPECT_EQ(router.find("GET", "/").route->path, "/");
}

TEST(Router, GetAnswersHead) {
  const auto router = table();
  ASSERT_NE(router.find("HEAD", "/v1/a").route, nullptr);
  EXPECT_EQ(router.find("HEAD", "/v1/a").route->method, "GET");
}

TEST(Router, AnotherMethodOfAKnownPathNamesThoseAllowed) {
  const auto match = table().find("PUT", "/v1/a");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_TRUE(match.path_exists);
  EXPECT_EQ(match.allow, "GET, HEAD, POST");
}

TEST(Router, MethodsAreCaseSensitive) { EXPECT_EQ(table().find("get", "/").route, nullptr); }

TEST(Router, AnUnknownPathHasNoMethods) {
  const auto match = table().find("GET", "/v1/a/");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_FALSE(match.path_exists);
}

TEST(Router, AStarMatchesEverythingBelowAndTheLongestGoesFirst) {
  const auto router = table();
  EXPECT_EQ(router.find("GET", "/log/tile/0/x001").route->path, "/log/tile/*");
  EXPECT_EQ(router.find("GET", "/log/other").route->path, "/log/*");
  EXPECT_EQ(router.find("GET", "/log/checkpoint").route->path, "/log/checkpoint");
  EXPECT_EQ(router.find("GET", "/log").route, nullptr);
  EXPECT_EQ(router.find("GET", "/logs/x").route, nullptr);
}

}  // namespace
}  // namespace lindung::http
