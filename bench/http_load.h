// Load on a server in another process: so many connections, each with one request at a time until all are answered;
// what they waited, and what the server's processor spent.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "demo_process.h"

namespace lindung::bench {

// User and system time of a process and its threads, as the scheduler counts them, in ns precision where it can.
inline double cpu_of(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/stat"};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  const auto close = text.rfind(')');
  if (close == std::string::npos) die("the server is gone");
  // The 14th and 15th field of proc(5)'s stat; the name in parentheses is the second.
  std::istringstream fields{text.substr(close + 2)};
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  fields >> user >> system;
  if (!fields) die("the server's CPU time cannot be read");
  return static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

struct Run {
  double server_cpu_s{};
  double wall_s{};
  std::vector<double> latencies_ms;
  std::size_t failures{};
};

struct Connection {
  int socket{-1};
  std::string received;
  std::size_t expected{};  // bytes of a whole response; 0: its head is not read yet
  std::chrono::steady_clock::time_point sent;
  bool is_waiting{};
};

inline int connect_to(const std::string& url) {
  const auto port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int out = ::socket(AF_INET, SOCK_STREAM, 0);
  if (out < 0) die("socket");
  const int one = 1;
  ::setsockopt(out, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (::connect(out, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) die("connect");
  return out;
}

// Keeps every connection busy with one request at a time until all are answered.
inline Run run(const Demo& demo, const std::vector<std::string>& requests, std::size_t from, std::size_t to,
               std::size_t connections) {
  std::vector<Connection> all(connections);
  std::vector<pollfd> polls(connections);
  for (std::size_t i = 0; i < connections; ++i) {
    all[i].socket = connect_to(std::string{demo.file.at("url").as_string()});
    polls[i] = {.fd = all[i].socket, .events = POLLIN, .revents = 0};
  }
  Run out;
  out.latencies_ms.reserve(to - from);
  auto next = from;
  std::size_t open = 0;
  const auto send_next = [&](Connection& connection) {
    if (next >= to) return;
    const auto& request = requests[next++];
    connection.sent = std::chrono::steady_clock::now();
    if (::send(connection.socket, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      die("send");
    }
    connection.is_waiting = true;
    ++open;
  };
  const auto cpu_before = cpu_of(demo.pid);
  const auto begin = std::chrono::steady_clock::now();
  for (auto& connection : all) send_next(connection);
  std::array<char, 4096> buffer{};
  while (open > 0) {
    if (::poll(polls.data(), polls.size(), 10'000) <= 0) die("no answer within 10 s");
    for (std::size_t i = 0; i < connections; ++i) {
      if ((polls[i].revents & (POLLIN | POLLHUP)) == 0) continue;
      auto& connection = all[i];
      const auto size = ::recv(connection.socket, buffer.data(), buffer.size(), 0);
      if (size <= 0) die("the server closed a connection");
      connection.received.append(buffer.data(), static_cast<std::size_t>(size));
      if (connection.expected == 0) {
        const auto end = connection.received.find("\r\n\r\n");
        if (end == std::string::npos) continue;
        const auto length = connection.received.find("Content-Length: ");
        connection.expected = end + 4 + std::strtoul(connection.received.c_str() + length + 16, nullptr, 10);
      }
      if (connection.received.size() < connection.expected) continue;
      if (!connection.received.starts_with("HTTP/1.1 200")) ++out.failures;
      out.latencies_ms.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - connection.sent).count());
      connection.received.clear();
      connection.expected = 0;
      --open;
      send_next(connection);
    }
  }
  out.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  out.server_cpu_s = cpu_of(demo.pid) - cpu_before;
  for (const auto& connection : all) ::close(connection.socket);
  std::ranges::sort(out.latencies_ms);
  return out;
}

inline double quantile(const std::vector<double>& sorted, double q) {
  return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

}  // namespace lindung::bench
