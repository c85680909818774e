// Hashes of subtrees out of tiles: the source of the proofs that the log gives over HTTP.
#pragma once

#include <cstdint>

#include "log/merkle.h"
#include "log/tile.h"

namespace lindung::log {

// A NodeSource over the tiles of a tree of `size` leaves: the newest published one, which serves the proofs of older
// sizes too (their own partial tiles may be gone). It remembers the last tile of each level: one for each proof, not
// for many threads at once. Errors (of the NodeSource): invalid_argument for a subtree outside the tree; corrupt for a
// tile of another length; the source's own. Not here: whether the hashes belong to a signed root; who doubts it checks
// the proof.
[[nodiscard]] NodeSource nodes_of_tiles(std::uint64_t size, TileSource source);

}  // namespace lindung::log
