#include "log/tile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "log/memory_log.h"

namespace lindung::log {
namespace {

std::vector<std::string> paths(const std::vector<TileName>& names) {
  std::vector<std::string> out;
  for (const auto& name : names) out.push_back(path_of(name));
  return out;
}

TEST(Tile, PathsAreThoseOfTheSpecification) {
  EXPECT_EQ(path_of({.level = 0, .index = 0, .width = 256}), "tile/0/000");
  EXPECT_EQ(path_of({.level = 0, .index = 999, .width = 256}), "tile/0/999");
  EXPECT_EQ(path_of({.level = 0, .index = 1000, .width = 256}), "tile/0/x001/000");
  EXPECT_EQ(path_of({.level = 1, .index = 1234067, .width = 256}), "tile/1/x001/x234/067");
  EXPECT_EQ(path_of({.level = 2, .index = 0, .width = 1}), "tile/2/000.p/1");
  EXPECT_EQ(path_of({.level = {}, .index = 273, .width = 112}), "tile/entries/273.p/112");
  EXPECT_EQ(partial_folder_of({.level = 0, .index = 1000, .width = 256}), "tile/0/x001/000.p");
}

// C2SP tlog-tiles, "Partial Tiles": the example of 70,000 entries.
TEST(Tile, ATreeOfSeventyThousandHasTheTilesOfTheExample) {
  const auto names = tiles_between(0, 70'000);
  const auto count = [&names](std::optional<unsigned> level, bool partial) {
    return std::ranges::count_if(
        names, [&](const TileName& name) { return name.level == level && (name.width < 256) == partial; });
  };
  EXPECT_EQ(count({}, false), 273);
  EXPECT_EQ(count({}, true), 1);
  EXPECT_EQ(count(0, false), 273);
  EXPECT_EQ(count(1, false), 1);
  const auto all = paths(names);
  for (const auto* path : {"tile/entries/273.p/112", "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"}) {
    EXPECT_EQ(std::ranges::count(all, path), 1) << path;
  }
  EXPECT_EQ(names.size(), 274U + 274U + 2U + 1U);
}

TEST(Tile, AFullTileHasAPartialOneAbove) {
  EXPECT_EQ(paths(tiles_between(0, 256)),
            (std::vector<std::string>{"tile/entries/000", "tile/0/000", "tile/1/000.p/1"}));
}

TEST(Tile, OnlyWhatGrowsIsBetweenTwoSizes) {
  EXPECT_TRUE(tiles_between(5, 5).empty());
  EXPECT_TRUE(tiles_between(6, 5).empty());
  EXPECT_EQ(paths(tiles_between(5, 7)), (std::vector<std::string>{"tile/entries/000.p/7", "tile/0/000.p/7"}));
  EXPECT_EQ(paths(tiles_between(255, 257)),
            (std::vector<std::string>{"tile/entries/000", "tile/entries/001.p/1", "tile/0/000", "tile/0/001.p/1",
                                      "tile/1/000.p/1"}));
}

TEST(Tile, EveryPathReadsBackToItsName) {
  std::size_t ran = 0;
  for (const auto& name : tiles_between(0, 300'000)) {
    EXPECT_EQ(parse_tile_path(path_of(name)).value(), name);
    ++ran;
  }
  EXPECT_GT(ran, 2000U);
  const TileName last{.level = 0, .index = (std::uint64_t{1} << 56U) - 1, .width = 256};
  EXPECT_EQ(parse_tile_path(path_of(last)).value(), last);
}

TEST(Tile, RefusesEveryOtherSpelling) {
  for (const auto* path : {"",
                           "tile",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "tile/0/0",
                           "tile/0/00",
                           "tile/0/0000",
                           "tile/0/x000/000",
                           "tile/0/001/000",
                           "tile/0/x001",
                           "tile/0/x001/x000",
                           "tile/00/000",
                           "tile/8/000",
                           "tile/-1/000",
                           "tile/0/000.p",
                           "tile/0/000.p/",
                           "tile/0/000.p/0",
                           "tile/0/000.p/256",
                           "tile/0/000.p/01",
                           "tile/0/000.p/1/2",
                           "/tile/0/000",
                           "tile/0/000/",
                           "tile//000",
                           "tile/0/../000",
                           "tile/0/x001//000",
                           "tile/0/a00",
                           "tile/entries/x1/000",
                           "tile/data/000",
                           "tile/0/x001/000.p/1.p/1",
                           "tile/7/256",
                           "tile/0/x072/x057/x594/x037/x927/936",
                           "tile/0/x999/x999/x999/x999/x999/x999/999",
                           "checkpoint",
                           "tile/0/000 ",
                           "tile/0/+00"}) {
    EXPECT_EQ(parse_tile_path(path).error().code, Errc::malformed) << path;
  }
}

TEST(Tile, ReadsAPartialTileOutOfTheFullOneThatReplacedIt) {
  Files files;
  Bytes full(256 * 32);
  for (std::size_t i = 0; i < full.size(); ++i) full[i] = static_cast<std::uint8_t>(i / 32);
  files["tile/0/000"] = full;
  EXPECT_EQ(read_hashes(source_of(files), 0, 0, 3).value(), Bytes(full.begin(), full.begin() + 96));
  EXPECT_EQ(read_hashes(source_of(files), 0, 0, 256).value(), full);
  files["tile/0/000.p/3"] = Bytes(96, 0xee);
  EXPECT_EQ(read_hashes(source_of(files), 0, 0, 3).value(), Bytes(96, 0xee));
  files["tile/0/000.p/3"] = Bytes(95, 0xee);
  EXPECT_EQ(read_hashes(source_of(files), 0, 0, 3).error().code, Errc::corrupt);
  EXPECT_EQ(read_hashes(source_of(files), 0, 1, 3).error().code, Errc::not_found);
}

TEST(Tile, ReadsThePartOfABundle) {
  Files files;
  files["tile/entries/000.p/3"] = {0, 1, 'a', 0, 2, 'b', 'b', 0, 1, 'c'};
  EXPECT_EQ(read_entries(source_of(files), 0, 3).value(), files["tile/entries/000.p/3"]);
  files["tile/entries/000.p/2"] = files["tile/entries/000.p/3"];
  EXPECT_EQ(read_entries(source_of(files), 0, 2).value(), (Bytes{0, 1, 'a', 0, 2, 'b', 'b'}));
  files["tile/entries/000.p/3"].pop_back();
  EXPECT_EQ(read_entries(source_of(files), 0, 3).error().code, Errc::corrupt);
  files["tile/entries/000.p/3"].resize(8);
  EXPECT_EQ(read_entries(source_of(files), 0, 3).error().code, Errc::corrupt);
}

}  // namespace
}  // namespace lindung::log
