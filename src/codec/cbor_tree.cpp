// Heads of RFC 8949 section 3 and appendix C (well-formedness), section 5.6 (a map's keys are different).
#include "codec/cbor_tree.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "codec/utf8.h"

namespace lindung::codec {
namespace {

constexpr std::uint8_t first_long = 24;  // of the short argument: 24 to 27 announce 1, 2, 4 or 8 bytes
constexpr std::uint8_t last_long = 27;
constexpr std::uint8_t indefinite = 31;
constexpr std::uint8_t break_byte = 0xff;
constexpr std::uint8_t major_tag = 6;
constexpr std::uint64_t simple_false = 20;
constexpr std::uint64_t simple_true = 21;
constexpr std::uint64_t simple_null = 22;
constexpr std::uint64_t first_long_simple = 32;  // those below have one byte (RFC 8949 section 3.3)

// RFC 8949 appendix D.
double half_value(std::uint64_t bits) {
  const auto exponent = static_cast<int>((bits >> 10U) & 0x1fU);
  const auto mantissa = static_cast<double>(bits & 0x3ffU);
  double value = 0;
  if (exponent == 0) {
    value = std::ldexp(mantissa, -24);
  } else if (exponent != 31) {
    value = std::ldexp(mantissa + 1024, exponent - 25);
  } else {
    value = mantissa == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  }
  return (bits & 0x8000U) != 0 ? -value : value;
}

struct Head {
  std::uint8_t major{};
  std::uint8_t short_argument{};
  std::uint64_t argument{};
};

}  // namespace

class CborTreeReader {
 public:
  using Node = CborTree::Node;
  CborTreeReader(BytesView in, CborLimits limits, CborTree& out) noexcept : in_{in}, limits_{limits}, out_{out} {}

  Result<void> all() {
    out_.nodes_.reserve(std::min(limits_.nodes, in_.size() / 4 + 8));
    TRYV(item(0));
    if (!in_.empty()) return fail(Errc::malformed, "bytes behind the CBOR item");
    return ok();
  }

 private:
  Result<Head> head() {
    if (in_.empty()) return fail(Errc::malformed, "CBOR ends early");
    Head out{.major = static_cast<std::uint8_t>(in_[0] >> 5U),
             .short_argument = static_cast<std::uint8_t>(in_[0] & 0x1fU)};
    in_ = in_.subspan(1);
    out.argument = out.short_argument;
    if (out.short_argument < first_long || out.short_argument == indefinite) return out;
    if (out.short_argument > last_long) return fail(Errc::malformed, "a reserved CBOR head");
    const std::size_t size = std::size_t{1} << (out.short_argument - first_long);
    if (in_.size() < size) return fail(Errc::malformed, "CBOR ends early");
    out.argument = 0;
    for (const auto byte : in_.first(size)) out.argument = (out.argument << 8U) | byte;
    in_ = in_.subspan(size);
    return out;
  }

  Result<std::size_t> push(CborType type, std::uint64_t argument) {
    if (out_.nodes_.size() == limits_.nodes) return fail(Errc::too_large, "CBOR of too many items");
    out_.nodes_.push_back({.type = type, .behind = 0, .argument = argument, .string = nullptr});
    return out_.nodes_.size() - 1;
  }

  void close(std::size_t index) { out_.nodes_[index].behind = static_cast<std::uint32_t>(out_.nodes_.size()); }

  Result<void> item(std::size_t depth) {  // NOLINT(misc-no-recursion): as deep as the limit
    if (depth > limits_.depth) return fail(Errc::too_large, "CBOR too deep");
    TRY(found, head());
    switch (found.major) {
      case 0: return number(CborType::uint, found);
      case 1: return number(CborType::negative, found);
      case 2: return string(CborType::bytes, found);
      case 3: return string(CborType::text, found);
      case 4: return container(CborType::array, found, depth);
      case 5: return container(CborType::map, found, depth);
      case major_tag: return tag(found, depth);
      default: return simple(found);
    }
  }

  Result<void> number(CborType type, const Head& found) {
    if (found.short_argument == indefinite) return fail(Errc::malformed, "a CBOR number without an end");
    TRY(index, push(type, found.argument));
    close(index);
    return ok();
  }

