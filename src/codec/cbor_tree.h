// CBOR as others write it (RFC 8949): every type, definite and indefinite lengths, any length of a head; read once into
// one flat row of nodes that refer into the input. For COSE, CWT and certificates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::codec {

enum class CborType : std::uint8_t { uint, negative, bytes, text, array, map, tag, simple, floating };

struct CborLimits {
  std::size_t depth{16};
  std::size_t nodes{8192};
};

class CborTree;

// One item of a tree that outlives it.
class CborItem {
 public:
  [[nodiscard]] CborType type() const noexcept;
  // The value of an unsigned integer, n of the negative -1-n, the number of a tag or a simple value.
  [[nodiscard]] std::uint64_t argument() const noexcept;
  // Items of an array, pairs of a map, bytes of a string.
  [[nodiscard]] std::size_t size() const noexcept;

  // None for another type, or an integer outside of int64.
  [[nodiscard]] std::optional<std::int64_t> integer() const noexcept;
  [[nodiscard]] std::optional<double> number() const noexcept;  // an integer or a floating-point number
  [[nodiscard]] std::optional<std::string_view> text() const noexcept;
  [[nodiscard]] std::optional<BytesView> bytes() const noexcept;
  [[nodiscard]] std::optional<bool> boolean() const noexcept;
  [[nodiscard]] bool is_null() const noexcept;
  [[nodiscard]] bool is_map() const noexcept { return type() == CborType::map; }
  [[nodiscard]] bool is_array() const noexcept { return type() == CborType::array; }

  // What a tag stands before. Shape: only of a tag.
  [[nodiscard]] CborItem tagged() const noexcept;
  // The member of a map; none if this is no map.
  [[nodiscard]] std::optional<CborItem> find(std::int64_t key) const noexcept;
  [[nodiscard]] std::optional<CborItem> find(std::string_view key) const noexcept;
  [[nodiscard]] std::optional<CborItem> at(std::size_t index) const noexcept;  // of an array

  // visit(item) for each item of an array; visit(key, value) for each pair of a map; until it returns false.
  template <class Visit>
  bool for_each(Visit&& visit) const {
    auto item = first();
    for (std::size_t left = size(); left > 0; --left, item = item.behind()) {
      if (!visit(item)) return false;
    }
    return true;
  }
  template <class Visit>
  bool for_each_pair(Visit&& visit) const {
    auto key = first();
    for (std::size_t left = size(); left > 0; --left) {
      const auto value = key.behind();
      if (!visit(key, value)) return false;
      key = value.behind();
    }
    return true;
  }

 private:
  friend class CborTree;
  CborItem(const CborTree& tree, std::uint32_t index) noexcept : tree_{&tree}, index_{index} {}
  [[nodiscard]] CborItem first() const noexcept { return {*tree_, index_ + 1}; }
  [[nodiscard]] CborItem behind() const noexcept;
  const CborTree* tree_;
  std::uint32_t index_;
};

class CborTree {
 public:
  // Shape: one item, and `in` outlives the tree.
  // Errors: malformed for bytes that are no CBOR, bytes behind the item, invalid UTF-8, a key that stands twice in its
  // map; too_large over the limits.
  [[nodiscard]] static Result<CborTree> read(BytesView in, CborLimits limits = {});

  CborTree(CborTree&&) noexcept = default;
  CborTree& operator=(CborTree&&) noexcept = default;
  CborTree(const CborTree&) = delete;
  CborTree& operator=(const CborTree&) = delete;
  ~CborTree() = default;

  [[nodiscard]] CborItem root() const noexcept { return {*this, 0}; }

 private:
  friend class CborItem;
  friend class CborTreeReader;
  struct Node {
    CborType type{};
    std::uint32_t behind{};    // index of what follows this item and all that is in it
    std::uint64_t argument{};  // also the bits of a double
    const std::uint8_t* string{};
  };
  CborTree() = default;

  std::vector<Node> nodes_;
  std::vector<Bytes> joined_;  // strings that came in chunks; their bytes stay where they are when this grows
};

}  // namespace lindung::codec
