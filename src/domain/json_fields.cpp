#include "domain/json_fields.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace lindung::domain {

namespace json = boost::json;

Result<JsonFields> JsonFields::of(const json::value& value, std::string place,
                                  std::initializer_list<std::string_view> needed,
                                  std::initializer_list<std::string_view> optional) {
  const auto* object = value.if_object();
  const auto shown = place.empty() ? std::string{"the document"} : place;
  if (object == nullptr) return fail(Errc::malformed, shown + " is no object");
  const auto is_of = [](std::initializer_list<std::string_view> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
  };
  for (const auto& member : *object) {
    // The name itself stays out of the message: it may be anything.
    if (!is_of(needed, member.key()) && !is_of(optional, member.key())) {
      return fail(Errc::malformed, shown + " has an unknown member");
    }
  }
  for (const auto name : needed) {
    if (!object->contains(name)) return fail(Errc::malformed, shown + " has no \"" + std::string{name} + '"');
  }
  return JsonFields{*object, std::move(place)};
}

Result<std::string> JsonFields::text(std::string_view name) const {
  const auto* text = any(name).if_string();
  if (text == nullptr || text->empty() || text->find('\0') != json::string::npos) return refuse(name, "is no text");
  return std::string{*text};
}

Result<std::uint64_t> JsonFields::number(std::string_view name, std::uint64_t most) const {
  const auto* number = any(name).if_int64();
  if (number == nullptr || *number < 0 || static_cast<std::uint64_t>(*number) > most) {
    return refuse(name, "is no whole number from 0 to " + std::to_string(most));
  }
  return static_cast<std::uint64_t>(*number);
}

Result<bool> JsonFields::flag(std::string_view name) const {
  const auto* flag = any(name).if_bool();
  if (flag == nullptr) return refuse(name, "is neither true nor false");
  return *flag;
}

Result<Moment> JsonFields::moment(std::string_view name) const {
  TRY(value, text(name));
  const auto moment = parse_rfc3339(value);
  if (moment.has_error()) return refuse(name, "is no RFC 3339 time");
  return moment.value();
}

Result<const json::array*> JsonFields::array(std::string_view name, std::size_t most) const {
  const auto* array = any(name).if_array();
  if (array == nullptr) return refuse(name, "is no array");
  if (array->size() > most) return refuse(name, "has more than " + std::to_string(most) + " items");
  return array;
}

Result<std::vector<std::string>> JsonFields::texts(std::string_view name, std::size_t most) const {
  TRY(items, array(name, most));
  std::vector<std::string> out;
  for (const auto& item : *items) {
    const auto* text = item.if_string();
    if (text == nullptr || text->empty()) return refuse(name, "holds something else than texts");
    out.emplace_back(*text);
  }
  return out;
}

}  // namespace lindung::domain
