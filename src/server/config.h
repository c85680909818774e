// The configuration of `lindung serve`: one TOML file. An unknown key is an error, and all problems are told at once.
// docs/configuration.md lists every key.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/node.h"

namespace lindung::server {

struct Config {
  NodeOptions node;
  std::string log_level{"info"};
  bool portal{true};  // serve its pages, where they were built
};

// One line a problem: "line 7: limits.max_connections: a whole number from 1 to 1000000 is needed".
using ConfigProblems = std::vector<std::string>;

[[nodiscard]] std::variant<Config, ConfigProblems> parse_config(std::string_view toml);

}  // namespace lindung::server
