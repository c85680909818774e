// Inclusion and consistency proofs of transparency-dev/merkle: good ones, and each spoiled in one way.
#include "log/merkle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "vectors/vectors.h"

namespace lindung::log {
namespace {

using vectors::Balance;
using vectors::Folder;
using vectors::Format;
using vectors::JsonFile;
using vectors::object_with;
namespace json = boost::json;

const Format inclusion{"merkle-inclusion", [](const json::value& value) {
                         const auto* item = object_with(value, {"leafIdx", "treeSize", "root", "leafHash", "wantErr"});
                         return item != nullptr && !item->contains("start");
                       }};
const Format consistency{"merkle-consistency", [](const json::value& value) {
                           return object_with(value, {"size1", "size2", "root1", "root2", "wantErr"}) != nullptr;
                         }};
const Format subtrees{"merkle-subtree", [](const json::value& value) {
                        return object_with(value, {"start", "end", "wantErr"}) != nullptr;
                      }};

std::uint64_t number(const json::value& value) { return value.to_number<std::uint64_t>(); }

// Some vectors hold words instead of hashes ("don't care"). Their digest stands in: equal words stay equal, different
// ones different, and none is the root of a tree. Nothing at all is refused before any check.
std::optional<Hash> hash(const json::value& value) {
  if (!value.is_string()) return std::nullopt;
  const auto bytes = codec::from_base64(std::string{value.as_string()});
  if (bytes.has_error() || bytes.value().empty()) return std::nullopt;
  Hash out{};
  if (bytes.value().size() != out.size()) return crypto::sha256(bytes.value());
  std::ranges::copy(bytes.value(), out.begin());
  return out;
}

std::optional<std::vector<Hash>> proof(const json::object& item) {
  std::vector<Hash> out;
  const auto* value = item.if_contains("proof");
  if (value == nullptr || value->is_null()) return out;
  for (const auto& element : value->as_array()) {
    const auto one = hash(element);
    if (!one) return std::nullopt;
    out.push_back(*one);
  }
  return out;
}

void judge(Balance& balance, const JsonFile& file, bool accepted) {
  const bool wanted = !file.value.at("wantErr").as_bool();
  balance.judge(accepted == wanted, file.name, accepted ? "accepted" : "refused");
}

TEST(MerkleVectors, inclusion_proofs_are_accepted_and_refused_as_written) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{inclusion.name()};
  const auto files = Folder::get().for_each_json(inclusion.recogniser(), [&](const JsonFile& file) {
    const auto& item = file.value.as_object();
    const auto leaf = hash(item.at("leafHash"));
    const auto root = hash(item.at("root"));
    const auto path = proof(item);
    judge(
        balance, file,
        leaf && root && path &&
            check_inclusion(number(item.at("leafIdx")), number(item.at("treeSize")), *leaf, *path, *root).has_value());
  });
  EXPECT_EQ(balance.ran(), files);
  if (files == 0) GTEST_SKIP() << "no vectors of this format in the folder";
}

TEST(MerkleVectors, consistency_proofs_are_accepted_and_refused_as_written) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{consistency.name()};
  const auto files = Folder::get().for_each_json(consistency.recogniser(), [&](const JsonFile& file) {
    const auto& item = file.value.as_object();
    const auto root1 = hash(item.at("root1"));
    const auto root2 = hash(item.at("root2"));
    const auto path = proof(item);
    judge(balance, file,
          root1 && root2 && path &&
              check_consistency(number(item.at("size1")), number(item.at("size2")), *root1, *root2, *path).has_value());
  });
  EXPECT_EQ(balance.ran(), files);
  if (files == 0) GTEST_SKIP() << "no vectors of this format in the folder";
}

TEST(MerkleVectors, subtree_proofs_are_counted_as_skipped) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{subtrees.name()};
  Folder::get().for_each_json(subtrees.recogniser(), [&](const JsonFile&) {
    balance.skip("subtree proofs are optional and nothing here makes or reads them");
  });
  EXPECT_EQ(balance.ran(), 0U);
}

}  // namespace
}  // namespace lindung::log
