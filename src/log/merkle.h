// The Merkle tree of RFC 9162 section 2.1 over SHA-256: roots, proofs and their checks. Numbers go up to 2^64-1.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::log {

[[nodiscard]] Hash leaf_hash(BytesView leaf) noexcept;                       // SHA-256(0x00 | leaf)
[[nodiscard]] Hash node_hash(const Hash& left, const Hash& right) noexcept;  // SHA-256(0x01 | left | right)

// The right edge of a tree that only grows: what is needed to append and to give the root.
class Frontier {
 public:
  void append(const Hash& leaf);
  // A perfect subtree of 2^level leaves, whose leaves need not be known.
  // Errors: malformed when one of this size does not begin here, or the tree would have 2^64 leaves or more.
  [[nodiscard]] Result<void> append_subtree(unsigned level, const Hash& root);
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] Hash root() const noexcept;  // of the empty tree: SHA-256 of nothing
  // The roots of the perfect subtrees that make up the tree, largest first; from them a frontier can be made again.
  [[nodiscard]] std::vector<Hash> peaks() const;
  // Errors: malformed unless peaks has one hash for each set bit of size.
  [[nodiscard]] static Result<Frontier> from_peaks(std::uint64_t size, const std::vector<Hash>& peaks);

 private:
  std::uint64_t size_{};
  std::vector<Hash> peaks_;
};

// Gives the hash of the perfect subtree of 2^level leaves that starts at leaf index * 2^level.
using NodeSource = std::function<Result<Hash>(unsigned level, std::uint64_t index)>;

// RFC 9162 sections 2.1.3.1 and 2.1.4.1. Errors: invalid_argument for an index outside the tree; the source's own.
[[nodiscard]] Result<std::vector<Hash>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                                        const NodeSource& node);
[[nodiscard]] Result<std::vector<Hash>> consistency_proof(std::uint64_t from, std::uint64_t to, const NodeSource& node);
[[nodiscard]] Result<Hash> root_at(std::uint64_t size, const NodeSource& node);

// RFC 9162 sections 2.1.3.2 and 2.1.4.2. Errors: malformed when the proof does not prove it.
[[nodiscard]] Result<void> check_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf,
                                           const std::vector<Hash>& proof, const Hash& root);
[[nodiscard]] Result<void> check_consistency(std::uint64_t from, std::uint64_t to, const Hash& from_root,
                                             const Hash& to_root, const std::vector<Hash>& proof);

// What a consistency proof says of the older tree whatever is believed of it: the root that `from` leaves had in the
// tree of `to_root`. Of a size that is a power of two no proof says it.
// Errors: malformed when the proof does not lead to `to_root`; unsupported for a power of two.
[[nodiscard]] Result<Hash> older_root(std::uint64_t from, std::uint64_t to, const Hash& to_root,
                                      const std::vector<Hash>& proof);

}  // namespace lindung::log
