// The outbox: one file a notice, whole, for its owner only, and the same notice twice is one file.
#include "server/outbox.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/time.h"
#include "codec/json.h"
#include "service/notices.h"
#include "store/durable_file.h"
#include "support/test_store.h"

namespace lindung::server {
namespace {

service::Notice notice_of(const std::string& text) {
  return {.id = service::NoticeId{{0xab}},
          .citizen = CitizenRef{{0xcd}},
          .kind = service::NoticeKind::override_set,
          .at = moment_of(1'795'262'400),
          .text = {.id = "Halo", .en = text}};
}

mode_t mode_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 0777U;
}

TEST(Outbox, HoldsOneFileANoticeThatOnlyItsOwnerReads) {
  const store::testing::TempFolder folder;
  const auto path = folder.file("outbox");
  Outbox outbox{path};
  ASSERT_TRUE(outbox.deliver(notice_of("Hello")).has_value());
  const auto file = path + "/ab000000000000000000000000000000.json";
  const auto content = store::read_file(file, 4'096);
  ASSERT_TRUE(content.has_value()) << content.error().text();
  const auto json = codec::parse_json(as_text(content.value()));
  ASSERT_TRUE(json.has_value()) << json.error().text();
  EXPECT_EQ(json.value().at("id").as_string(), "ab000000000000000000000000000000");
  EXPECT_EQ(json.value().at("citizen").as_string(), "cd000000000000000000000000000000");
  EXPECT_EQ(json.value().at("kind").as_string(), "override-set");
  EXPECT_EQ(json.value().at("at").as_string(), "2026-11-21T12:00:00Z");
  EXPECT_EQ(json.value().at("text").at("id").as_string(), "Halo");
  EXPECT_EQ(json.value().at("text").at("en").as_string(), "Hello");
  EXPECT_EQ(mode_of(path), 0700U);
  EXPECT_EQ(mode_of(file), 0600U);
}

TEST(Outbox, ANoticeThatComesAgainIsOneFileAsItWas) {
  const store::testing::TempFolder folder;
  Outbox outbox{folder.file("outbox")};
  ASSERT_TRUE(outbox.deliver(notice_of("first")).has_value());
  ASSERT_TRUE(outbox.deliver(notice_of("again")).has_value());
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator{folder.file("outbox")}) {
    ++files;
    EXPECT_NE(as_text(store::read_file(file.path(), 4'096).value()).find("first"), std::string_view::npos);
  }
  EXPECT_EQ(files, 1);
  EXPECT_EQ(outbox.delivered(), 2U);
}

TEST(Outbox, AFolderThatCannotBeWrittenIsAnErrorThatIsCounted) {
  const store::testing::TempFolder folder;
  std::ofstream{folder.file("outbox")} << "a file where the folder should be";
  Outbox outbox{folder.file("outbox")};
  const auto failed = outbox.deliver(notice_of("Hello"));
  ASSERT_TRUE(failed.has_error());
  EXPECT_EQ(failed.error().code, Errc::io);
  EXPECT_EQ(outbox.failed(), 1U);
  EXPECT_EQ(outbox.delivered(), 0U);
}

}  // namespace
}  // namespace lindung::server
