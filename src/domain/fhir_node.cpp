#include "domain/fhir_node.h"

#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/import_reason.h"

namespace lindung::domain::fhir {

Node Node::below(const boost::json::value* value, Segment segment) const {
  Node node{value != nullptr && !value->is_null() ? value : nullptr};
  node.path_ = path_;
  node.depth_ = depth_;
  // A pointer that is cut off still names the field that holds the fault.
  if (depth_ < max_depth) node.path_[node.depth_++] = segment;
  return node;
}

Node Node::member(std::string_view name) const {
  const auto* object = value_ == nullptr ? nullptr : value_->if_object();
  return below(object == nullptr ? nullptr : object->if_contains(name), {.name = name});
}

Node Node::item(std::size_t index) const {
  const auto* list = value_ == nullptr ? nullptr : value_->if_array();
  return below(list == nullptr ? nullptr : list->if_contains(index), {.name = {}, .index = index});
}

std::size_t Node::size() const noexcept {
  const auto* list = value_ == nullptr ? nullptr : value_->if_array();
  return list == nullptr ? 0 : list->size();
}

Read<std::optional<std::string_view>> Node::text(std::size_t max_size) const {
  if (!exists()) return std::optional<std::string_view>{};
  const auto* text = value_->if_string();
  if (text == nullptr) return refused(Reason::wrong_type);
  if (text->size() > max_size) return refused(Reason::value_too_long);
  return std::optional<std::string_view>{*text};
}

Read<std::optional<bool>> Node::boolean() const {
  if (!exists()) return std::optional<bool>{};
  if (!value_->is_bool()) return refused(Reason::wrong_type);
  return std::optional<bool>{value_->get_bool()};
}

Read<void> Node::check_list() const {
  if (exists() && !value_->is_array()) return refused(Reason::wrong_type);
  return ok();
}

Read<void> Node::check_object() const {
  if (exists() && !value_->is_object()) return refused(Reason::wrong_type);
  return ok();
}

std::string Node::pointer() const {
  std::string pointer;
  for (std::size_t i = 0; i < depth_; ++i) {
    pointer += '/';
    pointer += path_[i].name.empty() ? std::to_string(path_[i].index) : std::string{path_[i].name};
  }
  return pointer;
}

}  // namespace lindung::domain::fhir
