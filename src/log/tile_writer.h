// Turns leaves into the files of a tlog-tiles log: it keeps the right edge of the tree and gives out every tile and
// bundle that grew.
//
// Invariants
//  1. Between calls nothing is held back: all files of a tree of size() leaves have been given to some sink.
//  2. A file depends on the leaves alone: giving the same leaves again, after a failure or a restart, gives the same
//     bytes under the same name.
//  3. An append that fails leaves the writer as it was.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "log/merkle.h"
#include "log/tile.h"

namespace lindung::log {

// Keeps a file, whole or not at all; a file of that name is replaced. Errors: io.
using TileSink = std::function<Result<void>(std::string_view path, BytesView content)>;

class TileWriter {
 public:
  TileWriter() = default;  // of the empty tree
  // Goes on behind `size` leaves whose files are there. Files of more leaves do no harm.
  // Errors: corrupt for a file of another length, or entries that are not those of the last tile; the source's own.
  // Not here: whether the tiles are right: the caller compares root() with the root that it knows for that size.
  [[nodiscard]] static Result<TileWriter> resume(std::uint64_t size, const TileSource& source);

  // Gives the sink what grew: files that got full as they fill, partial ones once at the end. The caller publishes a
  // checkpoint of size() and root() only after it, and after the files are durable.
  // Errors: invalid_argument for a leaf that is empty or over entry_limit; the sink's own.
  [[nodiscard]] Result<void> append(std::span<const BytesView> leaves, const TileSink& sink);

  [[nodiscard]] std::uint64_t size() const noexcept { return frontier_.size(); }
  [[nodiscard]] Hash root() const noexcept { return frontier_.root(); }
  [[nodiscard]] const Frontier& frontier() const noexcept { return frontier_; }

 private:
  [[nodiscard]] Result<void> add(BytesView leaf, const TileSink& sink);
  [[nodiscard]] Result<void> finish_full(const TileSink& sink);
  [[nodiscard]] Result<void> write_partial(std::uint64_t from, const TileSink& sink) const;

  Frontier frontier_;
  Bytes entries_;                            // of the bundle that is not full
  std::array<Bytes, tile_levels> hashes_{};  // of the tile of each level that is not full
};

}  // namespace lindung::log