  Result<BytesView> chunk(const Head& found) {
    if (found.argument > in_.size()) return fail(Errc::malformed, "a CBOR string past the end");
    const auto out = in_.first(found.argument);
    in_ = in_.subspan(found.argument);
    if (found.major == 3 && !is_utf8(as_text(out))) return fail(Errc::malformed, "a CBOR text that is not UTF-8");
    return out;
  }

  Result<void> string(CborType type, const Head& found) {
    BytesView content;
    if (found.short_argument != indefinite) {
      TRY(whole, chunk(found));
      content = whole;
    } else {
      auto& joined = out_.joined_.emplace_back();
      for (;;) {
        if (!in_.empty() && in_[0] == break_byte) break;
        TRY(piece, head());
        if (piece.major != found.major || piece.short_argument == indefinite) {
          return fail(Errc::malformed, "a CBOR string with something else in it");
        }
        TRY(part, chunk(piece));
        joined.insert(joined.end(), part.begin(), part.end());
      }
      in_ = in_.subspan(1);
      content = joined;
    }
    TRY(index, push(type, content.size()));
    out_.nodes_[index].string = content.data();
    close(index);
    return ok();
  }

  Result<void> container(CborType type, const Head& found, std::size_t depth) {  // NOLINT(misc-no-recursion)
    const bool is_map = type == CborType::map;
    const bool endless = found.short_argument == indefinite;
    // An item has at least one byte: nobody goes round for a count that cannot come.
    if (!endless && found.argument > in_.size()) return fail(Errc::malformed, "a CBOR container past the end");
    TRY(index, push(type, 0));
    std::uint64_t count = 0;
    for (; endless || count < found.argument; ++count) {
      if (endless && !in_.empty() && in_[0] == break_byte) {
        in_ = in_.subspan(1);
        break;
      }
      TRYV(item(depth + 1));
      if (is_map) {
        TRYV(item(depth + 1));
      }
    }
    out_.nodes_[index].argument = count;
    close(index);
    if (is_map && key_twice(index, count)) return fail(Errc::malformed, "a key that stands twice in a CBOR map");
    return ok();
  }

  Result<void> tag(const Head& found, std::size_t depth) {  // NOLINT(misc-no-recursion)
    if (found.short_argument == indefinite) return fail(Errc::malformed, "a CBOR tag without a number");
    TRY(index, push(CborType::tag, found.argument));
    TRYV(item(depth + 1));
    close(index);
    return ok();
  }

  Result<void> simple(const Head& found) {
    double value = 0;
    switch (found.short_argument) {
      case indefinite: return fail(Errc::malformed, "a CBOR break that ends nothing");
      case 25: value = half_value(found.argument); break;
      case 26: value = std::bit_cast<float>(static_cast<std::uint32_t>(found.argument)); break;
      case 27: value = std::bit_cast<double>(found.argument); break;
      default: {
        if (found.short_argument == first_long && found.argument < first_long_simple) {
          return fail(Errc::malformed, "a CBOR simple value in a long form");
        }
        TRY(index, push(CborType::simple, found.argument));
        close(index);
        return ok();
      }
    }
    TRY(index, push(CborType::floating, std::bit_cast<std::uint64_t>(value)));
    close(index);
    return ok();
  }

  // Orders items by what they hold; containers by their bytes would need an encoding, and nothing of ours has them as
  // keys: they are compared node by node.
  [[nodiscard]] int order(std::size_t a, std::size_t b) const {
    const auto& nodes = out_.nodes_;
    const std::size_t size_a = nodes[a].behind - a;
    const std::size_t size_b = nodes[b].behind - b;
    if (size_a != size_b) return size_a < size_b ? -1 : 1;
    for (std::size_t i = 0; i < size_a; ++i) {
      const auto& x = nodes[a + i];
      const auto& y = nodes[b + i];
      if (x.type != y.type) return x.type < y.type ? -1 : 1;
      if (x.argument != y.argument) return x.argument < y.argument ? -1 : 1;
      if (x.string != nullptr && x.argument != 0) {
        const int compared = std::memcmp(x.string, y.string, x.argument);
        if (compared != 0) return compared;
      }
    }
    return 0;
  }

