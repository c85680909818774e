#include "log/merkle.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "crypto/digest.h"

namespace lindung::log {
namespace {

// RFC 9162 section 2.1.1, word for word: slow, and nothing like the code that it checks.
Hash tree_hash(std::span<const Hash> leaves) {
  if (leaves.empty()) return crypto::sha256(BytesView{});
  if (leaves.size() == 1) return leaves[0];
  std::size_t k = 1;
  while (2 * k < leaves.size()) k *= 2;
  return node_hash(tree_hash(leaves.first(k)), tree_hash(leaves.subspan(k)));
}

std::vector<Hash> some_leaves(std::size_t count) {
  std::vector<Hash> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(leaf_hash(as_bytes("leaf " + std::to_string(i))));
  return out;
}

NodeSource over(const std::vector<Hash>& leaves) {
  return [&leaves](unsigned level, std::uint64_t index) -> Result<Hash> {
    const std::size_t width = std::size_t{1} << level;
    if ((index + 1) * width > leaves.size()) return fail(Errc::not_found, "no such subtree");
    return tree_hash(std::span{leaves}.subspan(index * width, width));
  };
}

Frontier grown(const std::vector<Hash>& leaves, std::size_t size) {
  Frontier out;
  for (std::size_t i = 0; i < size; ++i) out.append(leaves[i]);
  return out;
}

TEST(Merkle, EmptyTreeAndEmptyLeafHashAsInRfc6962) {
  EXPECT_EQ(codec::hex(Frontier{}.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(codec::hex(leaf_hash({})), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST(Merkle, FrontierHasTheRootOfTheDefinitionAtEachSize) {
  const auto leaves = some_leaves(300);
  Frontier frontier;
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    EXPECT_EQ(frontier.size(), size);
    EXPECT_EQ(frontier.root(), tree_hash(std::span{leaves}.first(size))) << size;
    EXPECT_EQ(root_at(size, over(leaves)).value(), frontier.root()) << size;
    if (size < leaves.size()) frontier.append(leaves[size]);
  }
}

TEST(Merkle, FrontierGoesOnFromItsPeaks) {
  const auto leaves = some_leaves(140);
  for (std::size_t size = 0; size < 70; ++size) {
    auto again = Frontier::from_peaks(size, grown(leaves, size).peaks()).value();
    for (std::size_t i = size; i < leaves.size(); ++i) again.append(leaves[i]);
    EXPECT_EQ(again.root(), tree_hash(leaves)) << size;
  }
}

TEST(Merkle, FrontierRefusesPeaksThatDoNotFitItsSize) {
  const std::vector<Hash> two(2);
  EXPECT_TRUE(Frontier::from_peaks(3, two).has_value());
  EXPECT_EQ(Frontier::from_peaks(0, two).error().code, Errc::malformed);
  EXPECT_EQ(Frontier::from_peaks(4, two).error().code, Errc::malformed);
  EXPECT_EQ(Frontier::from_peaks(7, two).error().code, Errc::malformed);
}

TEST(Merkle, EveryInclusionProofProvesItsLeafAndNoOther) {
  const auto leaves = some_leaves(40);
  const auto node = over(leaves);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    const auto root = root_at(size, node).value();
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = inclusion_proof(index, size, node).value();
      EXPECT_TRUE(check_inclusion(index, size, leaves[index], proof, root).has_value()) << index << " of " << size;
      EXPECT_EQ(check_inclusion(index, size, leaf_hash({}), proof, root).error().code, Errc::malformed);
      if (size > 1) {
        EXPECT_EQ(check_inclusion((index + 1) % size, size, leaves[index], proof, root).error().code, Errc::malformed);
      }
      auto longer = proof;
      longer.push_back(root);
      EXPECT_EQ(check_inclusion(index, size, leaves[index], longer, root).error().code, Errc::malformed);
      auto shorter = proof;
      if (!shorter.empty()) {
        shorter.pop_back();
        EXPECT_EQ(check_inclusion(index, size, leaves[index], shorter, root).error().code, Errc::malformed);
      }
    }
  }
}

TEST(Merkle, EveryConsistencyProofProvesItsTwoTrees) {
  const auto leaves = some_leaves(40);
  const auto node = over(leaves);
  for (std::size_t to = 1; to <= leaves.size(); ++to) {
    const auto to_root = root_at(to, node).value();
    for (std::size_t from = 1; from <= to; ++from) {
      const auto from_root = root_at(from, node).value();
      const auto proof = consistency_proof(from, to, node).value();
      EXPECT_TRUE(check_consistency(from, to, from_root, to_root, proof).has_value()) << from << " to " << to;
      EXPECT_EQ(check_consistency(from, to, leaf_hash({}), to_root, proof).error().code, Errc::malformed);
      EXPECT_EQ(check_consistency(from, to, from_root, leaf_hash({}), proof).error().code, Errc::malformed);
      auto longer = proof;
      longer.push_back(to_root);
      EXPECT_EQ(check_consistency(from, to, from_root, to_root, longer).error().code, Errc::malformed);
      auto shorter = proof;
      if (!shorter.empty()) {
        shorter.pop_back();
        EXPECT_EQ(check_consistency(from, to, from_root, to_root, shorter).error().code, Errc::malformed);
      }
    }
  }
}

TEST(Merkle, FrontierGrowsBySubtreesAsByTheirLeaves) {
  const auto leaves = some_leaves(70);
  const auto node = over(leaves);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    Frontier frontier;
    for (std::uint64_t at = 0; at < size;) {
      unsigned level = 0;
      while ((at & ((std::uint64_t{2} << level) - 1)) == 0 && at + (std::uint64_t{2} << level) <= size) ++level;
      ASSERT_TRUE(frontier.append_subtree(level, node(level, at >> level).value()).has_value());
      at += std::uint64_t{1} << level;
    }
    EXPECT_EQ(frontier.size(), size);
    EXPECT_EQ(frontier.root(), grown(leaves, size).root()) << size;
  }
}

TEST(Merkle, ASubtreeThatDoesNotBeginWhereTheTreeEndsIsRefused) {
  Frontier frontier;
  frontier.append(Hash{});
  EXPECT_EQ(frontier.append_subtree(1, Hash{}).error().code, Errc::malformed);
  EXPECT_EQ(frontier.append_subtree(64, Hash{}).error().code, Errc::malformed);
  EXPECT_TRUE(frontier.append_subtree(0, Hash{}).has_value());
  Frontier large;
  ASSERT_TRUE(large.append_subtree(63, Hash{}).has_value());
  EXPECT_EQ(large.append_subtree(63, Hash{}).error().code, Errc::malformed);
  EXPECT_EQ(large.size(), std::uint64_t{1} << 63U);
}

TEST(Merkle, AConsistencyProofTellsTheOlderRootOfTheTreeThatItLeadsTo) {
  const auto leaves = some_leaves(40);
  int told = 0;
  for (std::size_t to = 2; to <= leaves.size(); ++to) {
    const auto root = grown(leaves, to).root();
    for (std::size_t from = 1; from < to; ++from) {
      const auto proof = consistency_proof(from, to, over(leaves)).value();
      const auto older = older_root(from, to, root, proof);
      if ((from & (from - 1)) == 0) {
        EXPECT_EQ(older.error().code, Errc::unsupported);
        continue;
      }
      EXPECT_EQ(older.value(), grown(leaves, from).root()) << from << " " << to;
      EXPECT_EQ(older_root(from, to, leaves[0], proof).error().code, Errc::malformed);
      ++told;
    }
  }
  EXPECT_GT(told, 500);
}

TEST(Merkle, RefusesPlacesOutsideTheTree) {
  const auto leaves = some_leaves(8);
  const auto node = over(leaves);
  EXPECT_EQ(inclusion_proof(8, 8, node).error().code, Errc::invalid_argument);
  EXPECT_EQ(inclusion_proof(0, 0, node).error().code, Errc::invalid_argument);
  EXPECT_EQ(consistency_proof(9, 8, node).error().code, Errc::invalid_argument);
  EXPECT_EQ(consistency_proof(0, 8, node).error().code, Errc::invalid_argument);
  EXPECT_EQ(check_inclusion(8, 8, leaves[0], {}, leaves[0]).error().code, Errc::malformed);
  EXPECT_EQ(check_consistency(0, 0, leaves[0], leaves[0], {}).error().code, Errc::malformed);
}

TEST(Merkle, PassesOnTheErrorOfItsSource) {
  const NodeSource broken = [](unsigned, std::uint64_t) -> Result<Hash> { return fail(Errc::io, "disk"); };
  EXPECT_EQ(inclusion_proof(1, 3, broken).error().code, Errc::io);
  EXPECT_EQ(consistency_proof(2, 3, broken).error().code, Errc::io);
  EXPECT_EQ(root_at(3, broken).error().code, Errc::io);
}

// A tree of 2^64-1 leaves that are all alike: a subtree's hash depends on its level only.
TEST(Merkle, ProofsReachTheLargestTree) {
  const NodeSource alike = [](unsigned level, std::uint64_t) -> Result<Hash> {
    Hash hash = leaf_hash({});
    for (unsigned i = 0; i < level; ++i) hash = node_hash(hash, hash);
    return hash;
  };
  constexpr std::uint64_t size = ~std::uint64_t{0};
  const auto root = root_at(size, alike).value();
  for (const std::uint64_t index : {std::uint64_t{0}, std::uint64_t{1} << 63U, size - 1}) {
    const auto proof = inclusion_proof(index, size, alike).value();
    EXPECT_TRUE(check_inclusion(index, size, leaf_hash({}), proof, root).has_value()) << index;
  }
  for (const std::uint64_t from : {std::uint64_t{1}, (std::uint64_t{1} << 63U) + 5, size - 1}) {
    const auto from_root = root_at(from, alike).value();
    const auto proof = consistency_proof(from, size, alike).value();
    EXPECT_TRUE(check_consistency(from, size, from_root, root, proof).has_value()) << from;
  }
}

}  // namespace
}  // namespace lindung::log
