// Where the log's tree and entries lie as files: names and widths of tiles and entry bundles (C2SP tlog-tiles), so that
// any public reader of such logs finds them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::log {

inline constexpr unsigned tile_height = 8;                                    // levels of the tree in a tile
inline constexpr std::uint64_t tile_width = std::uint64_t{1} << tile_height;  // hashes or entries in a full one
inline constexpr unsigned tile_levels = 8;                                    // 2^64 leaves need no more
inline constexpr std::size_t hash_size = 32;
inline constexpr std::size_t length_size = 2;  // before each entry of a bundle, big-endian
inline constexpr std::size_t entry_limit = 65535;

// Gives the content of a file. Errors: not_found; io.
using TileSource = std::function<Result<Bytes>(std::string_view path)>;

// A tile of hashes, or a bundle of entries; partial when narrower than tile_width.
struct TileName {
  std::optional<unsigned> level;  // none: a bundle of entries, as wide as the tile of level 0 with its index
  std::uint64_t index{};
  unsigned width{};  // 1 to 256
  friend bool operator==(const TileName&, const TileName&) = default;
};

// "tile/0/x001/x234/067", "tile/entries/000.p/17".
// Source: C2SP tlog-tiles, "Merkle Tree" and "Log entries".
[[nodiscard]] std::string path_of(const TileName& name);
// Errors: malformed for anything but what path_of() gives for some tile of a tree of up to 2^64-1 leaves.
[[nodiscard]] Result<TileName> parse_tile_path(std::string_view path);
// "tile/0/000.p": the folder of a tile's partial states; it may go once the full tile is there and published.
[[nodiscard]] std::string partial_folder_of(const TileName& name);

// How many hashes the tiles of a level hold for a tree of that size. Shape: level below tile_levels.
[[nodiscard]] std::uint64_t hashes_at(unsigned level, std::uint64_t size) noexcept;

// The files that a tree of `to` leaves has and one of `from` leaves has not: bundles first, then the levels upwards.
// With from = 0: all files of the tree, one for each 256 entries and hashes.
[[nodiscard]] std::vector<TileName> tiles_between(std::uint64_t from, std::uint64_t to);

// The first `width` hashes of a tile: from the partial file of just that width or, once that is gone, from the full
// one. Errors: corrupt for a file of another length; the source's own.
[[nodiscard]] Result<Bytes> read_hashes(const TileSource& source, unsigned level, std::uint64_t index, unsigned width);
// The first `width` entries of a bundle, as they stand in the file; likewise.
[[nodiscard]] Result<Bytes> read_entries(const TileSource& source, std::uint64_t index, unsigned width);

}  // namespace lindung::log
