#include "cert/cbor_json.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <optional>
#include <string>

#include "codec/base_n.h"
#include "codec/cbor_tree.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;
using codec::CborItem;
using codec::CborType;

std::string name_of_key(const CborItem& key) {
  if (const auto text = key.text()) return std::string{*text};
  if (const auto number = key.integer()) return std::to_string(*number);
  return "?";
}

json::value number_of(const CborItem& item) {
  if (const auto whole = item.integer()) return *whole;
  const auto number = item.number();
  if (!number || !std::isfinite(*number)) return nullptr;
  return *number;
}

}  // namespace

json::value json_of(const CborItem& item) {  // NOLINT(misc-no-recursion): as deep as the tree
  switch (item.type()) {
    case CborType::uint:
    case CborType::negative:
    case CborType::floating: return number_of(item);
    case CborType::text: return json::value(*item.text());
    case CborType::bytes: return json::value(codec::base64url(*item.bytes()));
    case CborType::tag: return json_of(item.tagged());
    case CborType::simple: {
      const auto truth = item.boolean();
      return truth ? json::value(*truth) : json::value(nullptr);
    }
    case CborType::array: {
      json::array out;
      item.for_each([&](const CborItem& each) {
        out.push_back(json_of(each));
        return true;
      });
      return out;
    }
    case CborType::map: break;
  }
  json::object out;
  item.for_each_pair([&](const CborItem& key, const CborItem& value) {
    out[name_of_key(key)] = json_of(value);
    return true;
  });
  return out;
}

}  // namespace lindung::cert
