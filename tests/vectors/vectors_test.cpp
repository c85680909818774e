// The folder of third-party data itself: what was asked for must be there, and hold something that a test knows.
#include "vectors/vectors.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <iostream>

namespace lindung::vectors {
namespace {

TEST(VectorsFolder, holds_at_least_one_format_that_a_test_knows) {
  LINDUNG_NEEDS_VECTORS();
  ASSERT_FALSE(Format::all().empty());
  std::size_t known = 0;
  for (const auto* format : Format::all()) {
    const auto files = Folder::get().for_each_json(format->recogniser(), [](const JsonFile&) {});
    std::cout << "vectors folder: " << files << " files of " << format->name() << '\n';
    known += files;
  }
  EXPECT_GT(known, 0U) << "nothing in " << Folder::get().root() << " is of a known format";
}

}  // namespace
}  // namespace lindung::vectors
