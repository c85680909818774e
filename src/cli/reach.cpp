#include "cli/reach.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX's, not C++'s
#include <sys/socket.h>
#include <sys/types.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "api/gone.h"
#include "base/bytes.h"
#include "base/result.h"
#include "http/client.h"
#include "server/listen.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds reach_timeout{3'000};
constexpr std::chrono::seconds end_patience{30};
constexpr std::chrono::milliseconds closing_patience{1'000};
constexpr std::chrono::milliseconds look_every{20};
constexpr std::size_t pid_file_limit = 64;
constexpr std::string_view listening = "0A";  // of /proc/net/tcp

// The inodes of the sockets that listen on these ports.
std::set<std::string> listening_inodes(const std::vector<server::Listen>& addresses) {
  std::set<std::string> inodes;
  for (const auto* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream file{table};
    std::string line;
    while (std::getline(file, line)) {
      std::istringstream words{line};
      std::string number;
      std::string local;
      std::string remote;
      std::string state;
      std::string skipped;
      std::string inode;
      words >> number >> local >> remote >> state >> skipped >> skipped >> skipped >> skipped >> skipped >> inode;
      const auto colon = local.rfind(':');
      if (state != listening || colon == std::string::npos) continue;
      std::uint16_t port = 0;
      std::from_chars(local.data() + colon + 1, local.data() + local.size(), port, 16);
      if (std::ranges::find(addresses, port, &server::Listen::port) != addresses.end()) inodes.insert(inode);
    }
  }
  return inodes;
}

bool holds_one_of(pid_t pid, const std::set<std::string>& inodes) {
  std::error_code error;
  fs::directory_iterator at{"/proc/" + std::to_string(pid) + "/fd", error};
  for (const auto end = fs::directory_iterator{}; !error && at != end; at.increment(error)) {
    std::error_code unreadable;
    const auto target = fs::read_symlink(at->path(), unreadable).string();
    constexpr std::string_view prefix = "socket:[";
    if (!target.starts_with(prefix) || !target.ends_with(']')) continue;
    if (inodes.contains(target.substr(prefix.size(), target.size() - prefix.size() - 1))) return true;
  }
  return false;
}

Result<pid_t> read_pid(const std::string& path) {
  TRY(content, store::read_file(path, pid_file_limit));
  auto text = as_text(content);
  while (text.ends_with('\n') || text.ends_with(' ')) text.remove_suffix(1);
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
  if (error != std::errc{} || end != text.data() + text.size() || pid <= 1) {
    return fail(Errc::malformed, path + " holds no process id");
  }
  return pid;
}

}  // namespace

Reach try_reach(const server::Listen& address, std::string_view system) {
  http::ClientOptions options;
  options.connect_timeout = reach_timeout;
  options.call_timeout = reach_timeout;
  auto client = http::Client::connect({.host = address.address, .port = address.port}, options);
  if (client.has_error()) return Reach::refused;
  const auto response = client.value().send(
      {.method = "GET", .target = "/", .fields = {{"Accept", "application/problem+json"}}, .body = {}});
  const bool is_gone = response.has_value() && !system.empty() &&
                       api::is_gone_response(response.value().status, response.value().body, system);
  return is_gone ? Reach::gone : Reach::answers;
}

std::vector<std::string> own_addresses() {
  std::vector<std::string> addresses{"127.0.0.1", "::1"};
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return addresses;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> held{list, ::freeifaddrs};
  for (const auto* each = list; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr) continue;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (each->ifa_addr->sa_family == AF_INET) {
      sockaddr_in address{};
      std::memcpy(&address, each->ifa_addr, sizeof address);
      if (::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size()) == nullptr) continue;
    } else if (each->ifa_addr->sa_family == AF_INET6) {
      sockaddr_in6 address{};
      std::memcpy(&address, each->ifa_addr, sizeof address);
      if (IN6_IS_ADDR_LINKLOCAL(&address.sin6_addr)) continue;
      if (::inet_ntop(AF_INET6, &address.sin6_addr, text.data(), text.size()) == nullptr) continue;
    } else {
      continue;
    }
    const std::string found{text.data()};
    if (std::ranges::find(addresses, found) == addresses.end()) addresses.push_back(found);
  }
  return addresses;
}

Result<std::string> end_process(const std::string& pid_file, const std::vector<server::Listen>& addresses) {
  auto pid = read_pid(pid_file);
  if (pid.has_error() && pid.error().code == Errc::not_found) return std::string{"was not running"};
  if (pid.has_error()) return pid.error();
  const auto number = pid.value();
  if (::kill(number, 0) != 0 && errno == ESRCH) return std::string{"was not running"};
  // A listener that is being closed is no longer its process's a moment before it is none: both are looked at again.
  const auto certain = std::chrono::steady_clock::now() + closing_patience;
  for (;;) {
    const auto inodes = listening_inodes(addresses);
    if (inodes.empty()) return std::string{"did not listen any more"};
    if (holds_one_of(number, inodes)) break;
    if (std::chrono::steady_clock::now() > certain) {
      return fail(Errc::conflict, pid_file + " names a process that does not listen there: end the right one by hand");
    }
    std::this_thread::sleep_for(look_every);
  }
  if (::kill(number, SIGTERM) != 0 && errno != ESRCH) {
    return fail(Errc::io, "ending the process: " + std::generic_category().message(errno));
  }
  const auto until = std::chrono::steady_clock::now() + end_patience;
  while (holds_one_of(number, listening_inodes(addresses))) {
    if (std::chrono::steady_clock::now() > until) {
      return fail(Errc::conflict, "the process does not end: end it by hand, then go on");
    }
    std::this_thread::sleep_for(look_every);
  }
  return std::string{"ended by SIGTERM"};
}

}  // namespace lindung::cli
