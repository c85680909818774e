#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "base/error.h"
#include "http/client.h"
#include "http/message.h"
#include "http/router.h"
#include "http/server.h"
#include "http/support.h"
#include "http/unix_address.h"

namespace lindung::http {
namespace {

using test::route;
using test::text;

Route hello() {
  auto out = route("GET", "/a", [](const Request&, Responder respond) { respond(text("hello")); });
  out.access = Access::operator_only;
  return out;
}

Result<std::unique_ptr<Server>> serve_at(const std::filesystem::path& path) {
  return Server::start({.address = "unix:" + path.string()}, test::table({hello()}));
}

Result<ClientResponse> ask(const std::filesystem::path& path) {
  TRY(client, Client::connect({.host = "unix:" + path.string()}));
  return client.send({.target = "/a"});
}

TEST(ServerUnix, ServesTheOperatorOnASocketThatNobodyElseCanOpen) {
  const test::Folder folder;
  const auto path = folder.path() / "admin.sock";
  const auto server = serve_at(path);
  ASSERT_TRUE(server.has_value()) << server.error().text();
  struct stat found{};
  ASSERT_EQ(::lstat(path.c_str(), &found), 0);
  EXPECT_TRUE(S_ISSOCK(found.st_mode));
  EXPECT_EQ(found.st_mode & 07777U, 0600U);
  EXPECT_EQ(server.value()->port(), 0);
  const auto answer = ask(path);
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_EQ(answer.value().body, "hello");
}

TEST(ServerUnix, APathTooLongForASocketAddressWorksAllTheSame) {
  const test::Folder folder;
  auto deep = folder.path();
  while (deep.native().size() < 300) deep /= "a-folder-with-a-long-name";
  std::filesystem::create_directories(deep);
  const auto server = serve_at(deep / "admin.sock");
  ASSERT_TRUE(server.has_value()) << server.error().text();
  const auto answer = ask(deep / "admin.sock");
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_EQ(answer.value().body, "hello");
}

TEST(ServerUnix, AFileLeftOverFromADeadProcessIsReplaced) {
  const test::Folder folder;
  const auto path = folder.path() / "admin.sock";
  {
    const FileDescriptor dead{::socket(AF_UNIX, SOCK_STREAM, 0)};
    const auto address = UnixAddress::of(path.string());
    ASSERT_TRUE(address.has_value());
    ASSERT_EQ(::bind(dead.get(), address.value().get(), address.value().size()), 0);
  }
  ASSERT_TRUE(std::filesystem::exists(path));
  const auto server = serve_at(path);
  ASSERT_TRUE(server.has_value()) << server.error().text();
  EXPECT_TRUE(ask(path).has_value());
}

TEST(ServerUnix, ASocketThatSomebodyListensOnIsLeftAlone) {
  const test::Folder folder;
  const auto path = folder.path() / "admin.sock";
  const auto first = serve_at(path);
  ASSERT_TRUE(first.has_value());
  const auto second = serve_at(path);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Errc::io);
  EXPECT_TRUE(ask(path).has_value());
}

TEST(ServerUnix, AnotherKindOfFileIsLeftAlone) {
  const test::Folder folder;
  const auto path = folder.path() / "admin.sock";
  std::ofstream{path} << "precious";
  const auto server = serve_at(path);
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().code, Errc::io);
  EXPECT_EQ(std::filesystem::file_size(path), 8U);
}

TEST(ServerUnix, StopTakesTheFileAway) {
  const test::Folder folder;
  const auto path = folder.path() / "admin.sock";
  auto server = serve_at(path);
  ASSERT_TRUE(server.has_value());
  server.value()->stop(std::chrono::milliseconds{100});
  EXPECT_FALSE(std::filesystem::exists(path));
  const auto answer = ask(path);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, Errc::unavailable);
}

TEST(ServerUnix, AFolderThatIsMissingIsNamed) {
  const test::Folder folder;
  const auto server = serve_at(folder.path() / "missing" / "admin.sock");
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().code, Errc::io);
  EXPECT_NE(server.error().detail.find("missing"), std::string::npos);
}

}  // namespace
}  // namespace lindung::http