  [[nodiscard]] bool key_twice(std::size_t map, std::uint64_t count) const {
    constexpr std::uint64_t few = 12;
    const auto& nodes = out_.nodes_;
    std::vector<std::uint32_t> keys;
    if (count > few) keys.reserve(count);
    std::uint32_t small[few];  // NOLINT(*-avoid-c-arrays): no allocation for the maps that certificates have
    std::size_t at = map + 1;
    for (std::uint64_t i = 0; i < count; ++i) {
      if (count > few) {
        keys.push_back(static_cast<std::uint32_t>(at));
      } else {
        for (std::uint64_t k = 0; k < i; ++k) {
          if (order(small[k], at) == 0) return true;
        }
        small[i] = static_cast<std::uint32_t>(at);
      }
      at = nodes[nodes[at].behind].behind;
    }
    std::ranges::sort(keys, [&](auto a, auto b) { return order(a, b) < 0; });
    return std::ranges::adjacent_find(keys, [&](auto a, auto b) { return order(a, b) == 0; }) != keys.end();
  }

  BytesView in_;
  CborLimits limits_;
  CborTree& out_;
};

Result<CborTree> CborTree::read(BytesView in, CborLimits limits) {
  CborTree out;
  TRYV(CborTreeReader(in, limits, out).all());
  return out;
}

CborType CborItem::type() const noexcept { return tree_->nodes_[index_].type; }
std::uint64_t CborItem::argument() const noexcept { return tree_->nodes_[index_].argument; }

std::size_t CborItem::size() const noexcept {
  switch (type()) {
    case CborType::bytes:
    case CborType::text:
    case CborType::array:
    case CborType::map: return argument();
    default: return 0;
  }
}

CborItem CborItem::behind() const noexcept { return {*tree_, tree_->nodes_[index_].behind}; }

std::optional<std::int64_t> CborItem::integer() const noexcept {
  constexpr auto limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (argument() > limit) return std::nullopt;
  if (type() == CborType::uint) return static_cast<std::int64_t>(argument());
  if (type() == CborType::negative) return -1 - static_cast<std::int64_t>(argument());
  return std::nullopt;
}

std::optional<double> CborItem::number() const noexcept {
  switch (type()) {
    case CborType::uint: return static_cast<double>(argument());
    case CborType::negative: return -1 - static_cast<double>(argument());
    case CborType::floating: return std::bit_cast<double>(argument());
    default: return std::nullopt;
  }
}

std::optional<std::string_view> CborItem::text() const noexcept {
  if (type() != CborType::text) return std::nullopt;
  return as_text({tree_->nodes_[index_].string, size()});
}

std::optional<BytesView> CborItem::bytes() const noexcept {
  if (type() != CborType::bytes) return std::nullopt;
  return BytesView{tree_->nodes_[index_].string, size()};
}

std::optional<bool> CborItem::boolean() const noexcept {
  if (type() != CborType::simple || (argument() != simple_false && argument() != simple_true)) return std::nullopt;
  return argument() == simple_true;
}

bool CborItem::is_null() const noexcept { return type() == CborType::simple && argument() == simple_null; }

CborItem CborItem::tagged() const noexcept { return first(); }

std::optional<CborItem> CborItem::find(std::int64_t key) const noexcept {
  if (!is_map()) return std::nullopt;
  std::optional<CborItem> out;
  for_each_pair([&](const CborItem& name, const CborItem& value) {
    if (name.integer() != key) return true;
    out = value;
    return false;
  });
  return out;
}

std::optional<CborItem> CborItem::find(std::string_view key) const noexcept {
  if (!is_map()) return std::nullopt;
  std::optional<CborItem> out;
  for_each_pair([&](const CborItem& name, const CborItem& value) {
    if (name.text() != key) return true;
    out = value;
    return false;
  });
  return out;
}

std::optional<CborItem> CborItem::at(std::size_t index) const noexcept {
  if (!is_array() || index >= size()) return std::nullopt;
  auto item = first();
  while (index-- > 0) item = item.behind();
  return item;
}

}  // namespace lindung::codec
