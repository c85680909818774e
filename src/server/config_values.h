// How values get out of a TOML file into a configuration, and what is said of one that does not.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crypto/hpke.h"
#include "server/config.h"
#include "server/listen.h"

namespace lindung::server {

// Takes a value of the file into the configuration; returns what is wrong with it, empty if nothing.
using Take = std::function<std::string(const toml::node&)>;

[[nodiscard]] Take text_into(std::string& out);
[[nodiscard]] Take path_into(std::string& out);  // a whole one
[[nodiscard]] Take flag_into(bool& out);
[[nodiscard]] Take word_into(std::string& out, std::vector<std::string> words);
[[nodiscard]] Take listen_into(Listen& out);
[[nodiscard]] Take names_into(std::vector<std::string>& out);  // authorities, lower-case
[[nodiscard]] Take texts_into(std::vector<std::string>& out);
[[nodiscard]] Take key_into(std::optional<crypto::X25519PublicKey>& out);
// A line of a report, in its one spelling. A telephone number may begin with a plus: it never begins a line.
[[nodiscard]] Take line_into(std::string& out, bool is_number = false);

template <class T>
[[nodiscard]] Take number_into(T& out, std::int64_t least, std::int64_t most) {
  return [&out, least, most](const toml::node& node) -> std::string {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < least || *value > most) {
      return "a whole number from " + std::to_string(least) + " to " + std::to_string(most) + " is needed";
    }
    out = T(*value);
    return {};
  };
}

// By section and key.
using Sections = std::map<std::string, std::map<std::string, Take>>;

[[nodiscard]] std::string line_of(const toml::node& node);  // "line 7: "
[[nodiscard]] std::variant<toml::table, ConfigProblems> parse_toml(std::string_view text);
void take_section(std::string_view name, const toml::node& section, const Sections& known, ConfigProblems& problems);

}  // namespace lindung::server
