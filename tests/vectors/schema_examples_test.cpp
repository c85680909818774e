// The contents that lie with the EU's schemas, good and bad: each as CBOR through the rules of its version.
#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>

#include "base/result.h"
#include "cert/dcc_content.h"
#include "cert/reason.h"
#include "codec/cbor.h"
#include "codec/cbor_tree.h"
#include "vectors/vectors.h"

namespace lindung::vectors {
namespace {

bool is_content(const json::value& value) { return object_with(value, {"ver", "nam", "dob"}) != nullptr; }
const Format content_format{"eu-dcc-schema", is_content};

void write(codec::CborWriter& out, const json::value& value) {  // NOLINT(misc-no-recursion): as deep as the file
  switch (value.kind()) {
    case json::kind::object:
      out.map(value.get_object().size());
      for (const auto& member : value.get_object()) {
        out.text(member.key());
        write(out, member.value());
      }
      return;
    case json::kind::array:
      out.array(value.get_array().size());
      for (const auto& each : value.get_array()) write(out, each);
      return;
    case json::kind::string: out.text(value.get_string()); return;
    case json::kind::int64: out.integer(value.get_int64()); return;
    case json::kind::bool_: out.boolean(value.get_bool()); return;
    default: out.null();
  }
}

TEST(SchemaExamples, contents_are_judged_as_their_folder_says) {
  LINDUNG_NEEDS_VECTORS();
  std::map<std::string, std::size_t> classes;
  Balance balance{"eu-dcc-schema"};
  Folder::get().for_each_json(is_content, [&](const JsonFile& file) {
    codec::CborWriter cbor;
    write(cbor, file.value);
    const auto tree = codec::CborTree::read(cbor.view());
    ASSERT_TRUE(tree) << file.name;
    const auto read = cert::check_dcc_schema(tree.value().root());
    const bool good = file.path.parent_path().filename() != "invalid";
    const auto why = read ? std::string{"valid"} : std::string{cert::name_of(read.error().reason)};
    balance.judge(read.has_value() == good, file.name, why + (read ? "" : " " + read.error().detail));
    ++classes[good ? "good" : "bad"];
  });
  for (const auto& each : classes) std::cout << "  eu-dcc-schema " << each.first << ": " << each.second << "\n";
}

}  // namespace
}  // namespace lindung::vectors
