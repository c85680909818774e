#include "cli/config_file.h"

#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "server/config.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {
constexpr std::size_t config_limit = 1UL << 20U;
}  // namespace

Result<server::Config> read_config(const std::string& path) {
  TRY(content, store::read_file(path, config_limit));
  auto parsed = server::parse_config(as_text(content));
  if (const auto* problems = std::get_if<server::ConfigProblems>(&parsed)) {
    std::string all;
    for (const auto& problem : *problems) all += (all.empty() ? "" : "\n") + path + ": " + problem;
    return fail(Errc::invalid_argument, std::move(all));
  }
  return std::get<server::Config>(std::move(parsed));
}

}  // namespace lindung::cli
