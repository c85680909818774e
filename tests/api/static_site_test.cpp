#include "api/static_site.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "http/message.h"

namespace lindung::api {
namespace {

namespace fs = std::filesystem;

class StaticSiteTest : public ::testing::Test {
 protected:
  StaticSiteTest() { fs::create_directories(folder_); }
  ~StaticSiteTest() override { fs::remove_all(folder_); }
  StaticSiteTest(const StaticSiteTest&) = delete;
  StaticSiteTest& operator=(const StaticSiteTest&) = delete;

  void put(std::string_view name, std::string_view text) const {
    const auto path = folder_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
  }
  [[nodiscard]] Result<StaticSite> load(const std::vector<PageGrant>& grants = {}) const {
    return StaticSite::load(folder_.string(), grants);
  }
  [[nodiscard]] static http::Response get(const StaticSite& site, std::string_view path,
                                          const std::vector<http::Field>& fields = {}) {
    for (const auto& file : site.files()) {
      if (file->path != path) continue;
      return file->answer(
          {.method = "GET", .target = path, .fields = fields, .body = {}, .client_certificate_subject = {}});
    }
    return {.status = 404};
  }
  [[nodiscard]] static std::string field(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.fields) {
      if (key == name) return value;
    }
    return {};
  }

 private:
  fs::path folder_{fs::path{::testing::TempDir()} /
                   ("static_site_" + std::string{::testing::UnitTest::GetInstance()->current_test_info()->name()})};
};

TEST_F(StaticSiteTest, GivesTheBestFormThatTheClientTakesEachWithItsOwnValidator) {
  put("index.html", "a page");
  put("index.html.gz", "gzipped");
  put("index.html.br", "brotli");
  const auto site = load().value();
  const auto plain = get(site, "/");
  EXPECT_EQ(plain.body, "a page");
  EXPECT_EQ(field(plain, "Content-Encoding"), "");
  const auto gzip = get(site, "/", {{.name = "Accept-Encoding", .value = "gzip, deflate"}});
  EXPECT_EQ(gzip.body, "gzipped");
  EXPECT_EQ(field(gzip, "Content-Encoding"), "gzip");
  const auto brotli = get(site, "/", {{.name = "accept-encoding", .value = "gzip, br"}});
  EXPECT_EQ(brotli.body, "brotli");
  const auto tag = field(brotli, "ETag");
  EXPECT_NE(tag, field(gzip, "ETag"));
  const auto again =
      get(site, "/", {{.name = "Accept-Encoding", .value = "br"}, {.name = "If-None-Match", .value = tag}});
  EXPECT_EQ(again.status, 304U);
  EXPECT_TRUE(again.body.empty());
  EXPECT_EQ(field(again, "Vary"), "Accept-Encoding");
  EXPECT_EQ(site.files().size(), 1U) << "a compressed form is no file of its own";
}

TEST_F(StaticSiteTest, KeepsForeverOnlyWhatHasItsDigestInItsName) {
  put("index.html", "a page");
  put("assets/app-1234.js", "code");
  const auto site = load().value();
  EXPECT_EQ(field(get(site, "/assets/app-1234.js"), "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(field(get(site, "/"), "Cache-Control"), "no-cache");
}

TEST_F(StaticSiteTest, GrantsAPageWhatItNeedsAndNoOtherPage) {
  put("index.html", "a page");
  put("scan/index.html", "a scanner");
  const auto site = load({{.path = "/scan/", .may_use_camera = true, .may_compile_wasm = true}}).value();
  const auto policy = [&](std::string_view path) { return field(get(site, path), "Content-Security-Policy"); };
  EXPECT_NE(policy("/scan/").find("'wasm-unsafe-eval'"), std::string::npos);
  EXPECT_EQ(policy("/").find("unsafe"), std::string::npos);
  EXPECT_EQ(field(get(site, "/scan/"), "Permissions-Policy").find("camera=(self)"), 0U);
  EXPECT_EQ(field(get(site, "/"), "Permissions-Policy").find("camera=()"), 0U);
}

TEST_F(StaticSiteTest, ComesToBeOnlyOutOfAFolderWithAFirstPageAndKnownKinds) {
  const auto refused = [&] {
    const auto site = load();
    return site.has_error() ? site.error().code : Errc{};
  };
  EXPECT_EQ(refused(), Errc::not_found);
  put("index.html", "a page");
  EXPECT_TRUE(load().has_value());
  put("notes.doc", "?");
  EXPECT_EQ(refused(), Errc::unsupported);
}

TEST(AcceptEncoding, IsReadWithWeightsAndTheStar) {
  const std::vector<std::pair<std::string_view, bool>> cases{
      {"", false},          {"br", true},           {"BR", true},         {"gzip, br;q=0.5", true},
      {"br;q=0", false},    {"br; q=0.000", false}, {"*", true},          {"*;q=0", false},
      {"*, br;q=0", false}, {"brotli", false},      {"br;q=0, *", false}, {",, br ,", true},
      {"identity", false},
  };
  for (const auto& [value, taken] : cases) EXPECT_EQ(accepts(value, "br"), taken) << value;
}

}  // namespace
}  // namespace lindung::api
