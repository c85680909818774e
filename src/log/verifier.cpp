// One pass over the list of files, for what should not be there; then one over the entries, which rebuilds the tree.
#include "log/verifier.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "log/checkpoint.h"
#include "log/cosignature.h"
#include "log/entry.h"
#include "log/merkle.h"
#include "log/partner_history.h"

namespace lindung::log {
namespace {

constexpr std::size_t full = 256;  // C2SP tlog-tiles: hashes in a tile, entries in a bundle
constexpr std::size_t hash_bytes = 32;
constexpr std::size_t small_file_limit = std::size_t{1} << 20U;
constexpr std::size_t length_bytes = 2;
constexpr std::size_t bundle_limit = full * (length_bytes + 65535);

auto corrupt(std::string_view path, const std::string& what) {
  return fail(Errc::corrupt, std::string{path} + " " + what);
}

auto corrupt_at(std::string_view path, std::size_t offset, const std::string& what) {
  return fail(Errc::corrupt, std::string{path} + " at byte " + std::to_string(offset) + ": " + what);
}

Result<void> wrong_length(std::string_view path, std::uint64_t size, std::size_t wanted) {
  return corrupt_at(path, static_cast<std::size_t>(std::min<std::uint64_t>(size, wanted)),
                    "it has " + std::to_string(size) + " bytes instead of " + std::to_string(wanted));
}

// The name of the index-th file of a folder: groups of three digits, "x" before all but the last.
std::string numbered(const std::string& folder, std::uint64_t index, std::size_t width) {
  auto digits = std::to_string(index);
  digits.insert(0, (3 - digits.size() % 3) % 3, '0');
  std::string out = "tile/" + folder + "/";
  for (std::size_t at = 0; at < digits.size(); at += 3) {
    const bool last = at + 3 == digits.size();
    out += (last ? "" : "x") + digits.substr(at, 3) + (last ? "" : "/");
  }
  return width == full ? out : out + ".p/" + std::to_string(width);
}

// One kind of file: the bundles, or the tiles of one level, of a tree that has `items` of their entries or hashes.
struct Shelf {
  std::string folder;
  std::uint64_t items{};
  bool hashes{};

  [[nodiscard]] std::uint64_t files() const { return items / full + (items % full == 0 ? 0 : 1); }
  [[nodiscard]] std::size_t width(std::uint64_t index) const {
    return index < items / full ? full : static_cast<std::size_t>(items % full);
  }
  [[nodiscard]] std::string path(std::uint64_t index) const { return numbered(folder, index, width(index)); }
};

Shelf bundles_of(std::uint64_t size) { return {.folder = "entries", .items = size, .hashes = false}; }

std::vector<Shelf> levels_of(std::uint64_t size) {
  std::vector<Shelf> out;
  for (std::uint64_t items = size; items > 0; items /= full) {
    out.push_back({.folder = std::to_string(out.size()), .items = items, .hashes = true});
  }
  return out;
}

// The number in a path under a shelf's folder, whatever stands between its digits; the caller writes it again.
std::optional<std::uint64_t> number_in(std::string_view path) {
  std::uint64_t value = 0;
  for (const char letter : path.substr(0, path.find('.'))) {
    if (letter < '0' || letter > '9') continue;
    if (value > std::numeric_limits<std::uint64_t>::max() / 10 - 1) return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(letter - '0');
  }
  return value;
}

// Finds the files that a tree of that size has not, and tiles of another length. What is missing shows later: each file
// of the tree is read.
class Inventory {
 public:
  explicit Inventory(std::uint64_t size) : shelves_{levels_of(size)} { shelves_.push_back(bundles_of(size)); }

  Result<void> visit(std::string_view path, std::uint64_t size) const {
    if (path == checkpoint_file || path == log_key_file) return ok();
    for (const auto& shelf : shelves_) {
      const auto prefix = "tile/" + shelf.folder + "/";
      if (!path.starts_with(prefix)) continue;
      const auto index = number_in(path.substr(prefix.size()));
      if (!index || *index >= shelf.files() || shelf.path(*index) != path) break;
      const auto wanted = shelf.width(*index) * hash_bytes;
      if (shelf.hashes && size != wanted) return wrong_length(path, size, wanted);
      return ok();
    }
    return corrupt(path, "is no file of this log");
  }

