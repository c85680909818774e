#include "store/postgres_address.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"

namespace lindung::store {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> defaults{{
    {"target_session_attrs", "read-write"},
    {"connect_timeout", "2"},
    {"keepalives_idle", "5"},
    {"keepalives_interval", "2"},
    {"keepalives_count", "2"},
    {"tcp_user_timeout", "5000"},
    {"application_name", "lindung"},
    {"client_encoding", "UTF8"},
    {"gssencmode", "disable"},
}};
constexpr std::array<std::string_view, 3> lists{"host", "hostaddr", "port"};

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  for (;;) {
    const auto comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

Result<PostgresAddress> PostgresAddress::parse(const std::string& conninfo) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed{PQconninfoParse(conninfo.c_str(), &message),
                                                                            &PQconninfoFree};
  PQfreemem(message);
  if (!parsed) return fail(Errc::invalid_argument, "the connection string of PostgreSQL cannot be read");
  std::map<std::string, std::string, std::less<>> given;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) given.emplace(option->keyword, option->val);
  }
  for (const auto& [keyword, value] : defaults) given.emplace(keyword, value);

  PostgresAddress address;
  const auto& timeout = given["connect_timeout"];
  int timeout_s = 0;
  std::from_chars(timeout.data(), timeout.data() + timeout.size(), timeout_s);
  if (timeout_s > 0) address.connect_limit_ = std::chrono::seconds{timeout_s};

  std::map<std::string_view, std::vector<std::string>> split_lists;
  std::size_t hosts = 1;
  for (const auto keyword : lists) {
    const auto found = given.find(keyword);
    if (found == given.end()) continue;
    split_lists[keyword] = split(found->second);
    hosts = std::max(hosts, split_lists[keyword].size());
    given.erase(found);
  }
  for (std::size_t host = 0; host < hosts; ++host) {
    Options options{given.begin(), given.end()};
    for (const auto& [keyword, parts] : split_lists) {
      // One port may serve all hosts.
      if (parts.size() != hosts && parts.size() != 1) {
        return fail(Errc::invalid_argument, "the connection string of PostgreSQL lists " + std::to_string(hosts) +
                                                " hosts and another number of ports or addresses");
      }
      options.emplace_back(keyword, parts.size() == 1 ? parts.front() : parts[host]);
    }
    address.hosts_.push_back(std::move(options));
  }
  return address;
}

}  // namespace lindung::store
