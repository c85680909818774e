// What a process and those that it started cost, as the kernel counts it.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

namespace lindung::bench {

struct ProcessTimes {
  pid_t parent{};
  double own_s{};
  double children_s{};  // of those that have ended
};

inline std::optional<ProcessTimes> times_of(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/stat"};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  const auto close = text.rfind(')');
  if (close == std::string::npos) return std::nullopt;
  // Fields 4 and 14 to 17 of proc(5)'s stat; the name in parentheses is the second.
  std::istringstream fields{text.substr(close + 2)};
  std::string skipped;
  ProcessTimes out;
  fields >> skipped >> out.parent;
  for (int i = 0; i < 9; ++i) fields >> skipped;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  std::uint64_t children_user = 0;
  std::uint64_t children_system = 0;
  fields >> user >> system >> children_user >> children_system;
  if (!fields) return std::nullopt;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  out.own_s = static_cast<double>(user + system) / ticks;
  out.children_s = static_cast<double>(children_user + children_system) / ticks;
  return out;
}

// Of a server and all processes that it started, alive or gone. Units: seconds.
inline double cpu_of_family(pid_t pid) {
  double sum = 0;
  if (const auto own = times_of(pid)) sum += own->own_s + own->children_s;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto child = times_of(static_cast<pid_t>(std::stol(name)));
    if (child && child->parent == pid) sum += child->own_s + child->children_s;
  }
  return sum;
}

}  // namespace lindung::bench