 private:
  std::vector<Shelf> shelves_;
};

// RFC 9162 section 2.1.1 as a row that is folded in pairs; a last one without a pair moves up as it is.
Hash root_of_row(std::vector<Hash> row) {
  while (row.size() > 1) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < row.size(); i += 2) {
      row[kept++] = i + 1 < row.size() ? node_hash(row[i], row[i + 1]) : row[i];
    }
    row.resize(kept);
  }
  return row.front();
}

class Verification {
 public:
  Verification(const ExportReader& reader, const VerifyOptions& options) : reader_{reader}, options_{options} {}

  Result<VerifyReport> run() {
    TRY(key, signer());
    TRY(checkpoint, open(key));
    const Inventory inventory{checkpoint.size};
    TRYV(reader_.each_file(
        [&inventory](std::string_view path, std::uint64_t size) { return inventory.visit(path, size); }));
    levels_ = levels_of(checkpoint.size);
    rows_.resize(levels_.size());
    if (options_.partner) history_.emplace(*options_.partner);
    const auto bundles = bundles_of(checkpoint.size);
    for (std::uint64_t file = 0; file < bundles.files(); ++file) {
      TRYV(read_bundle(bundles.path(file), file, bundles.width(file)));
    }
    TRY(root, fold_what_is_left());
    if (root != checkpoint.root) return corrupt(checkpoint_file, "holds another root than that of the tiles");
    VerifyReport report{.origin = checkpoint.origin,
                        .key = key.key(),
                        .size = checkpoint.size,
                        .root = root,
                        .entries = counts_,
                        .cut_index = {},
                        .last_answer_index = {},
                        .seen_by = std::move(seen_by_)};
    if (history_) {
      TRYV(history_->verdict());
      report.cut_index = history_->cut_index();
      report.last_answer_index = history_->last_answer_index();
    }
    return report;
  }

 private:
  // What the reader says of the export itself is about the export; a failing disk is not.
  Result<Bytes> read(const std::string& path, std::size_t limit) const {
    auto bytes = reader_.read(path, limit);
    if (bytes.has_value()) return bytes;
    if (bytes.error().code == Errc::not_found) return corrupt(path, "is missing");
    if (bytes.error().code == Errc::too_large) return corrupt_at(path, limit, "it goes on behind its end");
    return fail("reading " + path, std::move(bytes).error());
  }

  // The key that must have signed, under the name that `log-key` gives it.
  Result<VerifierKey> signer() const {
    TRY(bytes, read(std::string{log_key_file}, small_file_limit));
    auto text = as_text(bytes);
    if (!text.ends_with('\n')) return corrupt_at(log_key_file, text.size(), "its line has no end");
    text.remove_suffix(1);
    auto key = VerifierKey::parse(text);
    if (key.has_error()) return corrupt(log_key_file, "at byte 0 is not a verifier key: " + key.error().detail);
    if (options_.key && key.value().key() != *options_.key) {
      return corrupt(log_key_file, "holds another key than the given one");
    }
    return key;
  }

  Result<Checkpoint> open(const VerifierKey& key) {
    TRY(bytes, read(std::string{checkpoint_file}, small_file_limit));
    auto checkpoint = open_checkpoint(as_text(bytes), key);
    if (checkpoint.has_error())
      return corrupt(checkpoint_file, "at byte 0 does not verify: " + checkpoint.error().text());
    TRY(note, parse_note(as_text(bytes)));
    TRY(seen_by, require_witnesses(note, options_.witnesses, options_.need));
    seen_by_ = std::move(seen_by);
    return checkpoint;
  }

