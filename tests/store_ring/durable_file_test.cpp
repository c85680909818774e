#include "store/durable_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "ring_fixture.h"

namespace lindung::store {
namespace {

using DurableFile = RingTest;
using namespace std::chrono_literals;

std::string content_of(const std::string& path) {
  const auto read = read_file(path, 1 << 20);
  return read.has_value() ? std::string{as_text(read.value())} : read.error().text();
}

TEST_F(DurableFile, ReplacesTheWholeContentAndLeavesNothingBeside) {
  ASSERT_TRUE(create_file(path(), as_bytes("old")).has_value());
  ASSERT_TRUE(replace_file(path(), as_bytes("new content")).has_value());
  EXPECT_EQ(content_of(path()), "new content");
  EXPECT_FALSE(std::filesystem::exists(path("ring.new")));
}

TEST_F(DurableFile, IsReadableByItsOwnerOnly) {
  ASSERT_TRUE(create_file(path(), as_bytes("a")).has_value());
  struct stat status{};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_TRUE(replace_file(path(), as_bytes("b")).has_value());
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(DurableFile, CreatingRefusesToReplaceAndKeepsWhatStands) {
  ASSERT_TRUE(create_file(path(), as_bytes("first")).has_value());
  EXPECT_EQ(code_of(create_file(path(), as_bytes("second"))), Errc::conflict);
  EXPECT_EQ(content_of(path()), "first");
  EXPECT_FALSE(std::filesystem::exists(path("ring.new")));
}

TEST_F(DurableFile, OverwritesTheReplacedSecret) {
  ASSERT_TRUE(create_file(path(), as_bytes("a key that dies")).has_value());
  const int old = ::open(path().c_str(), O_RDONLY);
  ASSERT_GE(old, 0);
  ASSERT_TRUE(replace_secret_file(path(), as_bytes("x")).has_value());
  std::array<std::uint8_t, 15> left{};
  left.fill(1);
  EXPECT_EQ(::pread(old, left.data(), left.size(), 0), 15);
  EXPECT_TRUE(all_zero(left));
  ::close(old);
}

TEST_F(DurableFile, LeavesAnotherHardLinkToTheReplacedSecretAlone) {
  ASSERT_TRUE(create_file(path(), as_bytes("kept")).has_value());
  std::filesystem::create_hard_link(path(), path("copy"));
  ASSERT_TRUE(replace_secret_file(path(), as_bytes("x")).has_value());
  EXPECT_EQ(content_of(path("copy")), "kept");
}

TEST_F(DurableFile, WhoeverHasTheReplacedContentOpenReadsItToItsEnd) {
  ASSERT_TRUE(create_file(path(), as_bytes("the one before")).has_value());
  const int old = ::open(path().c_str(), O_RDONLY);
  ASSERT_GE(old, 0);
  ASSERT_TRUE(replace_file(path(), as_bytes("x")).has_value());
  std::array<char, 14> read{};
  EXPECT_EQ(::pread(old, read.data(), read.size(), 0), 14);
  EXPECT_EQ(std::string_view(read.data(), read.size()), "the one before");
  ::close(old);
}

TEST_F(DurableFile, ACrashBeforeTheRenameLeavesTheOldContentAndNoObstacle) {
  ASSERT_TRUE(create_file(path(), as_bytes("old")).has_value());
  write_raw(as_bytes("half of a ne"), "ring.new");
  EXPECT_EQ(content_of(path()), "old");
  ASSERT_TRUE(replace_file(path(), as_bytes("new")).has_value());
  EXPECT_EQ(content_of(path()), "new");
  EXPECT_FALSE(std::filesystem::exists(path("ring.new")));
}

TEST_F(DurableFile, ACrashBetweenLinkAndUnlinkOfACreationDoesNotHarmTheFile) {
  ASSERT_TRUE(create_file(path(), as_bytes("old")).has_value());
  std::filesystem::create_hard_link(path(), path("ring.new"));
  ASSERT_TRUE(replace_file(path(), as_bytes("new")).has_value());
  EXPECT_EQ(content_of(path()), "new");
}

TEST_F(DurableFile, AFullDiskIsAnErrorAndTheOldContentStays) {
  ASSERT_TRUE(create_file(path(), as_bytes("old")).has_value());
  const auto child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    // EFBIG stands in for ENOSPC: the same failing write, without a file system of our own.
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{.rlim_cur = 100, .rlim_max = 100};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto replaced = replace_file(path(), Bytes(1000));
    ::_exit(replaced.has_error() && replaced.error().code == Errc::io ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(content_of(path()), "old");
  EXPECT_FALSE(std::filesystem::exists(path("ring.new")));
}

TEST_F(DurableFile, ErrorsNameThePathAndTheReason) {
  const auto missing = read_file(path("nothing"), 10);
  ASSERT_TRUE(missing.has_error());
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_NE(missing.error().detail.find(path("nothing")), std::string::npos);
  EXPECT_NE(missing.error().detail.find("No such file"), std::string::npos);
  const auto no_folder = replace_file(path("no/folder"), as_bytes("x"));
  ASSERT_TRUE(no_folder.has_error());
  EXPECT_EQ(no_folder.error().code, Errc::io);
  EXPECT_NE(no_folder.error().detail.find("No such file"), std::string::npos);
}

TEST_F(DurableFile, ReadsUpToTheLimitAndNotAByteMore) {
  ASSERT_TRUE(create_file(path(), Bytes(100)).has_value());
  EXPECT_EQ(read_file(path(), 100).value().size(), 100U);
  EXPECT_EQ(code_of(read_file(path(), 99)), Errc::too_large);
}

TEST_F(DurableFile, DoesNotWaitForAPipeOrReadAFolder) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(code_of(read_file(path("pipe"), 10)), Errc::io);
  EXPECT_EQ(code_of(read_file(folder_, 10)), Errc::io);
}

TEST_F(DurableFile, ALockKeepsOthersOffUntilItGoes) {
  ASSERT_TRUE(create_file(path(), as_bytes("x")).has_value());
  {
    const auto held = FileLock::hold(path(), 0ms);
    ASSERT_TRUE(held.has_value());
    EXPECT_EQ(code_of(FileLock::hold(path(), 0ms)), Errc::busy);
  }
  EXPECT_TRUE(FileLock::hold(path(), 0ms).has_value());
}

TEST_F(DurableFile, ALockOnReplacedContentDoesNotHoldTheNewOne) {
  ASSERT_TRUE(create_file(path(), as_bytes("x")).has_value());
  const auto held = FileLock::hold(path(), 0ms);
  ASSERT_TRUE(replace_secret_file(path(), as_bytes("y")).has_value());
  EXPECT_TRUE(FileLock::hold(path(), 0ms).has_value());
}

}  // namespace
}  // namespace lindung::store
