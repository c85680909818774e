// Pictures of codes by others: the pictures in the EU's dgc-testdata, and files of several projects with the exact text
// of most of them; those without were unreadable to the tool that collected them.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/value.hpp>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "codec/base_n.h"
#include "image/codes.h"
#include "vectors/vectors.h"

namespace lindung::vectors {
namespace {

bool has_picture(const json::value& value) { return object_with(value, {"2DCODE", "TESTCTX"}) != nullptr; }
const Format picture_format{"dgc-testdata pictures", has_picture};

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

// "X.png" goes with "X.txt" or "X.png.txt".
std::string expected_of(const std::filesystem::path& picture) {
  auto text = content_of(picture.string() + ".txt");
  if (text.empty()) text = content_of(std::filesystem::path{picture}.replace_extension(".txt"));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

std::string_view text_in(const json::object& file, std::string_view name) {
  const auto* value = file.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view{value->get_string()} : std::string_view{};
}

// What is declared of the picture: true must read as PREFIX, false must not.
TEST(Pictures, OfTheDgcTestdataHoldWhatTheyDeclare) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{"dgc-testdata pictures"};
  Folder::get().for_each_json(has_picture, [&](const JsonFile& file) {
    const auto& object = file.value.get_object();
    const auto* results = object.if_contains("EXPECTEDRESULTS");
    const auto* declared = results != nullptr && results->is_object()
                               ? results->get_object().if_contains("EXPECTEDPICTUREDECODE")
                               : nullptr;
    const auto picture = codec::from_base64(text_in(object, "2DCODE"));
    if (declared == nullptr || !declared->is_bool()) return balance.skip("nothing declared of it");
    if (!picture || picture.value().empty()) return balance.skip("no picture");
    const auto codes = image::read_codes(picture.value());
    const auto wanted = text_in(object, "PREFIX");
    const bool reads = codes && std::ranges::find(codes.value(), wanted) != codes.value().end();
    balance.judge(reads == declared->get_bool(), file.name, codes ? "another text" : codes.error().text());
  });
  EXPECT_GT(balance.ran(), 200U);
}

TEST(Pictures, OfSeveralProjectsAreRead) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{"pictures of codes"};
  std::size_t hard = 0;
  std::size_t hard_read = 0;
  Folder::get().for_each_file(".png", [&](const std::filesystem::path& path) {
    const auto codes = image::read_codes(as_bytes(content_of(path)));
    const auto wanted = expected_of(path);
    if (!wanted.empty()) {
      const bool reads = codes && codes.value().size() == 1 && codes.value().front() == wanted;
      balance.judge(reads, path.string(), codes ? "another text" : codes.error().text());
      return;
    }
    ++hard;
    if (codes) {
      ++hard_read;
    } else {
      std::cout << "not read: " << path.filename().string() << ": " << codes.error().text() << "\n";
    }
  });
  std::cout << "of " << hard << " pictures that another reader could not read, " << hard_read << " were read\n";
  EXPECT_GE(balance.ran(), 16U);
  EXPECT_GE(hard_read, 5U);
}

}  // namespace
}  // namespace lindung::vectors
