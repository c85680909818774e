// Loops instead of the recursions of RFC 9162 section 2.1; every shift and sum is safe for sizes up to 2^64-1.
#include "log/merkle.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "crypto/digest.h"

namespace lindung::log {
namespace {

// Largest first: the perfect subtrees of a tree, put together from the right (RFC 9162 section 2.1.1).
Hash fold(const std::vector<Hash>& peaks) noexcept {
  Hash root = peaks.back();
  for (std::size_t i = peaks.size() - 1; i > 0; --i) root = node_hash(peaks[i - 1], root);
  return root;
}

// The root of the `count` leaves from `start` on, where start is a multiple of the smallest power of two >= count.
Result<Hash> root_of_range(std::uint64_t start, std::uint64_t count, const NodeSource& node) {
  std::vector<Hash> peaks;
  while (count > 0) {
    const auto level = static_cast<unsigned>(std::bit_width(count)) - 1U;
    TRY(peak, node(level, start >> level));
    peaks.push_back(peak);
    const std::uint64_t width = std::uint64_t{1} << level;
    start += width;
    count -= width;
  }
  return fold(peaks);
}

// The left part of a split: the largest power of two smaller than the size (RFC 9162 section 2.1.1: "k").
std::uint64_t split(std::uint64_t size) noexcept { return std::bit_floor(size - 1); }

// A proof while it is made: down from the root of a tree to the smallest whole part that is wanted, taking the root of
// each half that is left aside.
struct Descent {
  std::uint64_t start{};
  std::uint64_t count{};
  std::vector<Hash> proof{};  // lowest last

  [[nodiscard]] std::uint64_t end() const noexcept { return start + count; }

  // Into the half that holds this leaf; true if that is the right one.
  Result<bool> step(std::uint64_t leaf, const NodeSource& node) {
    const std::uint64_t left = split(count);
    const bool is_right = leaf - start >= left;
    TRY(sibling, is_right ? root_of_range(start, left, node) : root_of_range(start + left, count - left, node));
    proof.push_back(sibling);
    if (is_right) start += left;
    count = is_right ? count - left : left;
    return is_right;
  }
};

// A proof while it is checked: up from a node of the tree to its root, past the levels at which the last node of a row
// has no sibling (RFC 9162 sections 2.1.3.2 and 2.1.4.2: "fn" and "sn").
struct Ascent {
  std::uint64_t node{};
  std::uint64_t last{};

  [[nodiscard]] bool at_root() const noexcept { return last == 0; }

  // Over one sibling; true if it stands on the left.
  bool step() noexcept {
    const bool is_left = (node & 1U) != 0 || node == last;
    while (is_left && (node & 1U) == 0 && node != 0) up();
    up();
    return is_left;
  }
  void up() noexcept {
    node >>= 1U;
    last >>= 1U;
  }
};

}  // namespace

Hash leaf_hash(BytesView leaf) noexcept {
  static constexpr ByteArray<1> prefix{0x00};
  return crypto::sha256({BytesView{prefix}, leaf});
}

Hash node_hash(const Hash& left, const Hash& right) noexcept {
  ByteArray<65> input;
  input[0] = 0x01;
  std::ranges::copy(left, input.begin() + 1);
  std::ranges::copy(right, input.begin() + 33);
  return crypto::sha256(input);
}

void Frontier::append(const Hash& leaf) {
  Hash carried = leaf;
  // Each set bit at the low end is a perfect subtree as large as the one carried.
  for (std::uint64_t rest = size_; (rest & 1U) != 0; rest >>= 1U) {
    carried = node_hash(peaks_.back(), carried);
    peaks_.pop_back();
  }
  peaks_.push_back(carried);
  ++size_;
}

Result<void> Frontier::append_subtree(unsigned level, const Hash& root) {
  constexpr unsigned bits = 64;
  if (level >= bits || (size_ & ((std::uint64_t{1} << level) - 1)) != 0) {
    return fail(Errc::malformed, "a subtree that does not begin here");
  }
  if (size_ + (std::uint64_t{1} << level) <= size_) return fail(Errc::malformed, "a tree beyond 2^64 leaves");
  Hash carried = root;
  for (std::uint64_t rest = size_ >> level; (rest & 1U) != 0; rest >>= 1U) {
    carried = node_hash(peaks_.back(), carried);
    peaks_.pop_back();
  }
  peaks_.push_back(carried);
  size_ += std::uint64_t{1} << level;
  return ok();
}

Hash Frontier::root() const noexcept { return peaks_.empty() ? crypto::sha256(BytesView{}) : fold(peaks_); }

std::vector<Hash> Frontier::peaks() const { return peaks_; }

Result<Frontier> Frontier::from_peaks(std::uint64_t size, const std::vector<Hash>& peaks) {
  if (peaks.size() != static_cast<std::size_t>(std::popcount(size))) {
    return fail(Errc::malformed, "peaks that do not fit the size of the tree");
  }
  Frontier out;
  out.size_ = size;
  out.peaks_ = peaks;
  return out;
}

Result<std::vector<Hash>> inclusion_proof(std::uint64_t index, std::uint64_t size, const NodeSource& node) {
  if (index >= size) return fail(Errc::invalid_argument, "an index outside the tree");
  Descent descent{.start = 0, .count = size};
  while (descent.count > 1) {
    TRYV(descent.step(index, node));
  }
  std::ranges::reverse(descent.proof);
  return std::move(descent.proof);
}

Result<std::vector<Hash>> consistency_proof(std::uint64_t from, std::uint64_t to, const NodeSource& node) {
  if (from == 0 || from > to) return fail(Errc::invalid_argument, "no proof between these sizes");
  Descent descent{.start = 0, .count = to};
  bool whole_old_tree = true;  // "b" of RFC 9162 section 2.1.4.1: the verifier knows this subtree's root already
  while (descent.end() != from) {
    TRY(is_right, descent.step(from - 1, node));
    if (is_right) whole_old_tree = false;
  }
  if (!whole_old_tree) {
    TRY(common, root_of_range(descent.start, descent.count, node));
    descent.proof.push_back(common);
  }
  std::ranges::reverse(descent.proof);
  return std::move(descent.proof);
}

Result<Hash> root_at(std::uint64_t size, const NodeSource& node) {
  if (size == 0) return crypto::sha256(BytesView{});
  return root_of_range(0, size, node);
}

Result<void> check_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf, const std::vector<Hash>& proof,
                             const Hash& root) {
  if (index >= size) return fail(Errc::malformed, "an index outside the tree");
  Ascent ascent{.node = index, .last = size - 1};
  Hash running = leaf;
  for (const auto& sibling : proof) {
    if (ascent.at_root()) return fail(Errc::malformed, "an inclusion proof that is too long");
    running = ascent.step() ? node_hash(sibling, running) : node_hash(running, sibling);
  }
  if (!ascent.at_root()) return fail(Errc::malformed, "an inclusion proof that is too short");
  if (running != root) return fail(Errc::malformed, "an inclusion proof of another root");
  return ok();
}

