#include "log/tile_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "log/memory_log.h"
#include "log/merkle.h"
#include "log/node_reader.h"
#include "log/tile.h"

namespace lindung::log {
namespace {

std::vector<Bytes> small_leaves(std::size_t count) {
  std::vector<Bytes> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(to_bytes(as_bytes("leaf " + std::to_string(i))));
  return out;
}

Frontier tree_of(const std::vector<Bytes>& leaves, std::size_t size) {
  Frontier out;
  for (std::size_t i = 0; i < size; ++i) out.append(leaf_hash(leaves[i]));
  return out;
}

// The files of a tree, and no others.
Files files_of(const Files& all, std::uint64_t size) {
  Files out;
  for (const auto& name : tiles_between(0, size)) out[path_of(name)] = all.at(path_of(name));
  return out;
}

TEST(TileWriter, WritesJustTheFilesOfEachSize) {
  const auto leaves = small_leaves(600);
  Files grown;
  TileWriter writer;
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    Files at_once;
    TileWriter other;
    ASSERT_TRUE(other.append(views_of(leaves, 0, size), sink_to(at_once)).has_value());
    EXPECT_EQ(at_once.size(), tiles_between(0, size).size()) << size;
    EXPECT_EQ(at_once, files_of(grown, size)) << size;  // one by one gives what all at once gives
    EXPECT_EQ(other.root(), writer.root());
    EXPECT_EQ(writer.root(), tree_of(leaves, size).root());
    if (size < leaves.size()) {
      Files step;
      ASSERT_TRUE(writer.append(views_of(leaves, size, size + 1), sink_to(step)).has_value());
      EXPECT_EQ(step.size(), tiles_between(size, size + 1).size()) << size;
      grown.merge(step);
    }
  }
}

TEST(TileWriter, GoesOnFromTheFilesAtEachSize) {
  const auto leaves = small_leaves(600);
  Files grown;
  TileWriter writer;
  for (std::size_t size = 0; size < leaves.size(); ++size) {
    const auto here = files_of(grown, size);
    auto resumed = TileWriter::resume(size, source_of(here));
    ASSERT_TRUE(resumed.has_value()) << size << " " << resumed.error().text();
    EXPECT_EQ(resumed.value().root(), writer.root()) << size;
    const auto to = std::min<std::size_t>(leaves.size(), size + 1 + size % 300);
    Files more;
    ASSERT_TRUE(resumed.value().append(views_of(leaves, size, to), sink_to(more)).has_value());
    EXPECT_EQ(resumed.value().root(), tree_of(leaves, to).root());
    ASSERT_TRUE(writer.append(views_of(leaves, size, size + 1), sink_to(grown)).has_value());
  }
}

TEST(TileWriter, FillsTilesOfTheSecondAndThirdLevel) {
  constexpr std::size_t edge = 256UL * 256UL;
  const auto leaves = small_leaves(edge + 300);
  Files files;
  TileWriter writer;
  std::size_t from = 0;
  for (const std::size_t to : {edge - 1, edge, edge + 1, edge + 255, edge + 256, edge + 300}) {
    ASSERT_TRUE(writer.append(views_of(leaves, from, to), sink_to(files)).has_value());
    from = to;
    const auto here = files_of(files, to);
    EXPECT_EQ(here.size(), tiles_between(0, to).size());
    EXPECT_EQ(writer.root(), tree_of(leaves, to).root()) << to;
    EXPECT_EQ(root_at(to, nodes_of_tiles(to, source_of(here))).value(), writer.root()) << to;
    EXPECT_EQ(TileWriter::resume(to, source_of(here)).value().root(), writer.root()) << to;
  }
}

TEST(TileWriter, WritingAgainGivesTheSameBytes) {
  const auto leaves = small_leaves(700);
  Files files;
  TileWriter writer;
  ASSERT_TRUE(writer.append(views_of(leaves, 0, 300), sink_to(files)).has_value());
  ASSERT_TRUE(writer.append(views_of(leaves, 300, 700), sink_to(files)).has_value());
  // The crash came before the checkpoint of 700: the files of 300 and more are there already.
  auto again = TileWriter::resume(300, source_of(files)).value();
  Files repeated;
  ASSERT_TRUE(again.append(views_of(leaves, 300, 700), sink_to(repeated)).has_value());
  for (const auto& [path, content] : repeated) EXPECT_EQ(files.at(path), content) << path;
  EXPECT_EQ(again.root(), writer.root());
}

TEST(TileWriter, AFailureOfTheSinkChangesNothing) {
  const auto leaves = small_leaves(600);
  Files files;
  TileWriter writer;
  ASSERT_TRUE(writer.append(views_of(leaves, 0, 10), sink_to(files)).has_value());
  const auto root = writer.root();
  const auto writes = tiles_between(10, 600).size();
  ASSERT_EQ(writes, 7U);
  for (std::size_t good = 0; good < writes; ++good) {
    auto left = good;
    const TileSink failing = [&](std::string_view path, BytesView content) -> Result<void> {
      if (left-- == 0) return fail(Errc::io, "disk full");
      return sink_to(files)(path, content);
    };
    EXPECT_EQ(writer.append(views_of(leaves, 10, 600), failing).error().code, Errc::io);
    EXPECT_EQ(writer.size(), 10U);
    EXPECT_EQ(writer.root(), root);
  }
  ASSERT_TRUE(writer.append(views_of(leaves, 10, 600), sink_to(files)).has_value());
  EXPECT_EQ(writer.root(), tree_of(leaves, 600).root());
}

TEST(TileWriter, RefusesLeavesThatABundleCannotHold) {
  Files files;
  TileWriter writer;
  const std::vector<Bytes> largest{Bytes(entry_limit, 1)};
  EXPECT_TRUE(writer.append(views_of(largest, 0, 1), sink_to(files)).has_value());
  for (const auto& bad : {Bytes{}, Bytes(entry_limit + 1, 1)}) {
    const std::vector<Bytes> leaves{Bytes{1}, bad};
    EXPECT_EQ(writer.append(views_of(leaves, 0, 2), sink_to(files)).error().code, Errc::invalid_argument);
    EXPECT_EQ(writer.size(), 1U);
  }
}

TEST(TileWriter, RefusesToGoOnFromDamagedFiles) {
  const auto leaves = small_leaves(300);
  Files files;
  TileWriter writer;
  ASSERT_TRUE(writer.append(views_of(leaves, 0, 300), sink_to(files)).has_value());
  auto missing = files;
  missing.erase("tile/0/001.p/44");
  EXPECT_EQ(TileWriter::resume(300, source_of(missing)).error().code, Errc::not_found);
  auto short_tile = files;
  short_tile["tile/1/000.p/1"].pop_back();
  EXPECT_EQ(TileWriter::resume(300, source_of(short_tile)).error().code, Errc::corrupt);
  auto other_entry = files;
  other_entry["tile/entries/001.p/44"][5] ^= 1U;
  EXPECT_EQ(TileWriter::resume(300, source_of(other_entry)).error().code, Errc::corrupt);
  auto short_bundle = files;
  short_bundle["tile/entries/001.p/44"].pop_back();
  EXPECT_EQ(TileWriter::resume(300, source_of(short_bundle)).error().code, Errc::corrupt);
}

TEST(NodeReader, GivesProofsThatHold) {
  const auto leaves = small_leaves(1000);
  Files files;
  TileWriter writer;
  ASSERT_TRUE(writer.append(views_of(leaves, 0, leaves.size()), sink_to(files)).has_value());
  const auto source = source_of(files);
  for (std::uint64_t index = 0; index < leaves.size(); index += 37) {
    const auto proof = inclusion_proof(index, 1000, nodes_of_tiles(1000, source)).value();
    EXPECT_TRUE(check_inclusion(index, 1000, leaf_hash(leaves[index]), proof, writer.root()).has_value()) << index;
  }
  for (std::uint64_t from = 1; from <= 1000; from += 31) {
    const auto proof = consistency_proof(from, 1000, nodes_of_tiles(1000, source)).value();
    EXPECT_TRUE(check_consistency(from, 1000, tree_of(leaves, from).root(), writer.root(), proof).has_value()) << from;
  }
}

TEST(NodeReader, ServesOlderSizesFromTheTilesOfTheNewest) {
  const auto leaves = small_leaves(600);
  Files files;
  TileWriter writer;
  ASSERT_TRUE(writer.append(views_of(leaves, 0, leaves.size()), sink_to(files)).has_value());
  const auto newest = nodes_of_tiles(600, source_of(files));
  for (const std::uint64_t size : {1U, 255U, 256U, 257U, 500U, 512U, 599U}) {
    const auto root = tree_of(leaves, size).root();
    EXPECT_EQ(root_at(size, newest).value(), root) << size;
    const auto proof = inclusion_proof(size - 1, size, newest).value();
    EXPECT_TRUE(check_inclusion(size - 1, size, leaf_hash(leaves[size - 1]), proof, root).has_value()) << size;
  }
}

TEST(NodeReader, RefusesSubtreesOutsideTheTree) {
  const auto leaves = small_leaves(300);
  Files files;
  TileWriter writer;
  ASSERT_TRUE(writer.append(views_of(leaves, 0, leaves.size()), sink_to(files)).has_value());
  const auto node = nodes_of_tiles(300, source_of(files));
  EXPECT_TRUE(node(0, 299).has_value());
  EXPECT_EQ(node(0, 300).error().code, Errc::invalid_argument);
  EXPECT_TRUE(node(2, 74).has_value());
  EXPECT_EQ(node(2, 75).error().code, Errc::invalid_argument);
  EXPECT_EQ(node(9, 0).error().code, Errc::invalid_argument);
  EXPECT_EQ(node(64, 0).error().code, Errc::invalid_argument);
}

TEST(NodeReader, SaysWhenATileIsDamagedOrGone) {
  const auto leaves = small_leaves(300);
  Files files;
  TileWriter writer;
  ASSERT_TRUE(writer.append(views_of(leaves, 0, leaves.size()), sink_to(files)).has_value());
  files["tile/0/000"].pop_back();
  EXPECT_EQ(nodes_of_tiles(300, source_of(files))(0, 0).error().code, Errc::corrupt);
  files.erase("tile/0/000");
  EXPECT_EQ(nodes_of_tiles(300, source_of(files))(0, 0).error().code, Errc::not_found);
}

}  // namespace
}  // namespace lindung::log
