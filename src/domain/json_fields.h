// Members of a JSON object read one by one, with the place for messages ("people[2].document"): nothing unknown, each
// of its type. Errors: malformed, with the place and never the value.
#pragma once

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

class JsonFields {
 public:
  // Every member of `needed` is there; those of `optional` may be.
  [[nodiscard]] static Result<JsonFields> of(const boost::json::value& value, std::string place,
                                             std::initializer_list<std::string_view> needed,
                                             std::initializer_list<std::string_view> optional = {});

  [[nodiscard]] bool has(std::string_view name) const { return object_->contains(name); }
  [[nodiscard]] const boost::json::value& any(std::string_view name) const { return object_->at(name); }
  // Not empty, and without the byte 0.
  [[nodiscard]] Result<std::string> text(std::string_view name) const;
  [[nodiscard]] Result<std::uint64_t> number(std::string_view name, std::uint64_t most) const;
  [[nodiscard]] Result<bool> flag(std::string_view name) const;
  [[nodiscard]] Result<Moment> moment(std::string_view name) const;
  [[nodiscard]] Result<const boost::json::array*> array(std::string_view name, std::size_t most) const;
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view name, std::size_t most) const;
  [[nodiscard]] Result<JsonFields> inner(std::string_view name, std::initializer_list<std::string_view> needed,
                                         std::initializer_list<std::string_view> optional = {}) const {
    return of(any(name), place_of(name), needed, optional);
  }

  [[nodiscard]] std::string place_of(std::string_view name) const {
    return place_.empty() ? std::string{name} : place_ + "." + std::string{name};
  }
  // "people[2]"
  [[nodiscard]] std::string place_of(std::string_view name, std::size_t index) const {
    return place_of(name) + "[" + std::to_string(index) + "]";
  }
  [[nodiscard]] auto refuse(std::string_view name, std::string_view why) const {
    return fail(Errc::malformed, place_of(name) + " " + std::string{why});
  }

 private:
  JsonFields(const boost::json::object& object, std::string place) : object_{&object}, place_{std::move(place)} {}
  const boost::json::object* object_;
  std::string place_;
};

}  // namespace lindung::domain
