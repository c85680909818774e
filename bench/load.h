// Requests that are ready to be written, sent over many connections: as fast as they are answered, or at moments that
// were set before, whether the server keeps up or not.
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
#include <ctime>
#include <ratio>
#include <span>
#include <string>
#include <vector>

#include "demo_process.h"

namespace lindung::bench {

struct Load {
  std::size_t connections{64};
  double requests_per_second{};  // 0: each as soon as a connection is free
};

struct LoadResult {
  double wall_s{};
  std::vector<double> latencies_ms;  // sorted; from the moment that was set for it, where one was
  std::size_t failures{};
};

inline double quantile(const std::vector<double>& sorted, double q) {
  return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

class LoadRun {
 public:
  LoadRun(const std::string& url, std::span<const std::string> requests, const Load& load)
      : requests_{requests}, load_{load}, all_(load.connections), polls_(load.connections) {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      all_[i].socket = connect_to(url);
      polls_[i] = {.fd = all_[i].socket, .events = POLLIN, .revents = 0};
      free_.push_back(i);
    }
  }
  LoadRun(const LoadRun&) = delete;
  LoadRun& operator=(const LoadRun&) = delete;
  ~LoadRun() {
    for (const auto& connection : all_) ::close(connection.socket);
  }

  LoadResult run() {
    begin_ = Watch::now();
    while (next_ < requests_.size() || free_.size() < all_.size()) {
      send_due();
      wait();
      for (std::size_t i = 0; i < all_.size(); ++i) {
        if ((polls_[i].revents & (POLLIN | POLLHUP)) != 0) receive(i);
      }
    }
    out_.wall_s = std::chrono::duration<double>(Watch::now() - begin_).count();
    std::ranges::sort(out_.latencies_ms);
    return out_;
  }

 private:
  using Watch = std::chrono::steady_clock;
  struct Connection {
    int socket{-1};
    std::string received;
    std::size_t expected{};  // bytes of a whole response; 0: its head is not read yet
    Watch::time_point due;
  };

  static int connect_to(const std::string& url) {
    const auto port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int out = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (out < 0) die("socket");
    const int one = 1;
    ::setsockopt(out, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (::connect(out, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) die("connect");
    return out;
  }

  [[nodiscard]] Watch::time_point due_of(std::size_t request) const {
    const auto s = static_cast<double>(request) / load_.requests_per_second;
    return begin_ + std::chrono::duration_cast<Watch::duration>(std::chrono::duration<double>(s));
  }

  void send_due() {
    const auto now = Watch::now();
    while (next_ < requests_.size() && !free_.empty()) {
      const auto due = load_.requests_per_second > 0 ? due_of(next_) : now;
      if (due > now) return;
      auto& connection = all_[free_.back()];
      free_.pop_back();
      const auto& request = requests_[next_++];
      connection.due = due;
      if (::send(connection.socket, request.data(), request.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(request.size())) {
        die("send");
      }
    }
  }

  void wait() {
    std::chrono::nanoseconds patience = std::chrono::seconds{10};
    const bool is_timed = load_.requests_per_second > 0 && next_ < requests_.size() && !free_.empty();
    if (is_timed) patience = std::clamp(patience, std::chrono::nanoseconds{0}, until(due_of(next_)));
    const timespec time{.tv_sec = static_cast<time_t>(patience.count() / 1'000'000'000),
                        .tv_nsec = static_cast<long>(patience.count() % 1'000'000'000)};
    if (::ppoll(polls_.data(), polls_.size(), &time, nullptr) == 0 && !is_timed) die("no answer within 10 s");
  }
  static std::chrono::nanoseconds until(Watch::time_point at) {
    return std::max(std::chrono::nanoseconds{0}, std::chrono::nanoseconds{at - Watch::now()});
  }

  void receive(std::size_t place) {
    auto& connection = all_[place];
    const auto size = ::recv(connection.socket, buffer_.data(), buffer_.size(), 0);
    if (size <= 0) die("the server closed a connection");
    connection.received.append(buffer_.data(), static_cast<std::size_t>(size));
    if (connection.expected == 0) {
      const auto end = connection.received.find("\r\n\r\n");
      if (end == std::string::npos) return;
      const auto length = connection.received.find("Content-Length: ");
      connection.expected = end + 4 + std::strtoul(connection.received.c_str() + length + 16, nullptr, 10);
    }
    if (connection.received.size() < connection.expected) return;
    if (!connection.received.starts_with("HTTP/1.1 200")) ++out_.failures;
    out_.latencies_ms.push_back(std::chrono::duration<double, std::milli>(Watch::now() - connection.due).count());
    connection.received.clear();
    connection.expected = 0;
    free_.push_back(place);
  }

  std::span<const std::string> requests_;
  Load load_;
  std::vector<Connection> all_;
  std::vector<pollfd> polls_;
  std::vector<std::size_t> free_;
  std::size_t next_{};
  Watch::time_point begin_;
  std::array<char, 16'384> buffer_{};
  LoadResult out_;
};

inline LoadResult run_load(const Demo& demo, std::span<const std::string> requests, const Load& load) {
  return LoadRun{std::string{demo.file.at("url").as_string()}, requests, load}.run();
}

}  // namespace lindung::bench
