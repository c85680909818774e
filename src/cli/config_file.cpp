#include "cli/config_file.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "server/config.h"
#include "server/travel_config.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {
constexpr std::size_t config_limit = 1UL << 20U;

template <class Config>
Result<Config> read(const std::string& path, std::variant<Config, server::ConfigProblems> (*parse)(std::string_view)) {
  TRY(content, store::read_file(path, config_limit));
  auto parsed = parse(as_text(content));
  if (const auto* problems = std::get_if<server::ConfigProblems>(&parsed)) {
    std::string all;
    for (const auto& problem : *problems) all += (all.empty() ? "" : "\n") + path + ": " + problem;
    return fail(Errc::invalid_argument, std::move(all));
  }
  return std::get<Config>(std::move(parsed));
}

}  // namespace

Result<server::Config> read_config(const std::string& path) { return read(path, server::parse_config); }

Result<server::TravelConfig> read_travel_config(const std::string& path) {
  return read(path, server::parse_travel_config);
}

}  // namespace lindung::cli
