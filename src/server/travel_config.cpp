#include "server/travel_config.h"

#include <toml++/toml.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "http/server.h"
#include "server/config.h"
#include "server/config_values.h"

namespace lindung::server {

std::variant<TravelConfig, ConfigProblems> parse_travel_config(std::string_view text) {
  auto parsed = parse_toml(text);
  if (auto* problems = std::get_if<ConfigProblems>(&parsed)) return std::move(*problems);
  const auto& table = std::get<toml::table>(parsed);
  constexpr std::int64_t least_keep = 3;  // a journey takes up to two days more
  constexpr std::int64_t most_days = 366;
  TravelConfig config;
  auto& travel = config.travel;
  travel.require_synchronised_clock = true;
  auto& limits = travel.limits;
  http::TlsFiles tls;
  Sections known;
  known["travel"] = {{"data", text_into(travel.data_folder)},
                     {"listen", listen_into(travel.listen)},
                     {"authorities", names_into(travel.authorities)},
                     {"log_origin", text_into(travel.log_origin)},
                     {"require_synchronised_clock", flag_into(travel.require_synchronised_clock)},
                     {"log_level", word_into(config.log_level, {"debug", "info", "warning", "error"})}};
  known["store"] = {{"postgres", text_into(travel.postgres)}};
  known["tls"] = {{"certificate_chain", text_into(tls.certificate_chain)}, {"private_key", text_into(tls.private_key)}};
  known["cards"] = {{"file_ahead_days", number_into(travel.terms.journey.ahead, 1, most_days)},
                    {"keep_days", number_into(travel.terms.keep, least_keep, most_days)},
                    {"filings_per_minute", number_into(travel.filings_per_minute, 1, 1'000'000)}};
  known["limits"] = {{"worker_threads", number_into(limits.worker_threads, 1, 1024)},
                     {"max_connections", number_into(limits.max_connections, 1, 1'000'000)},
                     {"max_queued_work", number_into(limits.max_queued_work, 1, 1'000'000)}};
  ConfigProblems problems;
  for (const auto& [name, section] : table) take_section(name.str(), section, known, problems);
  if (travel.data_folder.empty()) problems.emplace_back("travel.data: the data folder is needed");
  const bool has_tls = table.contains("tls");
  if (has_tls && (tls.certificate_chain.empty() || tls.private_key.empty())) {
    problems.emplace_back("tls: certificate_chain and private_key are needed together");
  }
  if (!problems.empty()) return problems;
  if (has_tls) travel.tls = tls;
  return config;
}

}  // namespace lindung::server
