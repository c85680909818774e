#include "api/arguments.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/base_n.h"

namespace lindung::api {

Result<Arguments> Arguments::read(const boost::json::object& object, std::initializer_list<std::string_view> known) {
  for (const auto& member : object) {
    const std::string_view name{member.key()};
    if (std::ranges::find(known, name) == known.end()) {
      return fail(Errc::invalid_argument, "unknown argument " + std::string{name});
    }
  }
  return Arguments{object};
}

Result<std::string> Arguments::text(std::string_view name) const {
  const auto* value = object_.if_contains(name);
  if (value == nullptr || !value->is_string() || value->get_string().empty()) {
    return fail(Errc::invalid_argument, std::string{name} + ": a text is needed");
  }
  return std::string{value->get_string()};
}

Result<std::uint64_t> Arguments::number(std::string_view name) const {
  const auto* value = object_.if_contains(name);
  if (value != nullptr && value->is_uint64()) return value->get_uint64();
  if (value != nullptr && value->is_int64() && value->get_int64() >= 0) {
    return static_cast<std::uint64_t>(value->get_int64());
  }
  return fail(Errc::invalid_argument, std::string{name} + ": a whole number is needed");
}

Result<void> Arguments::fill(std::string_view name, MutableBytes out) const {
  TRY(value, text(name));
  if (codec::from_hex(value, out).has_error()) {
    return fail(Errc::invalid_argument,
                std::string{name} + ": " + std::to_string(out.size()) + " bytes in hex are needed");
  }
  return ok();
}

std::string Arguments::text_or(std::string_view name, std::string_view fallback) const {
  const auto value = text(name);
  return value.has_value() ? value.value() : std::string{fallback};
}

std::uint64_t Arguments::number_or(std::string_view name, std::uint64_t fallback) const {
  const auto value = number(name);
  return value.has_value() ? value.value() : fallback;
}

}  // namespace lindung::api
