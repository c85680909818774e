// The arguments of an operator's command: a JSON object whose names are all known, read one by one with a clear error
// for each.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::api {

class Arguments {
 public:
  // Errors: invalid_argument for a name that the command does not know.
  [[nodiscard]] static Result<Arguments> read(const boost::json::object& object,
                                              std::initializer_list<std::string_view> known);

  // Errors: invalid_argument (naming the argument) when it is missing or of another type.
  [[nodiscard]] Result<std::string> text(std::string_view name) const;
  [[nodiscard]] Result<std::uint64_t> number(std::string_view name) const;
  // Hex of exactly N bytes.
  template <std::size_t N>
  [[nodiscard]] Result<ByteArray<N>> bytes(std::string_view name) const {
    ByteArray<N> out{};
    TRYV(fill(name, out));
    return out;
  }

  [[nodiscard]] bool has(std::string_view name) const { return object_.contains(name); }
  [[nodiscard]] std::string text_or(std::string_view name, std::string_view fallback) const;
  [[nodiscard]] std::uint64_t number_or(std::string_view name, std::uint64_t fallback) const;

 private:
  explicit Arguments(boost::json::object object) : object_{std::move(object)} {}
  [[nodiscard]] Result<void> fill(std::string_view name, MutableBytes out) const;
  boost::json::object object_;
};

}  // namespace lindung::api