  // The bundle of that number and its tile of level 0, entry by entry. When the two differ it cannot be known which of
  // them was changed: both places are named.
  Result<void> read_bundle(const std::string& path, std::uint64_t file, std::size_t width) {
    TRY(bytes, read(path, bundle_limit));
    const auto tile_path = levels_.at(0).path(file);
    TRY(tile, read_tile(tile_path, width));
    auto& row = rows_.at(0);
    const BytesView all{bytes};
    std::size_t at = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const auto index = file * full + i;
      TRY(leaf, next_leaf(path, all, at, index));
      const auto start = std::exchange(at, at + length_bytes + leaf.size());
      const auto entry = decode(leaf);
      if (entry.has_error()) {
        return corrupt_at(path, start,
                          "entry " + std::to_string(index) + " is none of this log: " + entry.error().detail);
      }
      ++counts_.at(entry.value().index());
      if (history_) history_->add(index, entry.value());
      row.push_back(leaf_hash(leaf));
      if (!holds(tile, i, row.back())) {
        return corrupt_at(tile_path, i * hash_bytes, "not the hash of " + path + " at byte " + std::to_string(start));
      }
    }
    if (at != all.size()) return corrupt_at(path, at, "it goes on behind its last entry");
    return width == full ? lift(0) : ok();
  }

  static Result<BytesView> next_leaf(const std::string& path, BytesView all, std::size_t at, std::uint64_t index) {
    const auto rest = all.subspan(at);
    if (rest.size() < length_bytes) return corrupt_at(path, at, "entry " + std::to_string(index) + " is missing");
    const std::size_t size = get_be<std::uint16_t>(rest);
    if (rest.size() - length_bytes < size) {
      return corrupt_at(path, at, "entry " + std::to_string(index) + " goes on behind the end of the file");
    }
    return rest.subspan(length_bytes, size);
  }

  Result<Bytes> read_tile(const std::string& path, std::size_t width) const {
    TRY(bytes, read(path, width * hash_bytes));
    if (bytes.size() != width * hash_bytes) {
      TRYV(wrong_length(path, bytes.size(), width * hash_bytes));
    }
    return bytes;
  }

  static bool holds(const Bytes& tile, std::size_t place, const Hash& hash) {
    return std::ranges::equal(BytesView{tile}.subspan(place * hash_bytes, hash_bytes), hash);
  }

  // A full row becomes one hash at the end of the row above; so on while that is full too and has been compared.
  Result<void> lift(std::size_t level) {
    while (rows_.at(level).size() == full) {
      const auto root = root_of_row(std::exchange(rows_.at(level), {}));
      rows_.at(++level).push_back(root);
      if (rows_.at(level).size() == full) {
        TRYV(compare(level));
      }
    }
    return ok();
  }

  // The row of a level above 0 with the tile that it belongs into, which is the last one begun.
  Result<void> compare(std::size_t level) {
    const auto& row = rows_.at(level);
    const auto file = tiles_done_.at(level)++;
    const auto path = levels_.at(level).path(file);
    TRY(tile, read_tile(path, row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!holds(tile, i, row[i])) {
        return corrupt_at(path, i * hash_bytes, "not the hash of " + levels_.at(level - 1).path(file * full + i));
      }
    }
    return ok();
  }

  // The rows that did not fill are the partial tiles. The root is folded from the lowest row upwards, each with what
  // lies to its right as a last item.
  Result<Hash> fold_what_is_left() {
    std::optional<Hash> right;
    for (std::size_t level = 0; level < rows_.size(); ++level) {
      auto row = rows_.at(level);
      if (level > 0 && !row.empty()) {
        TRYV(compare(level));
      }
      if (right) row.push_back(*right);
      if (!row.empty()) right = root_of_row(std::move(row));
    }
    return right.value_or(crypto::sha256(BytesView{}));
  }

  const ExportReader& reader_;
  const VerifyOptions& options_;
  std::vector<Shelf> levels_;
  std::vector<std::vector<Hash>> rows_;        // of each level: the hashes of its last tile, while it is not full
  std::array<std::uint64_t, 8> tiles_done_{};  // of each level above 0
  std::array<std::uint64_t, std::variant_size_v<Entry>> counts_{};
  std::optional<PartnerHistory> history_;
  std::vector<SeenBy> seen_by_;
};

}  // namespace

std::string_view entry_type(std::size_t alternative) noexcept {
  static constexpr std::array<std::string_view, std::variant_size_v<Entry>> names{
      "answer", "partner", "key", "link", "import", "rules", "retention", "officer"};
  return alternative < names.size() ? names[alternative] : "unknown";
}

Result<VerifyReport> verify_export(const ExportReader& reader, const VerifyOptions& options) {
  return Verification{reader, options}.run();
}

}  // namespace lindung::log
