// The configuration of `lindung travel serve`: one TOML file with the sections travel, store, tls, cards and limits.
// docs/configuration.md lists every key.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "server/config.h"
#include "server/travel_node.h"

namespace lindung::server {

struct TravelConfig {
  TravelOptions travel;
  std::string log_level{"info"};
};

[[nodiscard]] std::variant<TravelConfig, ConfigProblems> parse_travel_config(std::string_view toml);

}  // namespace lindung::server
