// A full tile's own root is one hash of the level above; a leaf can so fill one tile of each level at most.
#include "log/tile_writer.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "log/merkle.h"
#include "log/tile.h"

namespace lindung::log {
namespace {

void put(Bytes& out, BytesView more) { out.insert(out.end(), more.begin(), more.end()); }

Hash root_of_tile(BytesView hashes) {
  Frontier tree;
  for (std::size_t at = 0; at < hashes.size(); at += hash_size) tree.append(take<hash_size>(hashes.subspan(at)));
  return tree.root();
}

unsigned partial_width(unsigned level, std::uint64_t size) {
  return static_cast<unsigned>(hashes_at(level, size) % tile_width);
}

// The peaks that lie in one partial tile, largest first: one for each bit of its width.
void add_peaks(BytesView hashes, std::vector<Hash>& peaks) {
  Frontier tree;
  for (std::size_t at = 0; at < hashes.size(); at += hash_size) tree.append(take<hash_size>(hashes.subspan(at)));
  for (const auto& peak : tree.peaks()) peaks.push_back(peak);
}

// Shape: as many whole entries as hashes, as read_entries() gives them.
bool hash_to(BytesView entries, BytesView hashes) {
  for (; !hashes.empty(); hashes = hashes.subspan(hash_size)) {
    const std::size_t size = get_be<std::uint16_t>(entries);
    const auto leaf = entries.subspan(length_size, size);
    if (leaf_hash(leaf) != take<hash_size>(hashes)) return false;
    entries = entries.subspan(length_size + size);
  }
  return true;
}

}  // namespace

Result<TileWriter> TileWriter::resume(std::uint64_t size, const TileSource& source) {
  TileWriter out;
  std::vector<Hash> peaks;
  for (unsigned level = tile_levels; level-- > 0;) {
    const unsigned width = partial_width(level, size);
    if (width == 0) continue;
    TRY(hashes, read_hashes(source, level, hashes_at(level, size) / tile_width, width));
    add_peaks(hashes, peaks);
    out.hashes_.at(level) = std::move(hashes);
  }
  if (const unsigned width = partial_width(0, size); width > 0) {
    TRY(entries, read_entries(source, size / tile_width, width));
    if (!hash_to(entries, out.hashes_[0]))
      return fail(Errc::corrupt, "the last entries are not those of the last tile");
    out.entries_ = std::move(entries);
  }
  TRY(frontier, Frontier::from_peaks(size, peaks));
  out.frontier_ = std::move(frontier);
  return out;
}

Result<void> TileWriter::append(std::span<const BytesView> leaves, const TileSink& sink) {
  for (const auto& leaf : leaves) {
    if (leaf.empty() || leaf.size() > entry_limit) return fail(Errc::invalid_argument, "a leaf of no size for the log");
  }
  TileWriter next = *this;  // invariant 3
  for (const auto& leaf : leaves) {
    TRYV(next.add(leaf, sink));
  }
  TRYV(next.write_partial(size(), sink));  // invariant 1
  *this = std::move(next);
  return ok();
}

Result<void> TileWriter::add(BytesView leaf, const TileSink& sink) {
  ByteArray<length_size> length;
  put_be(MutableBytes{length}, static_cast<std::uint16_t>(leaf.size()));
  put(entries_, length);
  put(entries_, leaf);
  const auto hash = leaf_hash(leaf);
  put(hashes_[0], hash);
  frontier_.append(hash);
  return size() % tile_width == 0 ? finish_full(sink) : ok();
}

Result<void> TileWriter::finish_full(const TileSink& sink) {
  TRYV(sink(path_of({.level = {}, .index = size() / tile_width - 1, .width = tile_width}), entries_));
  entries_.clear();
  for (unsigned level = 0; level < tile_levels && hashes_.at(level).size() == tile_width * hash_size; ++level) {
    auto& hashes = hashes_.at(level);
    const auto index = hashes_at(level, size()) / tile_width - 1;
    TRYV(sink(path_of({.level = level, .index = index, .width = tile_width}), hashes));
    if (level + 1 < tile_levels) put(hashes_.at(level + 1), root_of_tile(hashes));
    hashes.clear();
  }
  return ok();
}

Result<void> TileWriter::write_partial(std::uint64_t from, const TileSink& sink) const {
  if (size() == from) return ok();
  if (const unsigned width = partial_width(0, size()); width > 0) {
    TRYV(sink(path_of({.level = {}, .index = size() / tile_width, .width = width}), entries_));
  }
  for (unsigned level = 0; level < tile_levels; ++level) {
    const unsigned width = partial_width(level, size());
    if (width == 0 || hashes_at(level, size()) == hashes_at(level, from)) continue;
    const auto index = hashes_at(level, size()) / tile_width;
    TRYV(sink(path_of({.level = level, .index = index, .width = width}), hashes_.at(level)));
  }
  return ok();
}

}  // namespace lindung::log
