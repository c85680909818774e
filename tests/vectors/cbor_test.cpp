// RFC 8949 appendix A: what our subset holds reads to the value and is written to the same bytes; all else is refused.
#include "codec/cbor.h"

#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "vectors/vectors.h"

namespace lindung::codec {
namespace {

namespace json = boost::json;
using vectors::Balance;
using vectors::Folder;
using vectors::Format;
using vectors::JsonFile;
using vectors::object_with;

const Format appendix_a{"cbor", [](const json::value& value) {
                          const auto* list = value.if_array();
                          return list != nullptr && !list->empty() &&
                                 object_with(list->front(), {"cbor", "hex", "roundtrip"}) != nullptr;
                        }};

// Copies one item from the reader to the writer, if it is of our subset.
Result<void> copy(CborReader& in, CborWriter& out, unsigned depth) {
  if (depth > 16) return fail(Errc::malformed, "too deep for a test");
  if (auto number = in.uint()) {
    out.uint(number.value());
    return ok();
  }
  if (auto text = in.text()) {
    out.text(text.value());
    return ok();
  }
  if (auto bytes = in.bytes()) {
    out.bytes(bytes.value());
    return ok();
  }
  TRY(items, in.array());
  out.array(items);
  for (std::uint64_t i = 0; i < items; ++i) {
    TRYV(copy(in, out, depth + 1));
  }
  return ok();
}

bool in_subset(const json::value& value) {
  switch (value.kind()) {
    case json::kind::uint64:
    case json::kind::string: return true;
    case json::kind::int64: return value.get_int64() >= 0;
    case json::kind::array: {
      for (const auto& item : value.get_array()) {
        if (!in_subset(item)) return false;
      }
      return true;
    }
    default: return false;
  }
}

// A number or a byte string is ours by its first byte (JSON cannot hold 2^64-1, nor bytes); text and arrays by value.
bool is_ours(const Bytes& bytes, const json::value* decoded) {
  const unsigned major = bytes.at(0) >> 5U;
  if (major == 0 || major == 2) return true;
  return (major == 3 || major == 4) && decoded != nullptr && in_subset(*decoded);
}

TEST(CborVectors, items_of_our_subset_come_back_and_others_are_refused) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{appendix_a.name()};
  const auto files = Folder::get().for_each_json(appendix_a.recogniser(), [&](const JsonFile& file) {
    for (const auto& item : file.value.as_array()) {
      const auto text = std::string{item.at("hex").as_string()};
      const auto where = file.name + " " + text;
      const auto bytes = from_hex(text).value();
      const auto* decoded = item.as_object().if_contains("decoded");
      const bool ours = item.at("roundtrip").as_bool() && is_ours(bytes, decoded);
      CborReader in{bytes};
      CborWriter out;
      const bool read = copy(in, out, 0).has_value() && in.end().has_value();
      const bool same = to_bytes(out.view()) == bytes;
      balance.judge(read == ours && (!read || same), where, read ? "read" : "refused");
    }
  });
  if (files == 0) GTEST_SKIP() << "no vectors of this format in the folder";
  EXPECT_GT(balance.ran(), 0U);
}

}  // namespace
}  // namespace lindung::codec
