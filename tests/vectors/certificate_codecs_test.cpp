// Codings under certificates: every item of RFC 8949 appendix A in the tree, RFC 9285 texts.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "cert/cbor_json.h"
#include "codec/base45.h"
#include "codec/base_n.h"
#include "codec/cbor_tree.h"
#include "vectors/bytes_of.h"
#include "vectors/vectors.h"

namespace lindung::vectors {
namespace {

using codec::CborItem;
using codec::CborType;

bool is_appendix_a(const json::value& value) {
  const auto* list = value.if_array();
  return list != nullptr && !list->empty() && object_with(list->front(), {"cbor", "hex", "roundtrip"}) != nullptr;
}

// Diagnostic notation (RFC 8949 section 8) of what JSON has no word for.
std::string diagnostic(const CborItem& item) {  // NOLINT(misc-no-recursion)
  switch (item.type()) {
    case CborType::simple:
      if (item.argument() == 23) return "undefined";
      return "simple(" + std::to_string(item.argument()) + ")";
    case CborType::tag: return std::to_string(item.argument()) + "(" + diagnostic(item.tagged()) + ")";
    case CborType::bytes: return "h'" + codec::hex(*item.bytes()) + "'";
    case CborType::text: return "\"" + std::string{*item.text()} + "\"";
    case CborType::uint: return std::to_string(item.argument());
    case CborType::floating: {
      const double number = *item.number();
      if (std::isnan(number)) return "NaN";
      if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
      auto text = std::to_string(number);
      text.erase(text.find_last_not_of('0') + 1);
      return text.ends_with('.') ? text + "0" : text;
    }
    default: return "?";
  }
}

// In the precision of the file: integers above 2^53 are rounded there.
bool same(const CborItem& item, const json::value& wanted) {  // NOLINT(misc-no-recursion)
  if (wanted.is_number()) return item.number() == wanted.to_number<double>();
  if (wanted.is_array()) {
    const auto& items = wanted.get_array();
    if (!item.is_array() || item.size() != items.size()) return false;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!same(*item.at(i), items[i])) return false;
    }
    return true;
  }
  return cert::json_of(item) == wanted;
}

TEST(CborTreeVectors, every_item_of_appendix_a_reads_to_its_value) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{"cbor appendix A, any CBOR"};
  Folder::get().for_each_json(is_appendix_a, [&](const JsonFile& file) {
    for (const auto& value : file.value.as_array()) {
      const auto& row = value.as_object();
      const auto hex = std::string{text_of(row, "hex")};
      const auto bytes = bytes_of(row, "hex");
      const auto tree = codec::CborTree::read(bytes);
      if (!tree) {
        balance.judge(false, hex, tree.error().text());
        continue;
      }
      const auto root = tree.value().root();
      const auto* decoded = row.if_contains("decoded");
      if (decoded != nullptr) {
        const bool number = root.type() == CborType::tag;  // a bignum: its number is beyond every other type
        if (number) {
          balance.skip("a number under a tag");
        } else {
          balance.judge(same(root, *decoded), hex);
        }
      } else {
        balance.judge(diagnostic(root) == text_of(row, "diagnostic"), hex, diagnostic(root));
      }
    }
  });
}

bool is_base45(const json::value& value) {
  const auto* file = object_with(value, {"encode", "decode", "invalid"});
  return file != nullptr && text_of(*file, "source").starts_with("RFC 9285");
}
const Format base45_format{"base45", is_base45};

Bytes bytes_in(const json::object& row) {
  const auto text = text_of(row, "bytes_utf8");
  return text.empty() ? bytes_of(row, "bytes_hex") : to_bytes(as_bytes(text));
}

TEST(Base45Vectors, texts_are_written_read_and_refused_as_rfc_9285_says) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{"base45"};
  Folder::get().for_each_json(is_base45, [&](const JsonFile& file) {
    const auto& all = file.value.as_object();
    for (const std::string_view list : {"encode", "decode"}) {
      for (const auto& value : all.at(list).as_array()) {
        const auto& row = value.as_object();
        const auto text = std::string{text_of(row, "base45")};
        const auto read = codec::from_base45(text);
        balance.judge(read && read.value() == bytes_in(row) && codec::base45(bytes_in(row)) == text, text);
      }
    }
    for (const auto& value : all.at("invalid").as_array()) {
      const auto text = std::string{text_of(value.as_object(), "base45")};
      balance.judge(codec::from_base45(text).has_error(), text);
    }
  });
}

}  // namespace
}  // namespace lindung::vectors
