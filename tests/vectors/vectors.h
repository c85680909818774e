// Third-party test data: one walk over the folder, files recognised by what they hold (never by name or place), and one
// line of balance for each format: "vectors FORMAT: N ran, N failed, N skipped (why)".
#pragma once

#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lindung::vectors {

namespace json = boost::json;

// Where the data lies unless LINDUNG_VECTORS says otherwise, seen from the source directory.
inline constexpr std::string_view default_folder = "../shared/data";

struct JsonFile {
  std::filesystem::path path;  // absolute
  std::string name;            // relative to the folder, for messages
  json::value value;
};

// The folder of third-party data, read once on first use.
class Folder {
 public:
  using Recogniser = std::function<bool(const json::value&)>;
  using JsonVisitor = std::function<void(const JsonFile&)>;
  using FileVisitor = std::function<void(const std::filesystem::path&)>;

  [[nodiscard]] static const Folder& get();

  // LINDUNG_VECTORS is set: then nothing may be missing silently.
  [[nodiscard]] bool demanded() const noexcept { return demanded_; }
  [[nodiscard]] bool present() const noexcept { return present_; }
  [[nodiscard]] const std::filesystem::path& root() const noexcept { return root_; }

  // Visits every *.json that parses and that the recogniser knows, in the order of paths; returns how many.
  std::size_t for_each_json(const Recogniser& recognise, const JsonVisitor& visit) const;
  // Visits every file whose name ends so (".der", ".tsv"; "" for all), in the order of paths; returns how many.
  std::size_t for_each_file(std::string_view ending, const FileVisitor& visit) const;

 private:
  Folder();
  [[nodiscard]] const std::vector<JsonFile>& json_files() const;

  bool demanded_{};
  bool present_{};
  std::filesystem::path root_;
  std::vector<std::filesystem::path> files_;
  mutable std::optional<std::vector<JsonFile>> json_;
};

// Every format that some test knows. A folder that was demanded and holds none of them fails (vectors_test.cpp).
// Shape: one at namespace scope in each test file: `const Format certlogic_suite{"certlogic", is_suite};`
class Format {
 public:
  Format(std::string name, Folder::Recogniser recognise);
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const Folder::Recogniser& recogniser() const noexcept { return recognise_; }
  [[nodiscard]] static const std::vector<const Format*>& all();

 private:
  std::string name_;
  Folder::Recogniser recognise_;
};

// Counts the vectors of one format, prints its line at the end, and fails the test when one failed.
class Balance {
 public:
  explicit Balance(std::string format) : format_{std::move(format)} {}
  Balance(const Balance&) = delete;
  Balance& operator=(const Balance&) = delete;
  ~Balance();

  // `where` names file and case.
  void judge(bool passed, const std::string& where, const std::string& what = {});
  void skip(const std::string& why) { ++skipped_[why]; }
  [[nodiscard]] std::size_t ran() const noexcept { return ran_; }
  [[nodiscard]] std::size_t skipped() const;

 private:
  std::string format_;
  std::size_t ran_{};
  std::size_t failed_{};
  std::map<std::string, std::size_t> skipped_;
};

// Members of a JSON object, for recognisers: null unless the value is an object that has them all.
[[nodiscard]] const json::object* object_with(const json::value& value, std::initializer_list<std::string_view> names);

}  // namespace lindung::vectors

// First line of a test over third-party data: skips loudly when there is no folder and none was asked for.
#define LINDUNG_NEEDS_VECTORS()                                                                                   \
  do {                                                                                                            \
    const auto& folder_of_vectors = ::lindung::vectors::Folder::get();                                            \
    if (!folder_of_vectors.present()) {                                                                           \
      ASSERT_FALSE(folder_of_vectors.demanded()) << "LINDUNG_VECTORS is no folder: " << folder_of_vectors.root(); \
      GTEST_SKIP() << "NO VECTORS: " << folder_of_vectors.root() << " is absent and LINDUNG_VECTORS is not set";  \
    }                                                                                                             \
  } while (false)
