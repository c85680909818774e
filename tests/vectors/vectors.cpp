#include "vectors/vectors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iostream>
#include <iterator>
#include <numeric>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace lindung::vectors {

namespace {

std::vector<const Format*>& formats() {
  static std::vector<const Format*> known;
  return known;
}

}  // namespace

Folder::Folder() {
  const char* wanted = std::getenv("LINDUNG_VECTORS");  // NOLINT(concurrency-mt-unsafe): before any thread
  demanded_ = wanted != nullptr && *wanted != '\0';
  root_ = demanded_ ? std::filesystem::path{wanted} : std::filesystem::path{LINDUNG_SOURCE_DIR} / default_folder;
  std::error_code error;
  root_ = std::filesystem::weakly_canonical(root_, error);
  present_ = std::filesystem::is_directory(root_, error);
  if (!present_) return;
  const auto options = std::filesystem::directory_options::follow_directory_symlink;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{root_, options}) {
    if (entry.is_regular_file()) files_.push_back(entry.path());
  }
  std::ranges::sort(files_);
}

const Folder& Folder::get() {
  static const Folder folder;
  return folder;
}

const std::vector<JsonFile>& Folder::json_files() const {
  if (json_) return *json_;
  json_.emplace();
  for (const auto& path : files_) {
    if (path.extension() != ".json") continue;
    std::ifstream in{path, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    json::parse_options options;
    options.max_depth = 256;
    boost::system::error_code error;
    auto value = json::parse(text, error, {}, options);
    if (error) continue;  // some sets hold broken JSON on purpose; their tests take the file itself
    json_->push_back({path, std::filesystem::relative(path, root_).string(), std::move(value)});
  }
  return *json_;
}

std::size_t Folder::for_each_json(const Recogniser& recognise, const JsonVisitor& visit) const {
  std::size_t count = 0;
  for (const auto& file : json_files()) {
    if (!recognise(file.value)) continue;
    ++count;
    visit(file);
  }
  return count;
}

std::size_t Folder::for_each_file(std::string_view ending, const FileVisitor& visit) const {
  std::size_t count = 0;
  for (const auto& path : files_) {
    if (!path.filename().string().ends_with(ending)) continue;
    ++count;
    visit(path);
  }
  return count;
}

Format::Format(std::string name, Folder::Recogniser recognise)
    : name_{std::move(name)}, recognise_{std::move(recognise)} {
  formats().push_back(this);
}

const std::vector<const Format*>& Format::all() { return formats(); }

std::size_t Balance::skipped() const {
  std::size_t sum = 0;
  for (const auto& [why, count] : skipped_) sum += count;
  return sum;
}

void Balance::judge(bool passed, const std::string& where, const std::string& what) {
  ++ran_;
  if (passed) return;
  ++failed_;
  ADD_FAILURE() << format_ << ": " << where << (what.empty() ? "" : ": ") << what;
}

Balance::~Balance() {
  const auto skipped = std::accumulate(skipped_.begin(), skipped_.end(), std::size_t{0},
                                       [](std::size_t sum, const auto& entry) { return sum + entry.second; });
  std::cout << "vectors " << format_ << ": " << ran_ << " ran, " << failed_ << " failed, " << skipped << " skipped";
  std::string reasons;
  for (const auto& [why, count] : skipped_) {
    reasons += (reasons.empty() ? "" : ", ") + std::to_string(count) + " " + why;
  }
  if (!reasons.empty()) std::cout << " (" << reasons << ")";
  std::cout << '\n';
}

const json::object* object_with(const json::value& value, std::initializer_list<std::string_view> names) {
  const auto* object = value.if_object();
  if (object == nullptr) return nullptr;
  const bool all = std::ranges::all_of(names, [&](auto name) { return object->contains(name); });
  return all ? object : nullptr;
}

}  // namespace lindung::vectors
