// A subtree of height h within a tile's eight levels is made again from 2^h hashes that stand side by side in the tile.
#include "log/node_reader.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "log/merkle.h"
#include "log/tile.h"

namespace lindung::log {
namespace {

class TileNodes {
 public:
  TileNodes(std::uint64_t size, TileSource source) : size_{size}, source_{std::move(source)} {}

  Result<Hash> node(unsigned level, std::uint64_t index) {
    const unsigned tile_level = level / tile_height;
    const unsigned height = level % tile_height;
    if (tile_level >= tile_levels || index >= size_ >> level) {
      return fail(Errc::invalid_argument, "a subtree outside the tree");
    }
    const std::uint64_t first = index << height;  // among the hashes of the tile level
    TRY(hashes, tile(tile_level, first / tile_width));
    const auto at = static_cast<std::size_t>(first % tile_width);
    std::vector<Hash> row;
    row.reserve(std::size_t{1} << height);
    for (std::size_t i = 0; i < (std::size_t{1} << height); ++i) {
      row.push_back(take<hash_size>(hashes.subspan((at + i) * hash_size)));
    }
    for (; row.size() > 1; row.resize(row.size() / 2)) {
      for (std::size_t i = 0; i < row.size() / 2; ++i) row[i] = node_hash(row[2 * i], row[2 * i + 1]);
    }
    return row.front();
  }

 private:
  struct Remembered {
    std::uint64_t index{};
    Bytes hashes;  // empty: none yet
  };

  Result<BytesView> tile(unsigned level, std::uint64_t index) {
    auto& last = last_.at(level);
    if (last.hashes.empty() || last.index != index) {
      const auto width = std::min(tile_width, hashes_at(level, size_) - index * tile_width);
      TRY(hashes, read_hashes(source_, level, index, static_cast<unsigned>(width)));
      last = {.index = index, .hashes = std::move(hashes)};
    }
    return BytesView{last.hashes};
  }

  std::uint64_t size_;
  TileSource source_;
  std::array<Remembered, tile_levels> last_;
};

}  // namespace

NodeSource nodes_of_tiles(std::uint64_t size, TileSource source) {
  const auto nodes = std::make_shared<TileNodes>(size, std::move(source));
  return [nodes](unsigned level, std::uint64_t index) { return nodes->node(level, index); };
}

}  // namespace lindung::log