Result<void> check_consistency(std::uint64_t from, std::uint64_t to, const Hash& from_root, const Hash& to_root,
                               const std::vector<Hash>& proof) {
  if (from == 0 || from > to) return fail(Errc::malformed, "no proof between these sizes");
  if (from == to) {
    if (!proof.empty()) return fail(Errc::malformed, "a consistency proof that is too long");
    if (from_root != to_root) return fail(Errc::malformed, "two roots of one size");
    return ok();
  }
  if (proof.empty()) return fail(Errc::malformed, "a consistency proof that is too short");

  Ascent ascent{.node = from - 1, .last = to - 1};
  while ((ascent.node & 1U) != 0) ascent.up();
  // An old tree that is perfect stands as a whole in the new one, so the proof leaves its root out.
  const bool perfect = std::has_single_bit(from);
  std::size_t used = perfect ? 0 : 1;
  Hash old_running = perfect ? from_root : proof.front();
  Hash running = old_running;
  for (; used < proof.size(); ++used) {
    if (ascent.at_root()) return fail(Errc::malformed, "a consistency proof that is too long");
    const auto& sibling = proof[used];
    const bool is_left = ascent.step();
    if (is_left) old_running = node_hash(sibling, old_running);
    running = is_left ? node_hash(sibling, running) : node_hash(running, sibling);
  }
  if (!ascent.at_root()) return fail(Errc::malformed, "a consistency proof that is too short");
  if (old_running != from_root) return fail(Errc::malformed, "a consistency proof of another old root");
  if (running != to_root) return fail(Errc::malformed, "a consistency proof of another root");
  return ok();
}

Result<Hash> older_root(std::uint64_t from, std::uint64_t to, const Hash& to_root, const std::vector<Hash>& proof) {
  if (from == 0 || from >= to || proof.empty()) return fail(Errc::malformed, "no proof between these sizes");
  if (std::has_single_bit(from)) return fail(Errc::unsupported, "a proof that leaves the older root out");
  Ascent ascent{.node = from - 1, .last = to - 1};
  while ((ascent.node & 1U) != 0) ascent.up();
  Hash older = proof.front();
  Hash running = older;
  for (std::size_t used = 1; used < proof.size(); ++used) {
    if (ascent.at_root()) return fail(Errc::malformed, "a consistency proof that is too long");
    const bool is_left = ascent.step();
    if (is_left) older = node_hash(proof[used], older);
    running = is_left ? node_hash(proof[used], running) : node_hash(running, proof[used]);
  }
  if (!ascent.at_root() || running != to_root) return fail(Errc::malformed, "a consistency proof of another root");
  return older;
}

}  // namespace lindung::log
