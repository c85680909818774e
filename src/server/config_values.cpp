#include "server/config_values.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "codec/base_n.h"
#include "crypto/hpke.h"
#include "domain/incident.h"
#include "server/config.h"
#include "server/listen.h"

namespace lindung::server {

Take text_into(std::string& out) {
  return [&out](const toml::node& node) -> std::string {
    const auto value = node.value_exact<std::string>();
    if (!value || value->empty()) return "a text is needed";
    out = *value;
    return {};
  };
}

Take path_into(std::string& out) {
  return [&out](const toml::node& node) -> std::string {
    const auto value = node.value_exact<std::string>();
    if (!value || !value->starts_with('/')) return "a whole path, from / on, is needed";
    out = *value;
    return {};
  };
}

Take flag_into(bool& out) {
  return [&out](const toml::node& node) -> std::string {
    const auto value = node.value_exact<bool>();
    if (!value) return "true or false is needed";
    out = *value;
    return {};
  };
}

Take word_into(std::string& out, std::vector<std::string> words) {
  return [&out, words = std::move(words)](const toml::node& node) -> std::string {
    const auto value = node.value_exact<std::string>();
    if (value && std::ranges::find(words, *value) != words.end()) {
      out = *value;
      return {};
    }
    std::string needed = "one of";
    for (const auto& word : words) needed += " " + word;
    return needed + " is needed";
  };
}

Take listen_into(Listen& out) {
  return [&out](const toml::node& node) -> std::string {
    const auto value = node.value_exact<std::string>();
    const auto parsed = parse_listen(value.value_or(""));
    if (parsed.has_error()) return parsed.error().detail;
    out = parsed.value();
    return {};
  };
}

Take names_into(std::vector<std::string>& out) {
  return [&out](const toml::node& node) -> std::string {
    const auto* array = node.as_array();
    out.clear();
    for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
      const auto name = (*array)[i].value_exact<std::string>();
      const bool is_good =
          name && !name->empty() && std::ranges::none_of(*name, [](char c) { return c >= 'A' && c <= 'Z'; });
      if (!is_good) return "a list of lower-case names, with port where it is not the scheme's own, is needed";
      out.push_back(*name);
    }
    return array == nullptr || out.empty() ? "a list of names is needed" : "";
  };
}

Take texts_into(std::vector<std::string>& out) {
  return [&out](const toml::node& node) -> std::string {
    const auto* array = node.as_array();
    out.clear();
    for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
      const auto text = (*array)[i].value_exact<std::string>();
      if (!text || text->empty()) return "a list of texts is needed";
      out.push_back(*text);
    }
    return array == nullptr || out.empty() ? "a list of texts is needed" : "";
  };
}

Take key_into(std::optional<crypto::X25519PublicKey>& out) {
  return [&out](const toml::node& node) -> std::string {
    crypto::X25519PublicKey key{};
    const auto value = node.value_exact<std::string>();
    if (!value || codec::from_hex(*value, key).has_error()) return "64 hex digits are needed (lindung disclosure key)";
    out = key;
    return {};
  };
}

Take line_into(std::string& out, bool is_number) {
  return [&out, is_number](const toml::node& node) -> std::string {
    const std::string front{is_number ? "#" : ""};
    const auto value = node.value_exact<std::string>();
    const auto clean = domain::clean_text(front + value.value_or(""), domain::longest_incident_text);
    if (clean.has_error() || clean.value().size() <= front.size()) return "a text of at most 400 bytes is needed";
    out = clean.value().substr(front.size());
    return {};
  };
}

std::string line_of(const toml::node& node) { return "line " + std::to_string(node.source().begin.line) + ": "; }

std::variant<toml::table, ConfigProblems> parse_toml(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return ConfigProblems{"line " + std::to_string(error.source().begin.line) + ": " +
                          std::string{error.description()}};
  }
}

void take_section(std::string_view name, const toml::node& section, const Sections& known, ConfigProblems& problems) {
  const std::string section_name{name};
  const auto keys = known.find(section_name);
  if (keys == known.end() || !section.is_table()) {
    problems.push_back(line_of(section) + section_name + ": there is no such section");
    return;
  }
  for (const auto& [key, value] : *section.as_table()) {
    const std::string key_name{key.str()};
    const auto take = keys->second.find(key_name);
    const auto problem = take == keys->second.end() ? "there is no such key" : take->second(value);
    if (!problem.empty()) problems.push_back(line_of(value) + section_name + "." + key_name + ": " + problem);
  }
}

}  // namespace lindung::server
