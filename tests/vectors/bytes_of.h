// Reading members of vector files: hexadecimal byte strings, texts and numbers. A member that is missing or of another
// kind gives nothing, and the case that needs it fails.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "codec/base_n.h"

namespace lindung::vectors {

[[nodiscard]] inline std::string_view text_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view{} : std::string_view{*text};
}

[[nodiscard]] inline Bytes bytes_of(const boost::json::object& object, std::string_view name) {
  auto bytes = codec::from_hex(text_of(object, name));
  return bytes ? std::move(bytes).value() : Bytes{};
}

// -1 if there is none.
[[nodiscard]] inline std::int64_t number_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* number = value == nullptr ? nullptr : value->if_int64();
  return number == nullptr ? -1 : *number;
}

// An array of N bytes; zeros if the member has another length.
template <std::size_t N>
[[nodiscard]] ByteArray<N> array_of(const boost::json::object& object, std::string_view name) {
  const auto bytes = bytes_of(object, name);
  return bytes.size() == N ? take<N>(bytes) : ByteArray<N>{};
}

}  // namespace lindung::vectors
