// The project's exports before a reader that was written from the C2SP documents alone, in another language.
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/bytes.h"
#include "codec/base_n.h"
#include "log/checkpoint.h"
#include "log/memory_log.h"
#include "log/verifier.h"

namespace lindung::log {
namespace {

namespace fs = std::filesystem;

// A folder that goes with its test.
class Folder {
 public:
  Folder() {
    auto name = (fs::temp_directory_path() / "lindung-log-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void write(const Files& files, const fs::path& folder) {
  for (const auto& [path, content] : files) {
    fs::create_directories((folder / path).parent_path());
    std::ofstream out{folder / path, std::ios::binary};
    const auto text = as_text(content);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
  }
}

struct Outcome {
  int status;
  std::string output;
};

Outcome run_reader(const fs::path& folder, const std::string& key) {
  const auto command =
      "/usr/bin/python3 '" LINDUNG_SOURCE_DIR "/tests/log/tlog_reader.py' '" + folder.string() + "' '" + key + "' 2>&1";
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return {.status = -1, .output = "no pipe"};
  std::string output;
  std::array<char, 4096> piece{};
  while (const auto got = std::fread(piece.data(), 1, piece.size(), pipe)) output.append(piece.data(), got);
  return {.status = ::pclose(pipe), .output = output};
}

std::string key_text() { return VerifierKey::make(std::string{test_origin}, log_key().public_key()).value().text(); }

TEST(PublicReader, AcceptsOurExports) {
  for (const std::size_t size : {0U, 1U, 255U, 256U, 257U, 600U, 66'000U}) {
    const auto files = export_of(plausible_entries(size));
    const Folder folder;
    write(files, folder.path());
    const auto outcome = run_reader(folder.path(), key_text());
    EXPECT_EQ(outcome.status, 0) << size << ": " << outcome.output;
    const auto root = verify_export(reader_of(files), {.key = {}, .partner = {}}).value().root;
    EXPECT_EQ(outcome.output, "size " + std::to_string(size) + "\nroot " + codec::hex(root) + "\n");
  }
}

TEST(PublicReader, RefusesDamagedOnes) {
  const auto files = export_of(plausible_entries(300));
  for (const auto& [path, content] : files) {
    if (path == log_key_file) continue;  // not part of the documents
    auto damaged = files;
    damaged[path][content.size() / 2] ^= 1U;
    const Folder folder;
    write(damaged, folder.path());
    const auto outcome = run_reader(folder.path(), key_text());
    EXPECT_NE(outcome.status, 0) << path;
    EXPECT_EQ(outcome.output.find("tlog_reader: "), 0U) << outcome.output;
    EXPECT_EQ(outcome.output.find("Traceback"), std::string::npos) << outcome.output;
  }
}

}  // namespace
}  // namespace lindung::log
